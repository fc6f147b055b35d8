"""What ties an issue to another one harder than chance: the relation it lacks, the release it began with, the request
and the host that it happened on.

A link is a candidate and no verdict: two issues that share one are one incident only by the rule of
`playbook.joining`. A name that two systems may have in common (`users`, `1.2.0`, `web-1`) never stands alone in it.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from playbook.diagnosis import Citation, Diagnosis, Sentence
from playbook.evidence.collected import Evidence
from playbook.evidence.event import Event
from playbook.evidence.fact import Value
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock
from playbook.evidence.issue import Issue
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.release_order import came_back
from playbook.evidence.releases import CLOCK_SKEW, Release, Releases
from playbook.evidence.spread import Spread

Kind = Literal["relation", "trace", "release", "host"]

LONGEST = 400
"""Characters of a link's value; what is longer ties nothing, since a cut would make two names one."""

SHOWN = 80
"""Characters of a name in a link's words."""

SOON = timedelta(minutes=15)
"""From the end of a deploy to the onset of a trouble that it brought: by then a rollout is over and its pages were
asked for. What begins later has another beginning, and the release is only the first one that is known."""

PRECISE = timedelta(minutes=15)
"""How exactly an onset must be known to be compared at all; one that is read from hourly counts lies anywhere in its
hour."""

TRACE = re.compile(r"(?!0{32})[0-9a-f]{32}")
"""A trace id (https://www.w3.org/TR/trace-context/, "trace-id"); all zeros are none."""


class Link(Value):
    """One tie. Equal `kind` and `value` are the same tie; `words` are what a person says of two that share it, and
    `citation` is where it was read."""

    kind: Kind
    value: Annotated[str, Field(min_length=1, max_length=LONGEST)]
    words: Sentence
    citation: Citation


def links(evidence: Evidence, diagnosis: Diagnosis) -> tuple[Link, ...]:
    """The hard links of an issue, the hardest kind first; () where there is none.

    A relation's value is `project/name` as the database names it, without the kind: tables, views and sequences share
    one namespace. A release's is `project/version`, and `repository@commit` beside it; a trace's its id; a host's
    `project/host`.
    """
    project = diagnosis.issue.project
    if not project:
        return ()
    found = (
        *_relation(project, evidence.get(MissingRelation)),
        *_trace(evidence.get(Event)),
        *_release(project, evidence),
        *_host(project, evidence.get(Spread)),
    )
    return tuple(dict.fromkeys(found))


def rose(evidence: Evidence) -> datetime | None:
    """When the present trouble began: the onset, else the first event; None where that is not known to the minute.

    Of a trouble that came back, only its own onset tells: the first event is that of another day.
    """
    issue, frequency = evidence.get(Issue), evidence.get(Frequency)
    if frequency is not None and frequency.onset is not None:
        return frequency.onset if timedelta(seconds=frequency.onset_seconds) <= PRECISE else None
    if issue is None or came_back(issue, frequency):
        return None
    return issue.first_seen


def _relation(project: str, relation: MissingRelation | None) -> Iterator[Link]:
    if relation is not None and relation.name:
        yield from _link("relation", f"{project}/{relation.label}", relation.label, relation.url, relation.quote)


def _trace(event: Event | None) -> Iterator[Link]:
    trace = (event.trace_id or "").replace("-", "").casefold() if event else ""
    if event is not None and TRACE.fullmatch(trace):
        yield from _link("trace", trace, trace[:8], event.url, f"trace: {event.trace_id}")


def _release(project: str, evidence: Evidence) -> Iterator[Link]:
    """The first failing release, where the trouble began with it: a release before it ran without, the event comes
    from it, and it had come there only just."""
    releases, event = evidence.get(Releases), evidence.get(Event)
    failing = releases.failing if releases else None
    if releases is None or failing is None or releases.last_good is None:
        return
    if event is not None and event.release not in (None, failing.version):
        return
    came = _came(releases, failing, event.environment if event else None)
    if came is None or releases.onset is None or not -CLOCK_SKEW <= releases.onset - came <= SOON:
        return
    quote = f"first in {failing.version}, there since {clock(came)}; last good {releases.last_good.version}"
    url = failing.url or releases.url
    yield from _link("release", f"{project}/{failing.version}", failing.version, url, quote)
    if failing.commit and failing.repository:
        yield from _link("release", f"{failing.repository}@{failing.commit}", failing.version, url, quote)


def _came(releases: Releases, failing: Release, environment: str | None) -> datetime | None:
    """When the release came to the environment: its deploy there, or, where nobody tells of deploys, when Sentry first
    saw it. None where it was deployed, and not there before the onset."""
    if releases.deploys:
        deploy = releases.deploy_before(environment)
        return deploy.at if deploy else None
    return failing.created_at


def _host(project: str, spread: Spread | None) -> Iterator[Link]:
    """The host with most of the events, where it stands out against the project's others."""
    for segment in spread.segments if spread and spread.reach == "segment" else ():
        if segment.key == "server_name" and 2 * segment.count > segment.of and spread is not None:
            yield from _link("host", f"{project}/{segment.value}", segment.value, spread.url, segment.told)


SAID = {
    "relation": "the same relation",
    "trace": "the same trace",
    "release": "the same first failing release",
    "host": "the same failing host",
}


def _link(kind: Kind, value: str, name: str, url: str, quote: str) -> Iterator[Link]:
    """The link, where it can be compared and cited."""
    words, quote = " ".join(name.replace("`", "'").split()), quote.strip()[:400]
    if words and len(value) <= LONGEST and url and quote:
        shown = words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"
        citation = Citation(source="Sentry", url=url, quote=quote)
        yield Link(kind=kind, value=value, words=f"{SAID[kind]} `{shown}`", citation=citation)
