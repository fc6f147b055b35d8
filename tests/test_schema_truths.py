"""True incidents that the repository's own migrations decide, and traps in which they only seem to.

Each row is what really happened, what the fold of the repository says, and how the truth must be named: None where
nobody could tell. One wrong *proved* costs all trust in the rest.
"""

from typing import NamedTuple

import pytest

from playbook.catalog.relation_missing import playbook
from playbook.diagnosis import Verdict
from playbook.evidence.event import Tagged
from playbook.evidence.fact import Fact
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Bucket
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.logs import MIGRATIONS
from playbook.evidence.schema_history import SchemaHistory
from playbook.judge import judge
from playbook.schema.migrate_log import migration_runs
from tests.facts import (
    NOW,
    a_declaration,
    a_frequency,
    a_line,
    a_relation,
    a_schema_change,
    a_schema_event,
    a_schema_history,
    a_search,
    an_event,
    an_issue,
    evidence,
    minutes,
    some_changes,
    some_logs,
)

CREATES, DECLARED = a_schema_event(), a_declaration()


def at(event, **changed):
    return event.model_copy(update=changed)


OLD = a_schema_event(path="orders/migrations/0001_initial.py", migration="orders.0001_initial", brought="earlier")
DROPS = a_schema_event("drops", quote='migrations.DeleteModel(name="Order")', brought="release")
DROPS_LATER = at(DROPS, path="orders/migrations/0043_drop.py", migration="orders.0043_drop", brought="later")
RENAMES = a_schema_event("renames", to="orders_purchase", quote="migrations.RenameModel(", brought="release")
RENAMED_TO = a_schema_event("renames", "orders_cart", to="orders_order", quote="migrations.RenameModel(")
LATER = a_schema_event(path="orders/migrations/0043_order.py", migration="orders.0043_order", brought="later")
UNCHANGED, BROUGHT = some_changes(), some_changes(a_schema_change())
OK = "Applying orders.0042_order... OK"
PENDING = (
    "You have 1 unapplied migration(s). Your project may not work properly until you apply them for app(s): orders"
)
WRITES = an_event(sql='INSERT INTO "orders_order" ("number") VALUES (?)')
CAPITALS = a_schema_event(relation="Orders_Order", brought="earlier")


def logs(*lines):
    found = some_logs(searches=(a_search(MIGRATIONS, *lines),))
    return found.model_copy(update={"migration_runs": migration_runs(lines)})


def line(at, message, environment="production", service="backend"):
    return a_line(message, minutes(at), environment, service=service)


class Truth(NamedTuple):
    name: str
    cause: str
    grade: str | None
    facts: tuple[Fact, ...]


MISSING, NEWER, NOT_APPLIED = "migration_missing", "newer_than_the_release", "migration_not_applied"
DROPPED, WRONG = "relation_dropped", "wrong_database"

