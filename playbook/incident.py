"""What an investigation leaves behind, small enough to be written down, so that a later one can be compared with it."""

import re
from typing import Annotated

from pydantic import AfterValidator

from playbook.diagnosis import Citation, Diagnosis, Grade, Hypothesis, Strength
from playbook.evidence.collected import Evidence
from playbook.evidence.event import Event
from playbook.evidence.fact import Value
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import Instant
from playbook.evidence.issue import Issue
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Releases
from playbook.evidence.spread import Spread
from playbook.links import Link, links, rose

MOST_TODO = 2_000
"""Characters of a remedy that are compared."""

DATABASES = ("db.instance", "db.name", "database", "db.host", "server.address")
"""Tags by which an event says which database served it: a replica, a shard and the primary are three."""

Second = Annotated[Instant, AfterValidator(lambda moment: moment.replace(microsecond=0))]
"""A moment to the second: what is written down and read again is the same."""


class Incident(Value):
    """An investigation as far as joining needs it: small, plain, and written down as JSON.

    `audience` is who sees its card (a channel): only those of one audience are joined, or a title would be told to
    others. `asked` is when its card was first asked for. `environment` is None where no event was read, "" where the
    event names none. `seen` is when the event happened that was read, `last` when the issue was last seen, `over` that
    it has stopped since. `open` are the causes that stand and lack a look that could have proved them; `deciding` is
    what proved the verdict outside of the issue itself; `todo` is what it says to do. `parts` are the hosts and tenants
    that it is confined to, as key and value, `databases` those that its event names. `proof` is the first citation of
    the verdict.
    """

    run: str
    audience: str = ""
    asked: Second
    issue: str
    short_id: str
    title: str
    url: str
    project: str
    playbook: str | None = None
    links: tuple[Link, ...] = ()
    rose: Second | None = None
    seen: Second | None = None
    last: Second | None = None
    over: bool = False
    environment: str | None = None
    subject: str | None = None
    version: str | None = None
    commit: str | None = None
    parts: tuple[tuple[str, str], ...] = ()
    databases: tuple[str, ...] = ()
    grade: Grade
    cause: str | None = None
    claim: str | None = None
    open: tuple[str, ...] = ()
    deciding: tuple[str, ...] = ()
    todo: str = ""
    proof: Citation | None = None

    @property
    def name(self) -> str:
        """What people call the issue."""
        return self.short_id or self.issue


def incident(run: str, evidence: Evidence, diagnosis: Diagnosis, audience: str = "") -> Incident:
    """What an investigation leaves for later ones to be compared with."""
    issue, verdict, step = diagnosis.issue, diagnosis.verdict, diagnosis.next_step
    event, releases = evidence.get(Event), evidence.get(Releases)
    relation, frequency, told = evidence.get(MissingRelation), evidence.get(Frequency), evidence.get(Issue)
    leading = next((one for one in diagnosis.hypotheses if verdict.cause and one.cause == verdict.cause), None)
    failing = releases.failing if releases else None
    return Incident(
        run=run,
        audience=audience,
        asked=diagnosis.asked_at,
        issue=issue.id,
        short_id=issue.short_id,
        title=issue.title,
        url=issue.url,
        project=issue.project,
        playbook=diagnosis.playbook,
        links=links(evidence, diagnosis),
        rose=rose(evidence),
        seen=(event.received_at or event.at) if event else None,
        last=told.last_seen if told else None,
        over=frequency is not None and frequency.trend == "stopped",
        environment=(event.environment or "") if event else None,
        subject=relation.label if relation and relation.name else None,
        version=failing.version if failing else None,
        commit=failing.commit if failing else None,
        parts=_parts(evidence.get(Spread)),
        databases=tuple(sorted({one.value for one in event.tags if one.key in DATABASES})) if event else (),
        grade=verdict.grade,
        cause=verdict.cause,
        claim=verdict.claim,
        open=tuple(one.cause for one in diagnosis.hypotheses if _is_open(one)),
        deciding=_deciding(leading),
        todo=f"{step.action}\n{step.command or ''}"[:MOST_TODO],
        proof=_proof(leading),
    )


def _parts(spread: Spread | None) -> tuple[tuple[str, str], ...]:
    """The segments; the environment is compared by its own rule."""
    segments = spread.segments if spread else ()
    return tuple((one.key, one.value) for one in segments if one.key != "environment")


def _is_open(one: Hypothesis) -> bool:
    return any(unchecked.at_most is Strength.DECISIVE for unchecked in one.unchecked)


def _proof(leading: Hypothesis | None) -> Citation | None:
    signals = sorted(leading.signals, key=lambda one: one.strength is not Strength.DECISIVE) if leading else []
    return signals[0].citations[0] if signals else None


def _deciding(leading: Hypothesis | None) -> tuple[str, ...]:
    """What the decisive findings cite, so that two issues cite the same thing alike; the issue itself left out."""
    decisive = [one for one in leading.signals if one.strength is Strength.DECISIVE] if leading else []
    cited = [citation for signal in decisive for citation in signal.citations if citation.source != "Sentry"]
    return tuple(dict.fromkeys(map(_thing, cited)))


LOGS = "Elasticsearch: "
AT_COMMIT = re.compile(r"/(?:blob|tree)/[^/]+/?")


def _thing(cited: Citation) -> str:
    """A logged line by its words, since a job that is tried again says the same again; a line of code by its file."""
    if cited.source == "Elasticsearch":
        return f"{LOGS}{cited.quote}"
    return f"{cited.source}: {AT_COMMIT.sub(' ', cited.url)} {cited.quote}"
