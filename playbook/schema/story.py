"""What the patches and the logs together say of one relation's migrations, at one place.

A run in another environment proves nothing here, and a run whose environment nobody told, or that another service
logged, proves less than our own: they are kept apart, so that no signal can mistake staging's migrate job for
production's, or the billing service's for ours.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.environment import same_environment
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.logs import MIGRATIONS, LogLine, Logs, MigrationRun, Outcome
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.statement import LINE_LENGTH, makes, same_schema

Place = Literal["here", "elsewhere", "untold"]

CLOCKS = timedelta(minutes=1)
"""How far the clocks of a log shipper and of an SDK may disagree before an order of moments means anything."""

SETTLING = timedelta(minutes=10)
"""How long errors may trail after a migration: requests under way, queued events, pods with a cached failure."""


def changes_of(relation: MissingRelation, changes: Changes | None, kind: str) -> tuple[SchemaChange, ...]:
    """The schema changes of that kind in the failing release that name the relation, in its schema if both tell one."""
    return of_relation(relation, changes.schema_changes if changes else (), kind)


def of_relation(relation: MissingRelation, listed: Iterable[SchemaChange], kind: str) -> tuple[SchemaChange, ...]:
    """The same of any list of changes. Names are compared whole: one that was quoted may hold a dot."""
    name = (relation.name or "").casefold()
    return tuple(
        one
        for one in listed
        if one.kind == kind and one.relation.casefold() == name and same_schema(relation, one.schema_name) is not False
    )


def runs_named(logs: Logs, made_by: Iterable[SchemaChange], *outcomes: Outcome) -> tuple[MigrationRun, ...]:
    """The logged runs of those migrations, by name, with one of the outcomes."""
    made = [change for change in made_by if change.migration]
    return tuple(
        run for run in logs.migration_runs if run.outcome in outcomes and any(_is_of(run, change) for change in made)
    )


def runs_making(
    relation: MissingRelation, logs: Logs, creating: Iterable[SchemaChange], *outcomes: Outcome
) -> tuple[MigrationRun, ...]:
    """The logged runs that make this relation: of the migrations that create it, or whose own line has the statement.

    A run that merely names the relation (an `ALTER TABLE` that failed, a query that missed it) is none of them.
    """
    made = tuple(creating)
    named = runs_named(logs, made, *outcomes)
    told = [run for run in logs.migration_runs if run.outcome in outcomes and run not in named]
    known = {change.migration for change in made if change.migration}
    alone = [run for run in told if sum(one.line == run.line for one in logs.migration_runs) == 1]
    stated = [run for run in alone if not (known and run.migration) and makes(relation, run.line.message)]
    return tuple(sorted((*named, *stated), key=lambda run: run.at))


def _is_of(run: MigrationRun, change: SchemaChange) -> bool:
    """By name; Flyway's is a mere number that other services have too, so the description must agree where told."""
    if run.migration != change.migration:
        return False
    if change.framework != "flyway":
        return True
    described = re.search(r"__(.+)\.\w+$", change.path)
    told = re.search(r" - ([^\"\n]{1,200})", run.line.message[:LINE_LENGTH])
    return run.framework == "flyway" and not (
        described and told and described[1].replace("_", " ").casefold() not in told[1].casefold()
    )


def place(line: LogLine, event: Event | None, issue: Issue) -> Place:
    """Where a log line was written, seen from the event; a line of a service that is not ours is never *here*."""
    found = environment(line, event)
    return "untold" if found == "here" and own_service(line, issue) is False else found


def environment(line: LogLine, event: Event | None) -> Place:
    """The same by the environment alone, for the lines of databases and of clusters."""
    if line.environment is None or event is None or event.environment is None:
        return "untold"
    match same_environment(line.environment, event.environment):
        case True:
            return "here"
        case False:
            return "elsewhere"
    return "untold"


def own_service(line: LogLine, issue: Issue) -> bool | None:
    """Whether the failing project's own service wrote the line; None where the line tells no service.

    The operator's mapping says it for certain. Without one the words of the names are compared, less those that say
    which part of a system it is: `shop-migrate` is shop's, `billing-migrate` and `postgresql` are not.
    """
    if line.service is None:
        return None
    if line.own:
        return True
    told = _words(line.service)
    packages = [release.rpartition("@")[0] for release in (issue.first_release, issue.last_release) if release]
    for name in (issue.project, *packages):
        own = _words(name)
        if told == own or (told - ROLES and told - ROLES == own - ROLES):
            return True
        if not own - ROLES and own and own <= told and not told - own - ROLES:
            return True
    return False


def _words(name: str) -> set[str]:
    return {word for word in re.split(r"[\W\d_]+", name.casefold()[:200]) if word}


ROLES = frozenset(
    {"app", "application", "service", "svc", "server", "api", "web", "www", "backend", "site", "job", "jobs", "task"}
    | {"migrate", "migrator", "migration", "migrations", "db", "worker", "workers", "cron", "celery", "beat", "deploy"}
    | {"release", "init", "hook", "django", "rails", "prod", "production", "prd", "live", "staging", "stage", "stg"}
    | {"dev", "main"}
)
"""Words of a service's name that say which part of a system it is, or where it runs, not which system."""


