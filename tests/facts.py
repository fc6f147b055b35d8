"""Every fact with sensible defaults, so that a test names only what it is about.

The story behind the defaults: release backend@1.4.0 went to production at 10:00 on 20 November 2026, its migration
orders.0042_order creates orders_order, and the first error came at 10:02.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from playbook.evidence.changes import Changes, Commit, FileChange, SchemaChange
from playbook.evidence.collected import Evidence
from playbook.evidence.error import Error
from playbook.evidence.event import Event, Frame
from playbook.evidence.fact import Fact
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Bucket, Issue
from playbook.evidence.logs import MIGRATIONS, LogLine, Logs, MigrationRun, Search
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Deploy, Release, Releases
from playbook.evidence.schema_history import Declaration, SchemaEvent, SchemaHistory
from playbook.evidence.similar import Similar
from playbook.evidence.spread import Spread
from playbook.evidence.tags import Tag, Tags, TagValue

DEPLOYED = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
ONSET = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)

SENTRY = "https://acme.sentry.io/organizations/acme/issues/5551234567/"
GITHUB = "https://github.com/acme/backend"
LOGS = "https://kibana.example.com/app/discover"
MIGRATION = "orders/migrations/0042_order.py"


def minutes(after_onset: float) -> datetime:
    """A moment so many minutes after the onset (before it where negative)."""
    return ONSET + timedelta(minutes=after_onset)


def an_issue(**given: Any) -> Issue:
    return Issue(
        **{
            "url": SENTRY,
            "id": "5551234567",
            "short_id": "BACKEND-4KD",
            "title": 'ProgrammingError: relation "orders_order" does not exist',
            "error": Error(type="ProgrammingError", value='relation "orders_order" does not exist'),
            "level": "error",
            "status": "unresolved",
            "priority": "high",
            "platform": "python",
            "project": "backend",
            "project_id": "42",
            "count": 1523,
            "users": 87,
            "first_seen": ONSET,
            "last_seen": NOW,
            "first_release": "backend@1.4.0",
            "last_release": "backend@1.4.0",
            **given,
        }
    )


def an_event(**given: Any) -> Event:
    ours = Frame(filename="orders/views.py", function="create", line=42, in_app=True)
    driver = Frame(filename="django/db/backends/utils.py", module="django.db.backends.utils", function="_execute")
    return Event(
        **{
            "url": SENTRY + "events/0123456789abcdef0123456789abcdef/",
            "id": "0123456789abcdef0123456789abcdef",
            "which": "recommended",
            "at": ONSET,
            "errors": (Error(type="UndefinedTable", value='relation "orders_order" does not exist'),),
            "in_app": ours,
            "frames": (ours, driver),
            "database_frames": (driver,),
            "environment": "production",
            "release": "backend@1.4.0",
            **given,
        }
    )


def a_relation(**given: Any) -> MissingRelation:
    return MissingRelation(
        **{
            "url": SENTRY,
            "name": "orders_order",
            "dialect": "postgresql",
            "quote": 'relation "orders_order" does not exist',
            **given,
        }
    )


def a_frequency(**given: Any) -> Frequency:
    start = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    return Frequency(
        **{
            "url": SENTRY,
            "buckets": (Bucket(start=start, count=700), Bucket(start=start + timedelta(hours=1), count=823)),
            "bucket_seconds": 3600,
            "trend": "spike",
            "rule": "from 0 to 700 events an hour",
            "onset": ONSET,
            "new": True,
            **given,
        }
    )


def a_spread(**given: Any) -> Spread:
    return Spread(
        **{
            "url": SENTRY + "tags/",
            "reach": "everyone",
            "compared": ("environment", "server_name"),
            "rule": "no value is over-represented",
            **given,
        }
    )


def a_release(version: str = "backend@1.4.0", **given: Any) -> Release:
    url = f"https://acme.sentry.io/releases/{version}/"
    return Release(**{"version": version, "created_at": DEPLOYED, "commit": "a" * 40, "url": url, **given})


def a_deploy(**given: Any) -> Deploy:
    url = "https://acme.sentry.io/releases/backend@1.4.0/"
    return Deploy(**{"release": "backend@1.4.0", "environment": "production", "at": DEPLOYED, "url": url, **given})


def a_timeline(**given: Any) -> Releases:
    return Releases(
        **{
            "url": "https://acme.sentry.io/releases/",
            "failing": a_release(),
            "last": a_release(),
            "last_good": a_release("backend@1.3.0", commit="b" * 40),
            "deploys": (a_deploy(),),
            "onset": ONSET,
            **given,
        }
    )


def a_schema_change(kind: str = "creates", relation: str = "orders_order", **given: Any) -> SchemaChange:
    return SchemaChange(
        **{
            "kind": kind,
            "relation": relation,
            "path": MIGRATION,
            "line": 11,
            "quote": 'migrations.CreateModel(name="Order",',
            "framework": "django",
            "migration": "orders.0042_order",
            "url": f"{GITHUB}/blob/{'a' * 40}/{MIGRATION}#L11",
            **given,
        }
    )


def a_schema_event(kind: str = "creates", relation: str = "orders_order", **given: Any) -> SchemaEvent:
    told = {"brought": "release", **given}
    return SchemaEvent(**{**a_schema_change(kind, relation).model_dump(), **told})


def a_declaration(**given: Any) -> Declaration:
    return Declaration(
        **{
            "relation": "orders_order",
            "model": "Order",
            "framework": "django",
            "path": "orders/models.py",
            "line": 7,
            "quote": "class Order(models.Model):",
            "url": f"{GITHUB}/blob/{'a' * 40}/orders/models.py#L7",
            "brought": "release",
            **given,
        }
    )


def a_schema_history(*events: SchemaEvent, **given: Any) -> SchemaHistory:
    """42 Django migrations, all read, which make all but perhaps one of the nine relations that models declare."""
    return SchemaHistory(
        **{
            "url": f"{GITHUB}/tree/{'a' * 40}",
            "repository": "acme/backend",
            "commit": "a" * 40,
            "base": "b" * 40,
            "branch": "main",
            "events": events,
            "standing": tuple(event.relation for event in events[-1:] if event.kind == "creates"),
            "migrations": 42,
            "frameworks": ("django",),
            "covered": 8,
            "declaring": 9,
            **given,
        }
    )


def some_changes(*schema_changes: SchemaChange, **given: Any) -> Changes:
    return Changes(
        **{
            "url": f"{GITHUB}/compare/{'b' * 40}...{'a' * 40}",
            "repository": "acme/backend",
            "base": "b" * 40,
            "head": "a" * 40,
            "commits": (Commit(sha="a" * 40, message="Add orders", url=f"{GITHUB}/commit/{'a' * 40}"),),
            "files": (FileChange(path=MIGRATION, status="added", url=f"{GITHUB}/blob/{'a' * 40}/{MIGRATION}"),),
            "schema_changes": schema_changes,
            **given,
        }
    )


def a_line(message: str, at: datetime = DEPLOYED, environment: str | None = "production", **given: Any) -> LogLine:
    return LogLine(at=at, message=message, environment=environment, url=f"{LOGS}/doc/{len(message)}", **given)


def a_run(
    outcome: str,
    message: str,
    at: datetime = DEPLOYED,
    environment: str | None = "production",
    migration: str | None = None,
    **given: Any,
) -> MigrationRun:
    line = a_line(message, at, environment)
    return MigrationRun(
        **{"at": at, "outcome": outcome, "framework": "django", "migration": migration, "line": line, **given}
    )


def a_search(purpose: str = MIGRATIONS, *lines: LogLine, **given: Any) -> Search:
    return Search(**{"purpose": purpose, "total": len(lines), "lines": lines, "url": f"{LOGS}/{purpose}", **given})


def some_logs(*runs: MigrationRun, searches: tuple[Search, ...] | None = None) -> Logs:
    if searches is None:
        searches = (a_search(MIGRATIONS, *(run.line for run in runs)),)
    return Logs(url=LOGS, start=minutes(-360), end=minutes(60), searches=searches, migration_runs=runs)


def no_similar(**given: Any) -> Similar:
    return Similar(**{"url": "https://acme.sentry.io/issues/", "looked_at": 12, **given})


def some_tags(**values: int) -> Tags:
    tags = tuple(Tag(key=key, values=(TagValue(value=key, count=count),), total=count) for key, count in values.items())
    return Tags(url=SENTRY + "tags/", tags=tags)


def evidence(*facts: Fact, without: tuple[type[Fact], ...] = (), **given: Any) -> Evidence:
    """The default evidence with `facts` in place of their kind, and the kinds of `without` unavailable."""
    usual: tuple[Fact, ...] = (
        an_issue(),
        an_event(),
        a_relation(),
        a_frequency(),
        a_spread(),
        a_timeline(),
        *facts,
    )
    by_type = {type(fact): fact for fact in usual}
    missing = {kind: f"{kind.source} could not be read" for kind in without}
    return Evidence(
        facts={kind: fact for kind, fact in by_type.items() if kind not in without},
        unavailable={**missing, **given.get("unavailable", {})},
        absent=given.get("absent", {}),
    )
