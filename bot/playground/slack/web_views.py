"""views.*: opening, pushing and updating modals (https://docs.slack.dev/reference/methods/views.open)."""

import copy
from typing import Any

from bot.card.refusals import refusals
from bot.playground.slack.arguments import Arguments
from bot.playground.slack.content import settled
from bot.playground.slack.method import Method
from bot.playground.slack.refused import Refused
from bot.playground.slack.views import View
from bot.playground.slack.workspace import Workspace


def opening(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    view = _view(given)
    with workspace.lock:
        _exchange(workspace, given)
        return _shown(workspace, workspace.views.open(view))


def push(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    view = _view(given)
    with workspace.lock:
        _exchange(workspace, given)
        return _shown(workspace, workspace.views.push(view))


def update(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    view = _view(given, "home" if given.object("view").get("type") == "home" else "modal")
    name, external = given.text("view_id") or None, given.text("external_id") or None
    if not name and not external:
        raise Refused("invalid_arguments", ["[ERROR] missing required field: view_id or external_id"])
    with workspace.lock:
        return _shown(workspace, workspace.views.update(view, name, external, given.text("hash") or None))


def publish(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    """Where the manifest has a Home tab (https://docs.slack.dev/reference/methods/views.publish)."""
    view = _view(given, "home")
    if not workspace.app.home_tab:
        raise Refused("not_enabled")
    person = workspace.people.get(given.text("user_id"))
    if person is None or person.bot:
        raise Refused("invalid_arguments", ["invalid `user_id`"])
    with workspace.lock:
        return _shown(workspace, workspace.views.publish(view, person.id, given.text("hash") or None))


def _exchange(workspace: Workspace, given: Arguments) -> None:
    trigger = given.text("trigger_id") or given.text("interactivity_pointer")
    if not trigger:
        raise Refused("invalid_arguments", ["[ERROR] missing required field: trigger_id"])
    workspace.triggers.exchange(trigger)


def _view(given: Arguments, kind: str = "modal") -> dict[str, Any]:
    view = given.object("view")
    found = refusals(view, "view")
    if not found and view["type"] != kind:
        found = refusals({**view, "type": "?"}, "view")
    if found:
        told = [f"[ERROR] {one.message} [json-pointer:/view{one.pointer}]" for one in found]
        raise Refused("invalid_arguments", told)
    return {**view, "blocks": settled(view["blocks"])}


def _shown(workspace: Workspace, view: View) -> dict[str, Any]:
    if view["type"] == "home":
        workspace.home_changed()
    else:
        workspace.views_changed()
    return {"view": copy.deepcopy(view)}


VIEWS = {
    "views.open": Method(opening),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