TRUTHS = [
    # Nothing creates it.
    Truth(
        "a model that nobody wrote a migration for",
        MISSING,
        "proved",
        (UNCHANGED, a_schema_history(declared=(DECLARED,))),
    ),
    Truth(
        "the same, and one migration computes its names",
        MISSING,
        "likely",
        (UNCHANGED, a_schema_history(declared=(DECLARED,), dynamic=("0007_tenants.py:4: its name is computed",))),
    ),
    Truth(
        "the same, and one migration could not be read",
        MISSING,
        "likely",
        (UNCHANGED, a_schema_history(declared=(DECLARED,), incomplete=("0007_big.py: it has 3,000,000 bytes",))),
    ),
    Truth(
        "tables are made by create_all; it was the wrong database",
        WRONG,
        None,
        (UNCHANGED, a_schema_history(declared=(DECLARED,), covered=0, declaring=9)),
    ),
    Truth(
        "half of the tables come from elsewhere",
        WRONG,
        None,
        (UNCHANGED, a_schema_history(declared=(DECLARED,), covered=4, declaring=9)),
    ),
    Truth(
        "a legacy table that the model does not manage",
        WRONG,
        None,
        (UNCHANGED, a_schema_history(declared=(a_declaration(managed=False),))),
    ),
    Truth(
        "a package's own table, whose migrations lie elsewhere",
        NOT_APPLIED,
        None,
        (a_relation(name="auth_user", quote='relation "auth_user" does not exist'), UNCHANGED, a_schema_history()),
    ),
    Truth(
        "a repository without any migrations", WRONG, None, (UNCHANGED, a_schema_history(migrations=0, frameworks=()))
    ),
    # Newer than the release.
    Truth(
        "its migration is on main only",
        NEWER,
        "proved",
        (UNCHANGED, a_schema_history(later=(LATER,), declared=(DECLARED,))),
    ),
    Truth(
        "its migration is on main only, and who asks for it since when is not known",
        NEWER,
        "likely",
        (UNCHANGED, a_schema_history(later=(LATER,))),
    ),
    Truth(
        "its migration is on main only, and something could not be read",
        NEWER,
        "likely",
        (UNCHANGED, a_schema_history(later=(LATER,), incomplete=("0041_big.py: too large",))),
    ),
    Truth(
        "main makes it anew, the release has it since long",
        WRONG,
        None,
        (UNCHANGED, a_schema_history(OLD, later=(LATER,))),
    ),
    # Dropped or renamed by the release's own migrations.
    Truth(
        "the release drops it and still uses it",
        DROPPED,
        "proved",
        (some_changes(a_schema_change("drops")), a_schema_history(OLD, DROPS)),
    ),
    Truth(
        "it was renamed, one query was forgotten",
        DROPPED,
        "proved",
        (UNCHANGED, a_schema_history(OLD, RENAMES, standing=())),
    ),
    Truth(
        "it was dropped long ago; an old job still asks for it",
        DROPPED,
        "proved",
        (UNCHANGED, a_schema_history(OLD, at(DROPS, brought="earlier"))),
    ),
    Truth(
        "dropped by this release, asked for by the one before, still running",
        DROPPED,
        "likely",
        (an_event(release="backend@1.3.0"), UNCHANGED, a_schema_history(OLD, DROPS)),
    ),
    Truth(
        "dropped, made again, and never migrated",
        NOT_APPLIED,
        "proved",
        (BROUGHT, a_schema_history(OLD, DROPS, CREATES), logs(line(-2, PENDING))),
    ),
    Truth(
        "a drop in another schema of the same name",
        WRONG,
        None,
        (
            a_relation(schema_name="billing"),
            UNCHANGED,
            a_schema_history(
                at(OLD, schema_name="billing"), at(DROPS, schema_name="archive"), standing=("billing.orders_order",)
            ),
        ),
    ),
    # In the release, and did not run.
    Truth(
        "pending, and the fold knows it",
        NOT_APPLIED,
        "proved",
        (BROUGHT, a_schema_history(CREATES), logs(line(-2, PENDING))),
    ),
    Truth(
        "a rename brings the name, and is pending",
        NOT_APPLIED,
        "proved",
        (
            some_changes(),
            a_schema_history(at(OLD, relation="orders_cart"), RENAMED_TO, standing=("orders_order",)),
            logs(line(-2, PENDING)),
        ),
    ),
    Truth(
        "written into a migration that had run",
        NOT_APPLIED,
        "likely",
        (UNCHANGED, a_schema_history(at(CREATES, brought="edited"))),
    ),
    Truth(
        "newer code took it away here, and older code runs on",
        DROPPED,
        "proved",
        (UNCHANGED, a_schema_history(OLD, later=(DROPS_LATER,)), logs(line(-2, "Applying orders.0043_drop... OK"))),
    ),
    Truth(
        "newer code took it away in staging only",
        DROPPED,
        None,
        (
            UNCHANGED,
            a_schema_history(OLD, later=(DROPS_LATER,)),
            logs(line(-2, "Applying orders.0043_drop... OK", environment="staging")),
        ),
    ),
    Truth(
        "newer code took it away hours before, and somebody put it back by hand",
        DROPPED,
        None,
        (UNCHANGED, a_schema_history(OLD, later=(DROPS_LATER,)), logs(line(-200, "Applying orders.0043_drop... OK"))),
    ),
    # Created and applied.
    Truth(
        "applied, and the service writes elsewhere",
        WRONG,
        "proved",
        (BROUGHT, a_schema_history(CREATES), logs(line(-4, OK)), WRITES),
    ),
    Truth(
        "applied, and the service reads elsewhere",
        WRONG,
        "likely",  # or from a replica that stands still, of which nobody told
        (BROUGHT, a_schema_history(CREATES), logs(line(-4, OK))),
    ),
    Truth(
        "applied while it failed, and failed on",
        WRONG,
        "proved",
        (BROUGHT, a_schema_history(CREATES), logs(line(20, OK)), an_issue(last_seen=NOW), WRITES),
    ),
    Truth(
        "applied half an hour before, and the service asks elsewhere",
        WRONG,
        "likely",  # a backup restored since, or a drop by hand, would leave the same traces
        (BROUGHT, a_schema_history(CREATES), logs(line(-30, OK))),
    ),
    Truth(
        "applied while it failed, the errors paused for hours and came back",
        WRONG,
        "likely",  # it may have been used, and dropped by hand
        (
            BROUGHT,
            a_schema_history(CREATES),
            logs(line(20, OK)),
            a_frequency(
                buckets=tuple(Bucket(start=minutes(-2 + 60 * at), count=n) for at, n in enumerate((9, 0, 0, 7)))
            ),
            an_issue(last_seen=minutes(190)),
        ),
    ),
    Truth(
        "applied, used for five hours, dropped by hand",
        DROPPED,
        None,
        (BROUGHT, a_schema_history(CREATES), logs(line(-300, OK))),
    ),
    Truth(
        "applied, then dropped by a logged statement",
        DROPPED,
        "proved",  # that the release creates it speaks against a drop only until it has run
        (BROUGHT, a_schema_history(CREATES), logs(line(-30, OK), line(-2, "DROP TABLE orders_order"))),
    ),
    Truth(
        "applied, and a replica lags without saying so",
        "replica_behind",
        None,
        (
            BROUGHT,
            a_schema_history(CREATES),
            logs(line(-1.5, OK)),
            an_event(tags=(Tagged(key="database", value="orders-replica-2"),)),
        ),
    ),
    Truth(
        "applied twice: tenants have databases of their own",
        "one_environment_only",
        None,
        (BROUGHT, a_schema_history(CREATES), logs(line(-5, OK), line(-4, OK))),
    ),
    Truth(
        "applied in staging only",
        "one_environment_only",
        None,
        (BROUGHT, a_schema_history(CREATES), logs(line(-5, OK, "staging"))),
    ),
    Truth(
        "created in capitals, asked for in small letters",
        WRONG,
        "proved",
        (UNCHANGED, a_schema_history(CAPITALS)),
    ),
    Truth(
        "the same where case does not matter",
        NOT_APPLIED,
        None,
        (a_relation(dialect="mysql"), UNCHANGED, a_schema_history(CAPITALS)),
    ),
    Truth(
        "created in one schema, asked for in another",
        WRONG,
        "proved",
        (
            a_relation(schema_name="billing", quote='relation "billing.orders_order" does not exist'),
            UNCHANGED,
            a_schema_history(
                at(OLD, schema_name="sales"), standing=("sales.orders_order",), schemas=("billing", "sales")
            ),
        ),
    ),
    Truth(
        "created in a template's schema, asked for in a tenant's that no migration knows",
        "one_environment_only",
        None,
        (
            a_relation(schema_name="tenant_42", quote='relation "tenant_42.orders_order" does not exist'),
            UNCHANGED,
            a_schema_history(
                at(OLD, schema_name="template"), standing=("template.orders_order",), schemas=("template",)
            ),
        ),
    ),
    Truth(
        "created in a schema of the search path, asked for without",
        NOT_APPLIED,
        None,
        (UNCHANGED, a_schema_history(at(OLD, schema_name="sales"), standing=("sales.orders_order",))),
    ),
    Truth("created years ago, and nothing else is known", WRONG, None, (UNCHANGED, a_schema_history(OLD))),
]


def verdict_of(*facts: Fact) -> Verdict:
    return judge(playbook, Inquiry(ref=IssueRef(issue_id="5551234567"), at=NOW), evidence(*facts)).verdict


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_the_repository_proves_the_truth_or_nothing(truth):
    verdict = verdict_of(*truth.facts)
    if truth.grade is None:
        assert verdict.grade != "proved", verdict
        assert verdict.grade == "undecided" or verdict.cause == truth.cause, verdict
    else:
        assert (verdict.grade, verdict.cause) == (truth.grade, truth.cause), verdict


BY_THE_LOGS = "applied, then dropped by a logged statement"
SILENT = [one for one in TRUTHS if one.grade == "proved" and one.cause != NOT_APPLIED and one.name != BY_THE_LOGS]


@pytest.mark.parametrize("truth", SILENT, ids=lambda truth: truth.name)
def test_a_history_with_holes_proves_nothing(truth):
    """What could not be read may be what is missing: every proof that rests on the fold becomes less."""
    holes = {"incomplete": ("orders/migrations/0040.py: it could not be read",)}
    facts = [one.model_copy(update=holes) if isinstance(one, SchemaHistory) else one for one in truth.facts]
    assert verdict_of(*facts).grade != "proved"
