"""A query names a table or view that the database does not have.

Carries out the written playbook *ProgrammingError-RelationMissing-Database-Error-application*.
"""

from playbook.catalog import Playbook
from playbook.causes import (
    broader_incident,
    made_at_run_time,
    migration_failed,
    migration_missing,
    migration_not_applied,
    migration_ran_late,
    newer_than_the_release,
    one_environment_only,
    relation_dropped,
    replica_behind,
    wrong_database,
)
from playbook.diagnosis import Subject
from playbook.dialects.reading import missing_relation
from playbook.evidence.changes import Changes
from playbook.evidence.event import Event
from playbook.evidence.fact import Fact
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.logs import DEPLOYS, MIGRATIONS, REPLICATION, START_UP, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.prescription import LogSearch, Prescription
from playbook.evidence.releases import Releases
from playbook.evidence.schema_history import SchemaHistory
from playbook.evidence.similar import Similar
from playbook.evidence.spread import Spread
from playbook.evidence.tags import Tags
from playbook.schema.commands import look_for
from playbook.schema.migrate_log import PHRASES

SEARCHES = (
    LogSearch(
        purpose=MIGRATIONS,
        phrases=(*PHRASES, "DROP TABLE", "RENAME TABLE", "CREATE VIEW", "DROP VIEW"),
    ),
    LogSearch(
        purpose=START_UP,
        phrases=(
            "unapplied migration",
            "pending migration",
            "PendingMigrationError",
            "Booting worker",
            "Starting gunicorn",
            "Application startup complete",
            "Listening at",
            "server started",
            "initializing database",
        ),
    ),
    LogSearch(
        purpose=DEPLOYS,
        phrases=(
            "deploy",
            "deployed",
            "deployment",
            "rollout",
            "helm upgrade",
            "BackoffLimitExceeded",
            "release",
        ),
    ),
    LogSearch(
        purpose=REPLICATION,
        phrases=(
            "replication",
            "replica",
            "standby",
            "conflict with recovery",
            "walreceiver",
            "seconds behind",
        ),
    ),
)
"""Playbook step 6: migration execution, application start-up, deployments, database replication."""


def _relation(fact: Fact) -> MissingRelation:
    if not isinstance(fact, MissingRelation):
        raise TypeError(f"the subject of this playbook is a MissingRelation, not {type(fact).__name__}")
    return fact


def subject(fact: Fact) -> Subject:
    """The relation, with its schema and database where the message named them."""
    relation = _relation(fact)
    told = {"schema": relation.schema_name, "database": relation.database}
    return Subject(
        name=relation.name, label=relation.label, fields={key: value for key, value in told.items() if value}
    )


def prescription(fact: Fact) -> Prescription:
    """What the shared steps look for; another issue is about the same when it names the same relation."""
    return Prescription(searches=SEARCHES, same_trouble=_relation(fact).name)


def check(fact: Fact) -> str:
    """The statement that asks the failing database whether it has the relation, and where; its answers explained."""
    return f"{look_for(_relation(fact))}\n{ANSWERS}"


ANSWERS = (
    "-- nothing found: it was never made here, or is gone; look which migrations are pending\n"
    "-- found in another schema or case: the query looks in the wrong place\n"
    "-- found as the query names it: it came since, or the failing server is another one (a replica?)"
)
"""What each answer would mean, as comments that every SQL dialect takes."""


playbook = Playbook(
    name=__name__.rpartition(".")[2],
    title="ProgrammingError: relation missing",
    subject_type=MissingRelation,
    recognise=missing_relation,
    subject=subject,
    prescribes=(
        Issue,
        Event,
        Frequency,
        Spread,
        MissingRelation,
        Releases,
        Changes,
        SchemaHistory,
        Logs,
        Similar,
        Tags,
    ),
    prescription=prescription,
    causes=(
        migration_failed.cause,
        migration_not_applied.cause,
        migration_ran_late.cause,
        migration_missing.cause,
        newer_than_the_release.cause,
        relation_dropped.cause,
        one_environment_only.cause,
        wrong_database.cause,
        replica_behind.cause,
        made_at_run_time.cause,
        broader_incident.cause,
    ),
    check=check,
)
