"""Modals from the person's side: sent, closed, and what the bot's acknowledgement makes of them.

https://docs.slack.dev/surfaces/modals#displaying_errors
"""

import threading
from collections.abc import Mapping
from typing import Any

from bot.card.refusals import refusals
from bot.playground.slack import interactions
from bot.playground.slack.content import settled
from bot.playground.slack.elements import LARGEST_CHOICE, initial
from bot.playground.slack.refused import NotDone, Refused
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Workspace

MOST_VALUES = 100  # blocks of a modal that hold a value; a modal has no more blocks
GRACE_SECONDS = 1.0  # past the bot's time, for the answer to be told
NOT_SENT = "We had some trouble connecting. Try again?"

Given = Mapping[str, Any]


def open_view(workspace: Workspace, given: Given) -> View:
    """The open view that the page means; the caller holds the lock."""
    try:
        return workspace.views.find(str(given.get("view_id") or ""))
    except Refused:
        raise NotDone("That window is closed.") from None


def submit(workspace: Workspace, given: Given) -> dict[str, Any]:
    """Sends the modal and waits for the bot's word; gives `errors` by block where it found some."""
    with workspace.lock:
        view = open_view(workspace, given)
        if view["submit"] is None:
            raise NotDone("This window has nothing to send.")
        values = _values(view, given.get("values"))
        missing = _missing(view, values)
        if missing:
            return {"ok": False, "error": "Please fill in what is asked for.", "errors": missing}
        view["state"] = {"values": values}
        payload = interactions.submitted(workspace, view)
    said: list[Mapping[str, Any]] = []
    over = threading.Event()

    def answered(answer: Mapping[str, Any]) -> None:
        said.append(answer)
        over.set()

    sent = workspace.envelopes.interaction(
        "interactive",
        "interactive/view_submission",
        str(view["callback_id"]),
        payload,
        accepts=True,
        answered=answered,
        lapsed=over.set,
    )
    if not sent:
        raise NotDone("diagnose is not connected: nothing was sent.")
    over.wait(workspace.times.acknowledge + GRACE_SECONDS)
    if not said:
        raise NotDone(NOT_SENT)
    return _obey(workspace, view["id"], said[0])


def close(workspace: Workspace, given: Given) -> None:
    """Closes a modal, or all of them; the bot hears of those that want it."""
    with workspace.lock:
        view = open_view(workspace, given)
        if view not in workspace.views.stack:
            raise NotDone("The Home tab cannot be closed.")
        everything = bool(given.get("all")) or bool(view["clear_on_close"])
        gone = workspace.views.clear() if everything else workspace.views.close(view)
        workspace.views_changed()
        told = [interactions.closed(one, cleared=everything) for one in gone if one["notify_on_close"]]
    for payload in told:
        workspace.envelopes.interaction(
            "interactive", "interactive/view_closed", str(payload["view"]["callback_id"]), payload
        )


def _obey(workspace: Workspace, view_id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """What `response_action` asks for; without one, the view that was sent closes."""
    with workspace.lock:
        try:
            view = workspace.views.find(view_id)
        except Refused:
            return {}
        action = answer.get("response_action")
        if action == "errors":
            errors = answer.get("errors")
            told = {str(block): str(text) for block, text in errors.items()} if isinstance(errors, Mapping) else {}
            return {"ok": False, "error": "; ".join(told.values()) or NOT_SENT, "errors": told}
        try:
            if action == "clear":
                workspace.views.clear()
            elif action == "update":
                workspace.views.update(_checked(answer), view_id)
            elif action == "push":
                workspace.views.push(_checked(answer))
            else:
                workspace.views.close(view)
        except Refused as refused:
            raise NotDone(f"diagnose answered with a window that Slack refuses ({refused.error}).") from None
        workspace.views_changed()
    return {}


def _checked(answer: Mapping[str, Any]) -> dict[str, Any]:
    view = answer.get("view")
    if not isinstance(view, dict) or refusals(view, "view"):
        raise Refused("invalid_arguments")
    return {**view, "blocks": settled(view["blocks"])}


def _values(view: View, given: object) -> dict[str, Any]:
    """The state of the view: what was there, what was chosen on the way, what the page sends along."""
    values = initial(view["blocks"])
    for more in (view["state"]["values"], given if isinstance(given, Mapping) else {}):
        for block_id, actions in list(more.items())[:MOST_VALUES]:
            known = values.get(str(block_id))
            if known is None or not isinstance(actions, Mapping):
                continue
            for action_id, value in list(actions.items())[:LARGEST_CHOICE]:
                if action_id in known and isinstance(value, Mapping):
                    known[action_id] = {**value, "type": known[action_id]["type"]}
    return values


def _missing(view: View, values: Mapping[str, Any]) -> dict[str, str]:
    """Inputs that must be filled and are not; Slack asks for them itself and sends nothing."""
    missing = {}
    for block in view["blocks"]:
        if block.get("type") != "input" or block.get("optional"):
            continue
        filled = values.get(block.get("block_id"), {}).get(block["element"].get("action_id"), {})
        if block["element"].get("type") != "checkboxes" and not any(
            value not in (None, "", [], {}) for name, value in filled.items() if name != "type"
        ):
            missing[block["block_id"]] = "Please complete this required field."
    return missing
