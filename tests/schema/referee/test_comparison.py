"""The referee's table tells what is wrong by its name, and nothing else."""

import pytest

from playbook.schema.framework import Dynamic, Migration
from playbook.schema.operation import Operation
from tests.schema.referee.comparison import compared


def migration(name, *operations, dynamic=()):
    made = tuple(Operation(kind, relation, 1, *rest) for kind, relation, *rest in operations)
    return Migration("django", name, f"{name}.py", made, tuple(Dynamic(1, what) for what in dynamic))


OF = {"a.1": "one", "a.2": "one", "b.1": "two"}
FOLDED = (
    migration("a.1", ("creates", "orders"), ("creates", "scratch")),
    migration("a.2", ("renames", "orders", "purchases"), ("drops", "scratch")),
    migration("b.1", ("creates", "lines")),
)
REAL = [("a.1", ["orders", "scratch"]), ("a.2", ["purchases"]), ("b.1", ["lines", "purchases"])]


def test_what_agrees_after_every_migration_is_right_and_counts_for_the_package_that_made_it():
    rows = compared(FOLDED, REAL, OF)
    assert {name: (row.relations, row.right, row.dynamic, row.wrong) for name, row in rows.items()} == {
        "one": (1, 1, set(), {}),
        "two": (1, 1, set(), {}),
    }


def test_a_relation_that_the_fold_lacks_is_wrong_from_the_migration_that_made_it():
    real = [REAL[0], ("a.2", ["notes", "purchases"]), ("b.1", ["lines", "notes", "purchases"])]
    rows = compared(FOLDED, real, OF)
    assert rows["one"].wrong == {"notes": "a.2"}
    assert (rows["one"].relations, rows["one"].right) == (2, 1)


def test_a_relation_that_the_database_lacks_is_wrong_too():
    assert compared(FOLDED, [*REAL[:2], ("b.1", ["purchases"])], OF)["two"].wrong == {"lines": "b.1"}


def test_what_was_wrong_for_one_migration_only_is_still_wrong():
    assert compared(FOLDED, [("a.1", ["orders"]), *REAL[1:]], OF)["one"].wrong == {"scratch": "a.1"}


def test_what_the_fold_tells_to_be_dynamic_is_not_wrong_and_not_right():
    folded = (*FOLDED[:2], migration("b.1", ("creates", "lines"), dynamic=['creates "notes" on a condition']))
    row = compared(folded, [*REAL[:2], ("b.1", ["lines", "notes", "purchases"])], OF)["two"]
    assert (row.relations, row.right, row.dynamic, row.wrong) == (2, 1, {"notes"}, {})


def test_what_was_there_before_the_migrations_is_there_until_one_drops_it():
    real = [(name, sorted({*there, "users"})) for name, there in REAL]
    assert compared(FOLDED, real, OF, ["users"])["one"].wrong == {}
    assert compared(FOLDED, REAL, OF, ["users"])["one"].wrong == {"users": "a.1"}
    dropped = (*FOLDED[:2], migration("b.1", ("creates", "lines"), ("drops", "users")))
    assert compared(dropped, [*real[:2], REAL[2]], OF, ["users"])["one"].wrong == {}


def test_migrations_in_another_order_than_they_ran_are_refused():
    with pytest.raises(ValueError, match="after 1 migrations"):
        compared(FOLDED, [REAL[0], REAL[2], REAL[1]], OF)
    with pytest.raises(ValueError, match="after 2 migrations"):
        compared(FOLDED, REAL[:2], OF)
