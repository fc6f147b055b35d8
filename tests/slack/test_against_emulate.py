"""HTTP mode against a Slack emulator that is not ours, with no more scopes than the manifest asks for.

emulate has no slash commands and no buttons, so the test posts the signed requests that Slack would
(https://www.npmjs.com/package/emulate).
"""

import itertools
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import anyio.from_thread
import pytest
import requests
import yaml
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.card.actions import CHECK_AGAIN, FEEDBACK, SHOW_EVIDENCE
from bot.doors import http_mode, web_client
from tests.card.diagnoses import a_diagnosis, an_undecided
from tests.slack.office import Investigator, a_desk, an_alert
from tests.slack.test_over_http import FORM, SECRET, signed
from tests.stand_ins.slack_server import SlackServer
from tests.stand_ins.web_server import served

PACKAGE = Path(__file__).parents[1] / "emulate"
MANIFEST = Path(__file__).parents[2] / "manifest.yml"
GENERAL, SOMEONE, APP = "C000000001", "U000000001", "A0DIAGNOSE"


def missing() -> str:
    if shutil.which("node") is None:
        return "node is not on this machine"
    if not (PACKAGE / "node_modules" / "emulate").is_dir():
        return "emulate is not installed: npm ci --prefix tests/emulate --ignore-scripts"
    return ""


