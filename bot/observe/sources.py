"""Every call to a source is counted and timed at its door, with the kind of each failure; no word of it is kept.

A door raises a sentence for people, so its kind is read from that sentence: the words are our own, and a test holds
every sentence of the sources to a kind.
"""

import re
import time
from collections.abc import Callable
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.observe.metrics import Metrics
from bot.slack.wire import SlackWeb
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import Door, Question

KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("rate_limited", r"rate limit|\(429\)"),
        ("timeout", r"did not answer within|took no connection in time|took too long|time (?:of|was)? ?.*used up"),
        ("unauthorized", r"does not accept the|token lacks|may not (?:read|search)|single sign-on|\(40[13]\)"
         r"|to this token|this token may see|is not installed for|IP allow list|give the App a token"),
        ("unreachable", r"cannot be reached|cannot be resolved|certificate|broke off|the proxy on the way|speaks no TLS"
         r"|no host named|nothing answers at|could not be asked"),
        ("server_error", r"is down or overloaded|failed over|failed \(5|could not (?:compute|say)"
         r"|still computing|\(5\d\d\)|status 5\d\d"),
        ("unreadable", r"not JSON|JSON that is|broken compression|empty answer|with nothing about|web page|in a shape"
         r"|in the form|what answers at|is not Elasticsearch|larger than|more about|has no (?:API|list)|holds none"
         r"|redirects|gave n(?:one|o)|withdrawn"),
    )
)  # fmt: skip
"""Why there was no answer, the first that fits; what fits none was refused."""

SLACK_KINDS = {
    "ratelimited": "rate_limited",
    "rate_limited": "rate_limited",
    "internal_error": "server_error",
    "fatal_error": "server_error",
    "service_unavailable": "server_error",
    "team_added_to_org": "server_error",
    "request_timeout": "timeout",
    "invalid_auth": "unauthorized",
    "not_authed": "unauthorized",
    "missing_scope": "unauthorized",
    "account_inactive": "unauthorized",
    "token_revoked": "unauthorized",
    "token_expired": "unauthorized",
    "no_permission": "unauthorized",
    "not_allowed_token_type": "unauthorized",
    "ekm_access_denied": "unauthorized",
    "access_denied": "unauthorized",
}
"""What Slack's words mean (docs.slack.dev/reference/methods/chat.postMessage, "Errors"); any other refused the call."""

SERVER_ERROR = 500


def kind_of(sentence: str) -> str:
    """The kind of a failure, one of `bot.observe.measures.ERRORS`, from the sentence that a source raised."""
    return next((kind for kind, pattern in KINDS if pattern.search(sentence[:600])), "refused")


def counted(door: Door, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> Door:
    """The same door with each question counted, timed, and its failure told by kind."""

    def ask(question: Question) -> Json:
        source, began = question.source, clock()
        metrics.count("diagnose_source_calls", source=source)
        kind: str | None = "defect"
        try:
            answer = door(question)
            kind = None
        except Unavailable as unavailable:
            kind = kind_of(unavailable.sentence)
            raise
        finally:
            metrics.time("diagnose_source_duration_seconds", clock() - began, source=source)
            if kind is not None:
                metrics.count("diagnose_source_errors", source=source, kind=kind)
        return answer

    return ask


def noting_waits(budget: Budget, source: str, metrics: Metrics) -> Budget:
    """The same seconds, for this source alone, with each wait before another try counted."""

    def sleep(seconds: float) -> None:
        metrics.count("diagnose_source_retries", source=source)
        time.sleep(seconds)

    return Budget(budget.left(), sleep=sleep)


class CountedClient(SlackWeb):
    """Slack's Web API with each call counted, timed, and its failure told by kind; Bolt copies it with all that."""

    _note: Callable[[float, str | None], None] | None = None

    def note(self, metrics: Metrics) -> "CountedClient":
        """From now on calls are counted there."""

        def note(seconds: float, kind: str | None) -> None:
            metrics.count("diagnose_source_calls", source="slack")
            metrics.time("diagnose_source_duration_seconds", seconds, source="slack")
            if kind is not None:
                metrics.count("diagnose_source_errors", source="slack", kind=kind)
            if kind == "rate_limited":
                metrics.count("diagnose_source_retries", source="slack")

        # A function, and no object with a lock in it: Bolt makes a deep copy of its client for each request.
        self._note = note
        return self

    def api_call(self, api_method: str, **given: Any) -> SlackResponse:
        began = time.monotonic()
        kind: str | None = "defect"
        try:
            answer = super().api_call(api_method, **given)
            kind = None
        except SlackApiError as refused:
            kind = _slack_kind(refused)
            raise
        except (SlackClientError, OSError) as broken:
            kind = "timeout" if isinstance(broken, TimeoutError) else "unreachable"
            raise
        finally:
            if self._note is not None:
                self._note(time.monotonic() - began, kind)
        return answer


def _slack_kind(refused: SlackApiError) -> str:
    response = refused.response
    if not isinstance(response, SlackResponse):
        return "unreadable"
    if response.status_code >= SERVER_ERROR:
        return "server_error"
    return SLACK_KINDS.get(str(response.get("error")), "refused")
