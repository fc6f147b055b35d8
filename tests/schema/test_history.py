"""The fold over all frameworks: what is there in the end, what happened to a relation, what nobody could read."""

import pytest

from playbook.schema import history as module
from playbook.schema.framework import Declared, Dynamic, Framework, Migration, frameworks
from playbook.schema.history import history
from playbook.schema.operation import Operation


def folded(monkeypatch, *migrations, declared=()):
    one = Framework("one", lambda path: path.startswith("m/"), lambda _: tuple(migrations), lambda _: tuple(declared))
    monkeypatch.setattr(module, "frameworks", lambda: (one,))
    return history({"m/1": "", "other": ""})


def migration(name, *operations, **more):
    return Migration("one", name, f"m/{name}", tuple(operations), **more)


def test_what_is_created_renamed_and_dropped_is_there_in_the_end_under_its_last_name(monkeypatch):
    found = folded(
        monkeypatch,
        migration("1", Operation("creates", "a", 1), Operation("creates", "b", 2)),
        migration("2", Operation("renames", "a", 1, "c")),
        migration("3", Operation("drops", "b", 1)),
    )
    assert sorted(found.relations) == ["c"]
    assert found.relations["c"].migration == "2"


def test_the_story_of_a_relation_goes_back_through_its_renames(monkeypatch):
    found = folded(
        monkeypatch,
        migration("1", Operation("creates", "a", 1)),
        migration("2", Operation("renames", "a", 1, "b")),
        migration("3", Operation("creates", "a", 1)),
        migration("4", Operation("renames", "b", 1, "c")),
    )
    assert [event.migration for event in found.of("C")] == ["1", "2", "4"]  # 3 made another `a`
    assert [event.migration for event in found.of("a")] == ["1", "2", "3"]


def test_a_schema_belongs_to_the_name_and_may_be_left_out_when_asking(monkeypatch):
    found = folded(
        monkeypatch,
        migration("1", Operation("creates", "a", 1, None, "shop"), Operation("creates", "a", 2, None, "audit")),
        migration("2", Operation("drops", "a", 1, None, "audit"), Operation("renames", "a", 2, "b", "shop")),
    )
    assert sorted(found.relations) == ["shop.b"]
    assert len(found.of("a")) == 4
    assert len(found.of("audit.a")) == 2


def test_what_could_not_be_read_is_a_gap_with_its_place(monkeypatch):
    found = folded(
        monkeypatch,
        migration("1", unread="its Python could not be parsed"),
        migration("2", dynamic=(Dynamic(7, "a table with a computed name"),)),
        declared=(Declared("a", "A", "m/models", 3),),
    )
    assert [(gap.path, gap.line) for gap in found.gaps] == [("m/1", None), ("m/2", 7)]
    assert found.declared[0].relation == "a"


def test_frameworks_are_found_by_their_files_and_named_once():
    names = [one.name for one in frameworks()]
    assert names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", ["README.md", "a" * 5_000, "\0", "migrations/"])
def test_no_framework_stumbles_over_a_path(path):
    for one in frameworks():
        assert one.wants(path) in {True, False}
        assert isinstance(one.migrations({path: "\0"}), tuple)