def here(runs: Iterable[MigrationRun], event: Event | None, issue: Issue) -> tuple[MigrationRun, ...]:
    """Runs in the event's own environment, by their own word, and not of another service."""
    return tuple(run for run in runs if place(run.line, event, issue) == "here")


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


def unbroken(logs: Logs) -> bool:
    """Whether the migration lines around the onset were all seen.

    A page that is full still holds those nearest the onset (steps/logs.py); failed shards and cut-off searches leave
    holes anywhere, and then "no later line mends it" cannot be said.
    """
    search = logs.search(MIGRATIONS)
    return search is not None and not search.partial and not search.unavailable


def several_databases(runs: Iterable[MigrationRun]) -> bool:
    """Whether one migration was applied more than once: a database takes it once, so there are several of them here
    (tenants, shards, schemas), and that it ran says nothing of each."""
    names = [run.migration for run in runs if run.outcome == "applied" and run.migration]
    return len(names) > len(set(names))


def apps_pending(run: MigrationRun) -> tuple[int | None, tuple[str, ...]]:
    """How many migrations Django's report says are pending, and of which apps; (None, ()) of other reports."""
    text = run.line.message[:LINE_LENGTH]
    counted = re.search(r"\b(\d{1,4}) unapplied migration", text)
    listed = re.search(r"app\(s\): ([\w, ]{1,1000})", text) or re.search(r"apply[^:\n]{0,80}: ([\w, ]{1,1000})", text)
    apps = tuple(name.strip() for name in listed[1].split(",") if name.strip()) if listed else ()
    return (int(counted[1]) if counted else None), apps


def brought(changes: Changes, app: str) -> int:
    """How many migrations of a Django app the release brings, whatever they do."""
    pattern = re.compile(rf"(?:^|/){re.escape(app)}/migrations/\d\w*\.py$")
    return sum(file.status == "added" and pattern.search(file.path) is not None for file in changes.files)


def surely_pending(run: MigrationRun, change: SchemaChange, changes: Changes, issue: Issue) -> bool:
    """Whether a report of pending migrations says that this very one is pending, and nothing stranger.

    Django's report only counts and names apps. Migrations wait in order, so it is this one where exactly as many are
    pending as the release brought: fewer may be later ones; more mean another database, or one never migrated.
    """
    if change.migration is None:
        return False
    count, apps = apps_pending(run)
    if not apps:
        text = run.line.message[:LINE_LENGTH]
        name = change.migration.split(" ")[0] if change.framework == "rails" else change.migration
        specific = change.framework == "rails" or (len(name) >= SPECIFIC and not name.replace(".", "").isdecimal())
        return specific and re.search(rf"(?<![\w.]){re.escape(name)}(?![a-zA-Z0-9])", text) is not None
    if change.framework != "django" or own_service(run.line, issue) is not True or changes.incomplete:
        return False
    return change.migration.partition(".")[0] in apps and count == sum(brought(changes, app) for app in apps)


SPECIFIC = 6
"""Characters from which a migration's name is taken for its own: shorter ones are words or numbers."""


def more_than_brought(run: MigrationRun, changes: Changes) -> int | None:
    """How many are pending where those are more than the release brought; None otherwise."""
    count, apps = apps_pending(run)
    if count is None or not apps or changes.incomplete:
        return None
    return count if count > sum(brought(changes, app) for app in apps) else None


def fewer_than_brought(run: MigrationRun, changes: Changes) -> bool:
    """Whether fewer are pending than the release brought: then those may be later ones than the one in question."""
    count, apps = apps_pending(run)
    return count is not None and bool(apps) and count < sum(brought(changes, app) for app in apps)


def made_again(relation: MissingRelation, logs: Logs, since: datetime, until: datetime) -> bool:
    """Whether a statement or a migration between the two moments made the relation, or renamed another one to it.

    Tables are swapped that way: the old one is dropped or renamed, the new one takes its name.
    """
    return any(since <= line.at <= until and makes(relation, line.message) for line in logs.lines(MIGRATIONS))


def tells_failure(line: LogLine) -> bool:
    """Whether a deploy log line reports a failure, by its level or in words that deploy tools use for one."""
    return (line.level or "").casefold() in FAILING_LEVELS or FAILURE.search(line.message[:LINE_LENGTH]) is not None


FAILING_LEVELS = ("error", "fatal", "critical", "panic", "alert", "emergency")
FAILURE = re.compile(
    r"(?<!0 )(?<!no )\b(?:failed|failure|timed out|backofflimitexceeded|crashloopbackoff|aborted)\b(?!\s*[=:]\s*0\b)",
    re.IGNORECASE,
)
"""Words of kubectl, Helm, Argo CD and GitHub Actions when a job or rollout fails; `failed=0` is Ansible's good news."""
