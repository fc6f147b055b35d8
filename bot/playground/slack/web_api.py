"""The Web API: who may call what how often, and each exchange noted for the inspector.

https://docs.slack.dev/apis/web-api
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.method import Method
from bot.playground.slack.refused import Refused
from bot.playground.slack.web_blocks import BLOCKS
from bot.playground.slack.web_chat import CHAT
from bot.playground.slack.web_conversations import CONVERSATIONS
from bot.playground.slack.web_people import PEOPLE
from bot.playground.slack.web_reactions import REACTIONS
from bot.playground.slack.web_views import VIEWS
from bot.playground.slack.workspace import Workspace

METHODS: Mapping[str, Method] = {**CHAT, **CONVERSATIONS, **PEOPLE, **VIEWS, **REACTIONS, **BLOCKS}


@dataclass(frozen=True)
class Answer:
    body: dict[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False
    """It was done, and the one who asked does not hear of it."""


def call(workspace: Workspace, name: str, given: Mapping[str, Any], token: str = "") -> Answer:
    """Does what a call asks for, or refuses it in Slack's words: `Refused` becomes an answer."""
    exchange = workspace.traffic.began("bot→slack", name, _summary(name, given), given)
    try:
        answer = _answer(workspace, name, given, token)
    except Refused as refused:
        answer = Answer(refused.answer())
    lost = bool(answer.body["ok"]) and workspace.faults.loses(name)
    error = "the answer was lost" if lost else None if answer.body["ok"] else str(answer.body["error"])
    workspace.traffic.ended(exchange, answer.body, ok=error is None, error=error)
    return replace(answer, lost=lost)


def _answer(workspace: Workspace, name: str, given: Mapping[str, Any], token: str) -> Answer:
    method = METHODS.get(name)
    if method is None:
        raise Refused("unknown_method", more={"req_method": name})
    _admit(workspace, method, token)
    seconds = workspace.faults.wait(name) or workspace.limits.wait(name, _channel(workspace, given))
    if seconds:
        return Answer({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})
    scopes = workspace.app.scopes
    headers = {} if scopes is None or method.caller != "bot" else {"X-OAuth-Scopes": ",".join(sorted(scopes))}
    if scopes is not None and method.scopes and not scopes & method.scopes:
        needed, provided = ",".join(sorted(method.scopes)), ",".join(sorted(scopes))
        return Answer(Refused("missing_scope", more={"needed": needed, "provided": provided}).answer(), headers=headers)
    try:
        return Answer({"ok": True, **method.do(workspace, Arguments({**given, "token": token}))}, headers=headers)
    except Refused as refused:
        return Answer(refused.answer(), headers=headers)


def _admit(workspace: Workspace, method: Method, token: str) -> None:
    if method.caller == "anybody":
        return
    if not token:
        raise Refused("not_authed")
    if token not in {workspace.bot_token, workspace.app_token}:
        raise Refused("invalid_auth")
    right = workspace.bot_token if method.caller == "bot" else workspace.app_token
    if method.caller != "any" and token != right:
        raise Refused("not_allowed_token_type")


def _channel(workspace: Workspace, given: Mapping[str, Any]) -> str:
    found = workspace.conversation(str(given.get("channel") or ""))
    return found.id if found else ""


def _summary(name: str, given: Mapping[str, Any]) -> str:
    """What the inspector's line says of a call: where to, and how its text begins."""
    view = given.get("view")
    title = view.get("title") if isinstance(view, dict) else None
    said = given.get("text") or (title.get("text") if isinstance(title, dict) else "") or ""
    where = given.get("channel") or given.get("user") or given.get("user_id") or given.get("view_id") or ""
    return " ".join(f"{where} {said}".split()) or name
