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
from playbook.schema.statement import LINE_LENGTH, NOT_DONE, makes, says_it_exists, says_it_is_missing
from playbook.schema.temporary import is_temporary

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

    def failed_before(self, onset: datetime) -> MigrationRun | None:
        """The last failure of the statement that makes it before that moment, if none made it after; in the event's
        environment, or in one that nobody told."""
        runs = [run for run in self.near("started", "applied", "failed") if not after(run.at, onset)]
        return runs[-1] if runs and runs[-1].outcome == "failed" else None

    def made_after(self, since: datetime) -> LogLine | None:
        """The first line after that moment whose statement makes it and tells of no refusal; not of elsewhere."""
        lines = [line for line in self.logs.lines(MIGRATIONS) if line.at > since and makes(self.relation, line.message)]
        done = (line for line in lines if not NOT_DONE.search(line.message))
        return next((line for line in done if environment(line, self.event) != "elsewhere"), None)

    def died_here(self, until: datetime) -> tuple[MigrationRun, ...]:
        """The migrate commands of this place that failed at another migration before that moment, with nothing later
        to mend it, oldest first. A failure because something exists, or because the relation is missed, is none: the
        first says that it was done, the second is the trouble itself."""
        own = self.everywhere("failed")
        return tuple(
            run
            for run in self.any_here("failed")
            if run.at <= until and run not in own and not any(mends(later, run) for later in self.logs.migration_runs)
            if not says_it_exists(self.relation, run.line.message)
            if not says_it_is_missing(self.relation, run.line.message)
        )

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

        Tables are swapped that way: the old one is dropped or renamed, the new one takes its name. What sessions make
        for themselves is dropped and made again all day.
        """
        if is_temporary(self.relation, self.event):
            return True
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


def mends(later: MigrationRun, failed: MigrationRun) -> bool:
    """Whether that run, of the same place, shows that what had failed was done, or that nothing is left to do."""
    if later.outcome not in ("applied", "nothing to do"):
        return False
    same = later.migration == failed.migration or later.outcome == "nothing to do" or failed.migration is None
    alike = (later.line.environment, later.line.service) == (failed.line.environment, failed.line.service)
    return later.at > failed.at and same and alike


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
