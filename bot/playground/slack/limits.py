"""How often a method may be called: as often as Slack promises, and not once more.

Slack names tiers and tolerates more than they say; an app that keeps to them is never refused, so this Slack refuses
at exactly these figures (https://docs.slack.dev/apis/web-api/rate-limits). The special tiers' figures are those
that slackapi/java-slack-sdk reckons with (`MethodsRateLimitTier.java`).
"""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MOST_BUCKETS = 1_000  # remembered; the longest unused are forgotten first, which are full again


@dataclass(frozen=True)
class Rate:
    """So many calls in a minute, of which `burst` may come at once; for each channel on its own if so said."""

    per_minute: float
    burst: int
    by_channel: bool = False


TIER_1 = Rate(1, 30)
"""“A small amount of burst behavior is tolerated”: for ten sockets, each of which slack_sdk replaces on the warning
and once more at its end."""
TIER_2 = Rate(20, 20)
TIER_3 = Rate(50, 50)  # "sporadic bursts are welcome": a minute's worth
TIER_4 = Rate(100, 100)
OFTEN = Rate(600, 600)  # "hundreds of requests per minute"
A_SECOND = Rate(60, 10, by_channel=True)  # chat.postMessage: one a second and channel, "generous burst behavior"
WORKSPACE_POSTS = Rate(300, 300)  # chat.postMessage in the whole workspace: "several hundred messages per minute"

RATES: Mapping[str, tuple[Rate, ...]] = {
    "api.test": (TIER_4,),
    "apps.connections.open": (TIER_1,),
    "auth.test": (OFTEN,),
    "blocks.validate": (OFTEN,),
    "bots.info": (TIER_3,),
    "chat.delete": (TIER_3,),
    "chat.getPermalink": (OFTEN,),
    "chat.postEphemeral": (TIER_4,),
    "chat.postMessage": (A_SECOND, WORKSPACE_POSTS),
    "chat.update": (TIER_3,),
    "conversations.history": (TIER_3,),
    "conversations.info": (TIER_3,),
    "conversations.join": (TIER_3,),
    "conversations.list": (TIER_2,),
    "conversations.members": (TIER_4,),
    "conversations.open": (TIER_3,),
    "conversations.replies": (TIER_3,),
    "reactions.add": (TIER_3,),
    "reactions.get": (TIER_3,),
    "reactions.remove": (TIER_2,),
    "team.info": (TIER_3,),
    "usergroups.users.list": (TIER_2,),
    "users.conversations": (TIER_3,),
    "users.info": (TIER_4,),
    "users.list": (TIER_2,),
    "views.open": (TIER_4,),
    "views.publish": (TIER_4,),
    "views.push": (TIER_4,),
    "views.update": (TIER_4,),
}
"""Per method, app and workspace; the tiers as slackapi/java-slack-sdk lists them (`MethodsRateLimits.java`)."""


class Limits:
    """Token buckets, safe for any number of threads."""

    def __init__(
        self, rates: Mapping[str, tuple[Rate, ...]] = RATES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rates, self._clock = rates, clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, int, str], tuple[float, float]] = OrderedDict()

    def wait(self, method: str, channel: str = "") -> int:
        """Whole seconds to wait before this call; 0 when it may be made, which uses it up."""
        with self._lock:
            now = self._clock()
            rates = self._rates.get(method, ())
            keys = [(method, n, channel if rate.by_channel else "") for n, rate in enumerate(rates)]
            levels = [self._level(key, rate, now) for key, rate in zip(keys, rates, strict=True)]
            lacking = [(1 - level) * 60 / rate.per_minute for level, rate in zip(levels, rates, strict=True)]
            if any(seconds > 0 for seconds in lacking):
                return max(1, math.ceil(max(lacking) - 1e-9))
            for key, level in zip(keys, levels, strict=True):
                self._buckets[key] = (level - 1, now)
                self._buckets.move_to_end(key)
            while len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
            return 0

    def _level(self, key: tuple[str, int, str], rate: Rate, now: float) -> float:
        level, at = self._buckets.get(key, (float(rate.burst), now))
        return min(float(rate.burst), level + (now - at) * rate.per_minute / 60)