@pytest.fixture
def emulated() -> Iterator[str]:
    """The emulator's address; it ends with its standard input."""
    if reason := missing():
        if os.environ.get("CI"):
            pytest.fail(f"in CI this test must run: {reason}")
        pytest.skip(reason)
    scopes = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))["oauth_config"]["scopes"]["bot"]
    bot = {"token": "xoxb-emulated", "user": "diagnose", "scopes": scopes, "app_id": APP}
    reader = {"token": "xoxb-reader", "user": "admin", "scopes": ["channels:history"]}
    seed = {"slack": {"users": [{"name": "diagnose"}], "channels": [], "tokens": [bot, reader], "strict_scopes": True}}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(shutil.which("node")), str(PACKAGE / "slack.mjs"), str(port), json.dumps(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert "ready" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        process.stdin.close()
        process.wait(10)


class Visitor:
    """Posts what Slack would post to our app, and reads the channel as a person would."""

    def __init__(self, emulated: str, web: str, answers: SlackServer, investigator: Investigator, slack: str):
        self.triggers, self.slack = itertools.count(1), slack
        self.reader = WebClient("xoxb-reader", base_url=f"{emulated}/api/")
        self.emulated, self.web, self.answers, self.investigator = emulated, web, answers, investigator

    def post(self, body: str, kind: str = FORM["Content-Type"]) -> None:
        headers = {"Content-Type": kind, **signed(body)}
        assert requests.post(f"{self.web}/slack/events", data=body, headers=headers, timeout=10).status_code == 200

    def command(self, text: str, channel: str = GENERAL) -> None:
        self.post(
            urlencode(
                {
                    "command": "/diagnose", "text": text, "channel_id": channel, "user_id": SOMEONE,
                    "team_id": "T000000001", "trigger_id": f"{next(self.triggers)}.2.3",
                    "response_url": f"{self.slack}/response/one",
                }
            )
        )  # fmt: skip

    def event(self, event: dict[str, Any], event_id: str) -> None:
        body = {"type": "event_callback", "event_id": event_id, "event": event, "team_id": "T000000001"}
        self.post(json.dumps(body), "application/json")

    def press(self, action_id: str, message: dict[str, Any], side: str = "") -> None:
        answer = requests.post(
            f"{self.emulated}/api/views.generateTriggerId",
            json={"user_id": SOMEONE},
            headers={"Authorization": "Bearer xoxb-emulated"},
            timeout=10,
        ).json()
        elements = [one for block in message["blocks"] for one in block.get("elements", ())]
        pressed = next(one for one in elements if one.get("action_id") == action_id)
        payload = {
            "type": "block_actions", "user": {"id": SOMEONE}, "team": {"id": "T000000001"},
            "trigger_id": answer.get("trigger_id"), "response_url": f"{self.slack}/response/one",
            "channel": {"id": GENERAL}, "message": {"ts": message["ts"]},
            "actions": [{"action_id": action_id, "value": (pressed.get(side) or pressed)["value"]}],
        }  # fmt: skip
        self.post(urlencode({"payload": json.dumps(payload)}))

    def until_shown(self, text: str) -> dict[str, Any]:
        """The message that shows this text, once there is one."""
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            roots: list[dict[str, Any]] = self.reader.conversations_history(channel=GENERAL).get("messages") or []
            for root in roots:
                replies: list[dict[str, Any]] = (
                    self.reader.conversations_replies(channel=GENERAL, ts=root["ts"]).get("messages") or []
                )
                for message in (root, *replies):
                    if text in json.dumps(message, ensure_ascii=False):
                        return message
            time.sleep(0.05)
        raise AssertionError(f"nothing in the channel shows {text!r}")


@pytest.fixture
def visitor(emulated):
    with SlackServer() as answers, served(_one_house(emulated, answers)) as slack:
        yield from _visited(emulated, slack, answers)


def _one_house(emulated: str, answers: SlackServer) -> Starlette:
    """The emulator and the addresses to answer to under one host and port, as they are under Slack's."""

    def forwarded(request: Request) -> Response:
        home = answers.url.removesuffix("/api/") if request.url.path.startswith("/response/") else emulated
        body = anyio.from_thread.run(request.body)
        headers = {name: value for name, value in request.headers.items() if name not in {"host", "content-length"}}
        asked = requests.request(request.method, home + request.url.path, data=body, headers=headers, timeout=10)
        return Response(asked.content, asked.status_code, media_type=asked.headers.get("content-type"))

    return Starlette(routes=[Route("/{path:path}", forwarded, methods=["GET", "POST"])])


def _visited(emulated: str, slack: str, answers: SlackServer) -> Iterator[Visitor]:
    client = web_client("xoxb-emulated", slack + "/api/")
    investigator = Investigator([an_undecided(gaps=()), a_diagnosis()])
    investigator.go_on.set()
    with a_desk(client, investigator) as desk, served(http_mode(client, SECRET, desk)) as web:
        yield Visitor(emulated, web, answers, investigator, slack)


def test_a_command_is_diagnosed_judged_checked_again_and_its_evidence_shown(visitor):
    visitor.command("SHOP-42")
    first = visitor.until_shown("*Undecided:*")
    visitor.press(SHOW_EVIDENCE, first)
    visitor.press(FEEDBACK, first, "positive_button")
    visitor.until_shown(f"Right: <@{SOMEONE}>")
    visitor.press(CHECK_AGAIN, first)
    second = visitor.until_shown("Verdict, was undecided, now: The migration was not applied (proved)")
    assert second["ts"] == first["ts"]
    assert visitor.answers.answers == []


def test_an_alert_is_answered_in_its_thread_once(visitor):
    root = WebClient("xoxb-emulated", base_url=f"{visitor.emulated}/api/").chat_postMessage(
        channel=GENERAL, text="alert"
    )
    alert = an_alert(ts=root["ts"], channel=GENERAL, issue=77)
    visitor.event(alert, "Ev77")
    visitor.event(alert, "Ev77")
    shown = visitor.until_shown("Two causes explain it equally well")
    assert len(visitor.investigator.asked) == 1
    assert shown["ts"] != root["ts"] or shown.get("thread_ts") == root["ts"]


def test_a_channel_that_the_bot_is_not_in_is_told_to_the_asker_alone(visitor):
    visitor.command("SHOP-42", channel="C0ELSEWHERE")
    visitor.answers.until(lambda: visitor.answers.answers)
    assert "invite me" in visitor.answers.answers[0]["text"]
    assert visitor.investigator.asked == []
