"""What speaks for and against a migration that is newer than the failing release."""

import pytest

from playbook.causes import migration_missing
from playbook.causes.newer_than_the_release import cause
from tests.facts import (
    a_declaration,
    a_release,
    a_schema_change,
    a_schema_event,
    a_schema_history,
    a_timeline,
    an_event,
    evidence,
    some_changes,
)

LATER = a_schema_event(path="orders/migrations/0043_order.py", migration="orders.0043_order", brought="later")
NEW, OLD = a_declaration(), a_declaration(brought="earlier")
ONLY, BEFORE = "only_the_default_branch_creates_it", "it_was_there_before"


def strengths(*facts, of=cause, **given):
    signals, _ = of.weigh(evidence(*facts, **given))
    return {signal.name: str(signal.strength) for signal in signals}


def waiting(**given):
    return a_schema_history(**{"later": (LATER,), "declared": (NEW,), **given})


def test_a_migration_on_the_default_branch_for_code_that_is_new_is_decisive():
    assert strengths(waiting()) == {ONLY: "decisive"}


def test_where_nothing_tells_since_when_the_code_asks_it_is_telling():
    assert strengths(waiting(declared=())) == {ONLY: "telling"}


@pytest.mark.parametrize(
    "fact",
    [a_timeline(last=a_release("backend@1.5.0")), an_event(release="backend@1.3.0")],
    ids=["a newer release fails too", "the event is of another release"],
)
def test_of_another_release_it_is_telling(fact):
    assert strengths(waiting(), fact) == {ONLY: "telling"}


def test_code_that_asked_before_speaks_against_it():
    assert strengths(waiting(declared=(OLD,))) == {ONLY: "hint", BEFORE: "against"}


def test_a_last_good_release_that_had_the_migration_speaks_against_it():
    assert strengths(waiting(gone=(a_schema_event(brought="earlier"),))) == {ONLY: "hint", BEFORE: "against"}


def test_a_migration_that_adopts_what_is_there_is_a_hint():
    adopts = LATER.model_copy(update={"quote": "CREATE TABLE IF NOT EXISTS orders_order ("})
    assert strengths(waiting(later=(adopts,))) == {ONLY: "hint"}


def test_a_migration_that_may_be_of_another_database_is_a_hint():
    elsewhere = LATER.model_copy(update={"target": "plain:warehouse"})
    assert strengths(waiting(later=(elsewhere,), targets=("django:", "plain:warehouse"))) == {ONLY: "hint"}


@pytest.mark.parametrize(
    "history",
    [
        a_schema_history(a_schema_event(), later=(LATER,)),
        a_schema_history(a_schema_event(), a_schema_event("drops", brought="release"), later=(LATER,)),
        a_schema_history(later=(LATER.model_copy(update={"path": "tests/orders/migrations/0043_order.py"}),)),
        a_schema_history(later=(LATER.model_copy(update={"relation": "orders_cart"}),)),
    ],
    ids=["the release creates it", "the release drops it", "a test's", "another relation"],
)
def test_a_release_that_made_or_dropped_it_and_migrations_of_others_say_nothing(history):
    assert strengths(history) == {}


def test_then_it_is_not_that_no_migration_creates_it():
    found = strengths(waiting(), of=migration_missing.cause)
    assert found["the_default_branch_creates_it"] == "rules_out"
    assert "nothing_creates_it" not in found


def test_one_that_may_be_of_another_database_only_speaks_against_that():
    elsewhere = LATER.model_copy(update={"target": "plain:warehouse"})
    history = waiting(later=(elsewhere,), targets=("django:", "plain:warehouse"))
    assert strengths(history, of=migration_missing.cause)["the_default_branch_creates_it"] == "against"


def test_the_remedy_ships_the_file_that_is_waiting():
    told = cause.remedy(evidence(waiting(), some_changes()).facts)
    assert "0043_order.py" in told.action
    assert "origin/main -- orders/migrations/0043_order.py" in told.command
    assert told.verify == "python manage.py showmigrations orders"
    assert "safe" in told.rollback


def test_the_remedy_says_what_else_the_release_changes_before_it_calls_a_rollback_safe():
    drops = some_changes(a_schema_change("drops", relation="orders_note"))
    assert "drops orders_note" in cause.remedy(evidence(waiting(), drops).facts).rollback
    cut = some_changes(incomplete=("GitHub shows 300 files only",))
    assert "safe" not in cause.remedy(evidence(waiting(), cut).facts).rollback


def test_without_the_history_the_remedy_names_no_file():
    told = cause.remedy(evidence().facts)
    assert told.command is None
    assert "roll back" in told.action
