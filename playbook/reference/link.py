"""Reads a link in any form that Sentry has used; it counts only when its host is the configured Sentry.

A link is never more than a name: no address is built from one, so a forged link cannot send a token anywhere.
"""

import re
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, urlsplit

from pydantic import ValidationError

from playbook.evidence.issue_ref import SHORT_ID, IssueRef

LONGEST_LINK = 3_000
"""Characters; Slack's limit of a button's link."""

MOST_QUERY_FIELDS = 100
"""Fields of a query string; Sentry's longest own ones have a dozen."""

REGIONS = frozenset({"us", "eu", "de", "www"})
"""First labels of sentry.io hosts that are not an organization's name."""

PAGES = frozenset({"BREACHED-METRICS"})
"""Pages of Sentry directly below `/issues/` whose names happen to read as a short id."""

Kind = Literal["nothing", "foreign", "share", "alert rule", "feedback", "no issue", "several"]

SHORT_ID_FORM = re.compile(SHORT_ID)
NUMBER = re.compile(r"[0-9]+")
EVENT_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_NOT_IN_A_LINK = re.compile(r"[\x00-\x20\x7f\\]")
_SAAS = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.sentry\.io")


class NotAReference(ValueError):
    """The text names no issue of ours; `sentence` says why and what to give, `kind` tells it to code."""

    def __init__(self, sentence: str, kind: Kind = "nothing") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kind: Kind = kind


def linked(url: str, sentry_url: str) -> IssueRef:
    """Read one unescaped link in any form that Sentry has used, on the host of `sentry_url` only.

    Configured on sentry.io, every organization's host there is ours; self-hosted, exactly that host and port.
    """
    where = _ours(url, sentry_url)
    steps = [step for step in where.path.split("/") if step]
    try:
        query = parse_qsl(where.query, max_num_fields=MOST_QUERY_FIELDS)
    except ValueError:
        query = []
    organization, rest = _below_issues(steps[2:] if steps[:2] == ["api", "0"] else steps)
    ref = _issue(rest, organization or _organization_of(where), query)
    if ref is None:
        raise _refusal(steps, dict(query))
    return ref


def _below_issues(steps: list[str]) -> tuple[str | None, list[str]]:
    """The organization that a path names, and what it holds after `issues`."""
    match steps:
        case ["share" | "shared", *_]:
            return None, []
        case ["organizations", organization, "issues", *rest]:
            return organization, rest
        case ["issues", *rest]:
            return None, rest
        case ["organizations", *_]:
            return None, []
        case [organization, "issues", *rest] | [organization, _, "issues", *rest]:
            return organization, rest
    return None, []


def _issue(rest: list[str], organization: str | None, query: list[tuple[str, str]]) -> IssueRef | None:
    """What stands after `/issues/`: an issue, perhaps `events/EVENT`, or one of Sentry's pages (None)."""
    if not rest:
        return None
    name, event_id = rest[0].upper(), None
    match rest:
        case [_, "events", event, *_] if EVENT_ID.fullmatch(event):
            event_id = event.replace("-", "").lower()
    environments = {value for key, value in query if key == "environment" and value}
    # Several: narrowing to one of them would answer what nobody asked.
    environment = environments.pop() if len(environments) == 1 else None
    organization = (organization or "").lower()
    issue_id = name if NUMBER.fullmatch(name) else None
    short_id = name if SHORT_ID_FORM.fullmatch(name) and name not in PAGES else None
    if not issue_id and not short_id:
        return None
    for narrowed in dict.fromkeys((environment, None)):
        try:
            return IssueRef(
                issue_id=issue_id,
                short_id=short_id,
                event_id=event_id,
                environment=narrowed,
                organization=organization if _SLUG.fullmatch(organization) else None,
            )
        except ValidationError:
            continue
    return None


def _refusal(steps: list[str], query: dict[str, str]) -> NotAReference:
    if "share" in steps or "shared" in steps:
        return NotAReference("That is a share link: open it and give the link of the issue itself.", "share")
    if "feedback" in steps or "feedbackSlug" in query:
        return NotAReference("That is user feedback: give a link to an issue with an error.", "feedback")
    if "alerts" in steps or "metric_alert" in query.get("referrer", ""):
        sentence = "That is an alert rule or metric alert: open the issue behind it and give its link."
        return NotAReference(sentence, "alert rule")
    return NotAReference("That link names no issue: open the issue in Sentry and copy its link.", "no issue")


def _ours(url: str, sentry_url: str) -> SplitResult:
    """Take a link apart; refuse it unless it leads to the configured Sentry and reads in one way only."""
    if len(url) > LONGEST_LINK or _NOT_IN_A_LINK.search(url):
        raise _foreign(sentry_url)
    try:
        link, home = urlsplit(url), urlsplit(with_scheme(sentry_url))
        link_port, home_port = _port(link), _port(home)
    except ValueError:
        raise _foreign(sentry_url) from None
    host, home_host = link.hostname or "", home.hostname or ""
    if link.scheme not in {"http", "https"} or not home_host or link_port != home_port:
        raise _foreign(sentry_url)
    if "@" in link.netloc:
        raise _foreign(sentry_url)
    if host != home_host and not (_is_saas(home_host) and _is_saas(host)):
        raise _foreign(sentry_url)
    steps = link.path.lower().replace("%2e", ".").split("/")
    if not link.path.isascii() or "." in steps or ".." in steps:
        raise NotAReference("That link is not as Sentry writes it: copy the issue's link again.", "no issue")
    return link


def _foreign(sentry_url: str) -> NotAReference:
    return NotAReference(f"That link leads elsewhere: give a link to {_host(sentry_url)}.", "foreign")


def _is_saas(host: str) -> bool:
    return host == "sentry.io" or (_SAAS.fullmatch(host) is not None and not host.startswith("xn--"))


def _organization_of(link: SplitResult) -> str | None:
    label, dot, home = (link.hostname or "").partition(".")
    return label if dot and home == "sentry.io" and label not in REGIONS else None


def _port(link: SplitResult) -> int | None:
    """The port where it is not the scheme's own; Slack turns `host/path` into `http://host/path`."""
    return None if link.port == {"http": 80, "https": 443}.get(link.scheme) else link.port


def _host(sentry_url: str) -> str:
    return with_scheme(sentry_url).partition("://")[2].partition("/")[0].rpartition("@")[2]


def with_scheme(url: str) -> str:
    return url if "://" in url else f"https://{url}"
