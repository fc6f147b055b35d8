"""Who may change an issue from a card: the users and user groups that `may_act` in diagnose.toml names, nobody else.

Nobody by default, and nobody whom Slack cannot be asked about: a group's members are known for some minutes and are
then asked for again, so that whoever left the group is out of it soon.
"""

import re
import threading
import time
from collections.abc import Callable, Sequence

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

KNOWN_SECONDS = 300.0
"""How long a group's members are taken to be as Slack told them; its limit for that question is 20 a minute."""

GROUP = re.compile(r"S[A-Z0-9]+")
OFF = "Nobody may change issues from here: an admin can name who may as may_act in diagnose.toml."
NOT_YOU = "You are not among those who may change issues from here: may_act in diagnose.toml names them."

log = structlog.get_logger()


class Authorization:
    """`may_act` holds ids as Slack has them: users (U…, W…) and user groups (S…). For any number of threads."""

    def __init__(self, client: WebClient, may_act: Sequence[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._client, self._clock = client, clock
        self._groups = tuple(one for one in may_act if GROUP.fullmatch(one))
        self._users = frozenset(may_act) - frozenset(self._groups)
        self._known: dict[str, tuple[float, frozenset[str]]] = {}
        self._guard = threading.Lock()

    def refusal(self, user: str) -> str:
        """Why this user may not; empty for one who may."""
        if not self._users and not self._groups:
            return OFF
        if user in self._users:
            return ""
        silent = ""
        for group in self._groups:
            try:
                if user in self._members(group):
                    return ""
            except SlackApiError as refused:
                silent = str(refused.response.get("error"))
            except (SlackClientError, OSError) as broken:
                silent = type(broken).__name__
        if not silent:
            return NOT_YOU
        log.warning("a user group could not be read", reason=silent)
        return (
            f"Slack does not tell who is in the user group that may do this ({silent}), so nothing was changed: try "
            "again in a minute, or ask an admin to run diagnose doctor."
        )

    def _members(self, group: str) -> frozenset[str]:
        with self._guard:
            told_at, members = self._known.get(group, (float("-inf"), frozenset()))
        if self._clock() - told_at < KNOWN_SECONDS:
            return members
        users = self._client.usergroups_users_list(usergroup=group).get("users")
        members = frozenset(map(str, users)) if isinstance(users, list) else frozenset()
        with self._guard:
            self._known[group] = (self._clock(), members)
        return members
