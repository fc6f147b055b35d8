"""Which channels a person and the bot are both in, asked once a minute at most."""

import threading
from collections.abc import Callable
from time import monotonic

from cachetools import TTLCache
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from playbook.evidence.unavailable import Unavailable

KEPT_SECONDS = 60.0  # whoever leaves a channel sees its runs for so long at most
MOST_PEOPLE = 1_000  # whose channels are kept
PAGE, MOST_PAGES = 200, 10  # channels in an answer, as Slack advises; answers that are asked for


class Membership:
    """Safe for any number of threads.

    Asked is `users.conversations` with the person's id: with a bot's token it names the public and private channels
    that the bot shares with that person, and no other (https://docs.slack.dev/reference/methods/users.conversations).
    It needs the scopes channels:read and groups:read.
    """

    def __init__(self, client: WebClient, clock: Callable[[], float] = monotonic) -> None:
        self._client, self._lock = client, threading.Lock()
        self._kept: TTLCache[str, frozenset[str]] = TTLCache(MOST_PEOPLE, KEPT_SECONDS, clock)

    def __call__(self, user: str) -> frozenset[str]:
        """The ids of those channels; raises `Unavailable` where Slack does not say."""
        with self._lock:
            known = self._kept.get(user)
        if known is None:
            known = self._asked(user)
            with self._lock:
                self._kept[user] = known
        return known

    def _asked(self, user: str) -> frozenset[str]:
        found: set[str] = set()
        cursor = ""
        for _ in range(MOST_PAGES):
            try:
                answer = self._client.users_conversations(
                    user=user, types="public_channel,private_channel", limit=PAGE, cursor=cursor or None
                )
            except SlackApiError as refused:
                raise Unavailable(_sentence(str(refused.response.get("error")))) from refused
            except (SlackClientError, OSError) as broken:
                raise Unavailable(_sentence(type(broken).__name__)) from broken
            found |= {str(one["id"]) for one in answer.get("channels") or () if "id" in one}
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return frozenset(found)


def _sentence(error: str) -> str:
    if error == "missing_scope":
        return "I may not ask Slack which channels you are in: an admin should run `diagnose doctor`."
    return f"Slack does not say which channels you are in ({error}): press Refresh in a minute."
