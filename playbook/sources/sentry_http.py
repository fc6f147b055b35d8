"""A GET to Sentry costs a bounded time and size, however the server behaves, and its token goes to no other host."""

import random
import time
from collections.abc import Callable
from email.utils import mktime_tz, parsedate_tz
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import AuthBase

from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.punctual import GATEWAY, NoAnswer, PunctualSession
from playbook.sources.sentry_access import SentryAccess
from playbook.sources.sentry_errors import Reply, in_words, unreachable

CALL_SECONDS = 20.0
"""From the connection to the last byte, all together; Sentry's own queries give up sooner."""

MOST_BYTES = 20_000_000
"""Of one answer: a hundred events without stack traces stay under 2 MB, one whole event under 1 MB."""

REDIRECTS = 3
"""On the same host: a renamed organization or project needs one."""

REFUSALS = 4
"""How often a question is asked again after a 429, where the run's time allows it at all."""

CONCURRENCY_SECONDS = 1.0
"""A pause for too many calls at once, which no header tells; a second is more than most of Sentry's calls take."""

HICCUP_SECONDS = 0.5
"""Before the one retry of a connection that broke off or a gateway that found nobody."""

MOVED = frozenset({301, 302, 303, 307, 308})

Parameters = dict[str, str | list[str]]


class SentryHttp:
    """GETs below `access.api`, from any thread. `jitter` gives 0 to 1, `now` the time of day in epoch seconds."""

    def __init__(
        self,
        access: SentryAccess,
        budget: Budget,
        jitter: Callable[[], float] = random.random,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._access = access
        self._budget = budget
        self._jitter = jitter
        self._now = now
        self._session = PunctualSession()
        self._session.headers.update({"Accept": "application/json", "User-Agent": "diagnose"})
        self._session.auth = _Bearer(access)

    def get(self, path: str, parameters: Parameters, asked_for: str) -> Reply:
        """The reply, whatever its status, after the waits and the one retry that the run's time allows.

        `path` begins and ends with a slash, percent-encoded. Raises `Unavailable` where no reply can be had;
        `asked_for` names in its sentence what was asked.
        """
        refusals = hiccups = 0
        while True:
            reply = self._once(path, parameters, asked_for)
            if reply is not None and reply.status == requests.codes.too_many_requests:
                refusals += 1
                pause = self._pause(reply, refusals)
                if refusals > REFUSALS or not self._budget.wait(pause):
                    raise Unavailable(
                        f"Sentry's rate limit holds back {asked_for} (it asks to wait {in_words(pause)}, more than "
                        "this run has left); check again after that"
                    )
            elif reply is not None and reply.status not in GATEWAY:
                return reply
            elif not hiccups and self._budget.wait(HICCUP_SECONDS * (0.5 + self._jitter())):
                hiccups += 1
            elif reply is not None:
                return reply
            else:
                raise Unavailable(unreachable("broken off", self._access.host, asked_for, CALL_SECONDS))

    def _once(self, path: str, parameters: Parameters, asked_for: str) -> Reply | None:
        """One reply, redirects within the API followed; None when the connection broke off."""
        url, query = self._access.api + path, parameters
        for _ in range(REDIRECTS + 1):
            seconds = min(CALL_SECONDS, self._budget.left())
            if seconds <= 0:
                raise Unavailable(f"this run's time was used up before Sentry could be asked for {asked_for}")
            try:
                response, body = self._session.fetch(
                    "GET",
                    url,
                    parameters=query,
                    seconds=seconds,
                    most_bytes=MOST_BYTES,
                    verify=str(self._access.ca_file) if self._access.ca_file else True,
                )
            except NoAnswer as none:
                if none.why == "broken off":
                    return None
                raise Unavailable(unreachable(none.why, self._access.host, asked_for, seconds)) from none
            reply = Reply(response.status_code, response.headers, body, too_long=len(body) > MOST_BYTES)
            if reply.status not in MOVED:
                return reply
            url, query = self._elsewhere(url, reply, asked_for), {}
        raise Unavailable(f"Sentry at {self._access.host} redirects {asked_for} without an end; check SENTRY_URL")

    def _elsewhere(self, url: str, reply: Reply, asked_for: str) -> str:
        """Where a redirect leads, if that is the API of the configured server: the token goes nowhere else."""
        try:
            target = urljoin(url, reply.headers.get("Location", ""))
        except ValueError:
            target = ""
        if not self._access.is_home(target):
            raise Unavailable(
                f"Sentry at {self._access.host} redirects {asked_for} to another address, and the token is sent to no "
                "other; set SENTRY_URL to the address where Sentry really is"
            )
        if target == url or not urlsplit(target).path.startswith(urlsplit(self._access.api).path + "/"):
            raise Unavailable(
                f"Sentry at {self._access.host} redirects {asked_for} away from its API, as a login page does; check "
                "SENTRY_URL and SENTRY_ORG, and that the API can be reached without single sign-on"
            )
        return target

    def _pause(self, reply: Reply, refusals: int) -> float:
        """Seconds to wait after a 429: what the headers say, else a while that grows; different in each thread."""
        spread = 0.5 + self._jitter()
        if reply.too_many_at_once:
            return CONCURRENCY_SECONDS * spread
        reset, after = reply.number("X-Sentry-Rate-Limit-Reset"), reply.number("Retry-After")
        if reset is not None:
            # By the server's own clock, where it tells it: ours may be off by more than the wait.
            return max(0.0, reset - (_epoch(reply.headers.get("Date")) or self._now())) + 0.2 * spread
        if after is not None:
            return after + 0.2 * spread
        return CONCURRENCY_SECONDS * spread * 2.0 ** (refusals - 1)


class _Bearer(AuthBase):
    """The token, for the configured host only."""

    def __init__(self, access: SentryAccess) -> None:
        self._access = access

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._access.is_home(request.url or ""):
            request.headers["Authorization"] = f"Bearer {self._access.token.get_secret_value()}"
        return request


def _epoch(date: str | None) -> int | None:
    """Epoch seconds of an HTTP date; None where it is missing or nonsense."""
    try:
        parsed = parsedate_tz(date)
        return mktime_tz(parsed) if parsed else None
    except (ValueError, OverflowError, TypeError):
        return None
