"""The stack of open modals of the one person here, and everybody's Home tab: opened, pushed, updated, closed.

https://docs.slack.dev/surfaces/modals, https://docs.slack.dev/surfaces/app-home
"""

import itertools
import json
import secrets
import time
from collections.abc import Mapping
from typing import Any

from bot.playground.slack.people import BOT, TEAM
from bot.playground.slack.refused import Refused

MOST_STACKED = 3  # "the app is limited to pushing 2 additional views"
LARGEST = 250_000  # bytes of one view's JSON

View = dict[str, Any]
_numbers = itertools.count(1)
_TOLD = ("private_metadata", "callback_id", "external_id")


class Views:
    """The caller holds the workspace's lock."""

    def __init__(self) -> None:
        self.stack: list[View] = []
        self.homes: dict[str, View] = {}

    def open(self, given: Mapping[str, Any]) -> View:
        """Shows a modal on its own, whatever was open before."""
        self._free(given)
        self.stack = [_view(given)]
        return self.stack[0]

    def push(self, given: Mapping[str, Any]) -> View:
        """Lays a modal over the open one."""
        if not self.stack:
            raise Refused("not_found")
        if len(self.stack) >= MOST_STACKED:
            raise Refused("push_limit_reached")
        self._free(given)
        view = _view(given, previous=self.stack[-1])
        self.stack.append(view)
        return view

    def update(
        self,
        given: Mapping[str, Any],
        view_id: str | None = None,
        external_id: str | None = None,
        known: str | None = None,
    ) -> View:
        """Replaces what a view shows; `known` is the hash that the caller has seen."""
        view = self.find(view_id, external_id)
        if view["type"] != given["type"]:
            raise Refused("invalid_arguments", ["[ERROR] a view keeps its type [json-pointer:/view/type]"])
        fresh = self._instead_of(view, given, known)
        if view in self.stack:
            self.stack[self.stack.index(view)] = fresh
        else:
            self.homes = {user: fresh if one is view else one for user, one in self.homes.items()}
        return fresh

    def publish(self, given: Mapping[str, Any], user: str, known: str | None = None) -> View:
        """Shows a view on somebody's Home tab, in place of the one that stood there; `known` as with `update`."""
        before = self.homes.get(user)
        if before is None:
            self._free(given)
            self.homes[user] = _view(given)
        else:
            self.homes[user] = self._instead_of(before, given, known)
        return self.homes[user]

    def _instead_of(self, view: View, given: Mapping[str, Any], known: str | None) -> View:
        if known is not None and known != view["hash"]:
            raise Refused("hash_conflict")
        self._free(given, view)
        values = view["state"]["values"]
        fresh = _view(given)
        kept = {name: view[name] for name in ("id", "root_view_id", "previous_view_id")}
        fresh |= kept
        ids = {block.get("block_id") for block in fresh["blocks"]}
        fresh["state"] = {"values": {block: value for block, value in values.items() if block in ids}}
        return fresh

    def find(self, view_id: str | None = None, external_id: str | None = None) -> View:
        """The open view of that id, or the Home tab; raises `not_found`."""
        for view in (*self.stack, *self.homes.values()):
            if (view_id and view["id"] == view_id) or (external_id and view["external_id"] == external_id):
                return view
        raise Refused("not_found")

    def close(self, view: View) -> list[View]:
        """Takes a view and those above it away; gives them, the topmost first."""
        at = self.stack.index(view)
        gone, self.stack = self.stack[at:], self.stack[:at]
        return gone[::-1]

    def clear(self) -> list[View]:
        """Takes every view away; gives them, the topmost first."""
        gone, self.stack = self.stack, []
        return gone[::-1]

    def _free(self, given: Mapping[str, Any], itself: View | None = None) -> None:
        name = given.get("external_id")
        others = (view for view in (*self.stack, *self.homes.values()) if view is not itself)
        if name and any(view["external_id"] == name for view in others):
            raise Refused("duplicate_external_id")
        if len(json.dumps(given).encode()) > LARGEST:
            raise Refused("view_too_large")


def _view(given: Mapping[str, Any], previous: View | None = None) -> View:
    """A view as Slack tells of it (https://docs.slack.dev/reference/views)."""
    name = f"V{next(_numbers):09d}"
    return {
        "id": name,
        "team_id": TEAM,
        "type": given["type"],
        "blocks": given["blocks"],
        **{key: given.get(key) or "" for key in _TOLD},
        "state": {"values": {}},
        "hash": f"{int(time.time())}.{secrets.token_hex(4)}",
        "title": given.get("title"),
        "clear_on_close": bool(given.get("clear_on_close")),
        "notify_on_close": bool(given.get("notify_on_close")),
        "close": given.get("close"),
        "submit": given.get("submit"),
        "previous_view_id": previous["id"] if previous else None,
        "root_view_id": previous["root_view_id"] if previous else name,
        "app_id": BOT.app,
        "app_installed_team_id": TEAM,
        "bot_id": BOT.bot,
    }
