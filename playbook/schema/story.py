"""What migrations and logs together say of one relation, at the place that fails: who makes it, and how that went."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.event import Event
from playbook.evidence.fact import Derived
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.logs import MIGRATIONS, LogLine, Logs, MigrationRun, Outcome
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.schema_history import SchemaHistory
from playbook.schema import making
from playbook.schema.framework import framework_named
from playbook.schema.place import environment, place
from playbook.schema.statement import LINE_LENGTH, makes

CLOCKS = timedelta(minutes=1)
"""How far the clocks of a log shipper and of an SDK may disagree before an order of moments means anything."""

SETTLING = timedelta(minutes=10)
"""How long errors may trail after a migration: requests under way, queued events, pods with a cached failure."""


class Story(Derived):
    """`creating` are the migrations of the failing release that make the relation, wherever it is known from.

    A run *of it* is a logged run of one of these, or one whose own line has the statement that makes the relation; a
    run that merely names it (an `ALTER TABLE` that failed, a query that missed it) is none.
    """

    relation: MissingRelation
    creating: tuple[SchemaChange, ...]
    logs: Logs
    issue: Issue
    event: Event | None

    @classmethod
    def of(
        cls,
        relation: MissingRelation,
        logs: Logs,
        issue: Issue,
        event: Event | None,
        changes: Changes | None,
        schema: SchemaHistory | None,
    ) -> "Story":
        """The story as these facts tell it."""
        creating = making.making(relation, changes, schema)
        return cls(relation=relation, creating=creating, logs=logs, issue=issue, event=event)

    def everywhere(self, *outcomes: Outcome) -> tuple[MigrationRun, ...]:
        """The runs of it with one of these outcomes, oldest first."""
        return runs_making(self.relation, self.logs, self.creating, *outcomes)

    def here(self, *outcomes: Outcome) -> tuple[MigrationRun, ...]:
        """Those in the event's own environment, by their own word, and not of another service."""
        return tuple(run for run in self.everywhere(*outcomes) if self.is_here(run))

    def near(self, *outcomes: Outcome) -> tuple[MigrationRun, ...]:
        """Those in the event's environment, or in one that nobody told."""
        return not_elsewhere(self.everywhere(*outcomes), self.event)

    def elsewhere(self, *outcomes: Outcome) -> tuple[MigrationRun, ...]:
        """Those in another environment."""
        return tuple(run for run in self.everywhere(*outcomes) if environment(run.line, self.event) == "elsewhere")

    def any_here(self, *outcomes: Outcome) -> tuple[MigrationRun, ...]:
        """The runs of whatever migration, in the event's own environment and of no other service."""
        return tuple(run for run in self.logs.migration_runs if run.outcome in outcomes and self.is_here(run))

    def any_near(self, *outcomes: Outcome) -> tuple[MigrationRun, ...]:
        """The runs of whatever migration, in the event's environment or in one that nobody told."""
        return not_elsewhere((run for run in self.logs.migration_runs if run.outcome in outcomes), self.event)

    def is_here(self, run: MigrationRun) -> bool:
        """Whether that run was in the event's own environment, and not another service's."""
        return place(run.line, self.event, self.issue) == "here"

    @property
    def unbroken(self) -> bool:
        """Whether the migration lines around the onset were all seen.

        A page that is full still holds those nearest the onset (steps/logs.py); failed shards and cut-off searches
        leave holes anywhere, and then "no later line mends it" cannot be said.
        """
        search = self.logs.search(MIGRATIONS)
        return search is not None and not search.partial and not search.unavailable

    def made_again(self, since: datetime, until: datetime) -> bool:
        """Whether a statement or a migration between the two moments made the relation, or gave another one its name.

        Tables are swapped that way: the old one is dropped or renamed, the new one takes its name.
        """
        lines = self.logs.lines(MIGRATIONS)
        return any(since <= line.at <= until and makes(self.relation, line.message) for line in lines)


def runs_named(logs: Logs, made_by: Iterable[SchemaChange], *outcomes: Outcome) -> tuple[MigrationRun, ...]:
    """The logged runs of those migrations, by name, with one of the outcomes."""
    made = [change for change in made_by if change.migration]
    return tuple(
        run for run in logs.migration_runs if run.outcome in outcomes and any(_is_of(run, change) for change in made)
    )


def runs_making(
    relation: MissingRelation, logs: Logs, creating: Iterable[SchemaChange], *outcomes: Outcome
) -> tuple[MigrationRun, ...]:
    """The logged runs of the migrations that make the relation, or whose own line has the statement; oldest first."""
    made = tuple(creating)
    named = runs_named(logs, made, *outcomes)
    told = [run for run in logs.migration_runs if run.outcome in outcomes and run not in named]
    known = {change.migration for change in made if change.migration}
    alone = [run for run in told if sum(one.line == run.line for one in logs.migration_runs) == 1]
    stated = [run for run in alone if not (known and run.migration) and makes(relation, run.line.message)]
    return tuple(sorted((*named, *stated), key=lambda run: run.at))


def _is_of(run: MigrationRun, change: SchemaChange) -> bool:
    """As the migration's framework has it: most name a migration in their logs just as the repository does."""
    name, framework = change.migration or "", framework_named(change.framework)
    return framework.is_of(name, change.path, run) if framework else run.migration == name


def not_elsewhere(runs: Iterable[MigrationRun], event: Event | None) -> tuple[MigrationRun, ...]:
    """Runs in the event's environment, or in one that nobody told."""
    return tuple(run for run in runs if environment(run.line, event) != "elsewhere")


def before(moment: datetime, onset: datetime) -> bool:
    """Surely before the onset, whatever the clocks."""
    return moment < onset - CLOCKS


def after(moment: datetime, onset: datetime) -> bool:
    """Surely after the onset, whatever the clocks."""
    return moment > onset + CLOCKS


def latest_onset(frequency: Frequency | None) -> datetime | None:
    """The latest moment at which the trouble may have begun: an onset read from buckets lies somewhere in its own."""
    if frequency is None or frequency.onset is None:
        return None
    return frequency.onset + max(timedelta(), timedelta(seconds=frequency.onset_seconds) - CLOCKS)


def several_databases(runs: Iterable[MigrationRun]) -> bool:
    """Whether one migration was applied more than once: a database takes it once, so there are several of them here
    (tenants, shards, schemas), and that it ran says nothing of each."""
    names = [run.migration for run in runs if run.outcome == "applied" and run.migration]
    return len(names) > len(set(names))


def tells_failure(line: LogLine) -> bool:
    """Whether a deploy log line reports a failure, by its level or in words that deploy tools use for one."""
    return (line.level or "").casefold() in FAILING_LEVELS or FAILURE.search(line.message[:LINE_LENGTH]) is not None


FAILING_LEVELS = ("error", "fatal", "critical", "panic", "alert", "emergency")
FAILURE = re.compile(
    r"(?<!0 )(?<!no )\b(?:failed|failure|timed out|backofflimitexceeded|crashloopbackoff|aborted)\b(?!\s*[=:]\s*0\b)",
    re.IGNORECASE,
)
"""Words of kubectl, Helm, Argo CD and GitHub Actions when a job or rollout fails; `failed=0` is Ansible's good news."""
