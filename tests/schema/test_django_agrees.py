"""Django itself agrees: the files it writes, the tables it makes and the lines it prints are read alike.

The expectation is not written down here: a real project makes its migrations and runs them on SQLite, and the
database is asked for its tables.
"""

import os
import sqlite3
import subprocess
import sys

import pytest

from playbook.evidence.suspects import is_migration
from playbook.schema.migrate_log import migration_runs
from playbook.schema.patch import schema_changes
from tests.facts import a_line

SETTINGS = """
SECRET_KEY = "not a secret"
INSTALLED_APPS = ["orders"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "shop.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""
FIRST = """
from django.db import models

class Customer(models.Model):
    name = models.CharField(max_length=20)

class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    watchers = models.ManyToManyField(Customer, related_name="+")

    class Meta:
        db_table = "purchases"

class Legacy(models.Model):
    pass

class Outside(models.Model):
    class Meta:
        managed = False
"""
SECOND = FIRST.replace("class Legacy(models.Model):\n    pass\n", "").replace("class Outside", "class Invoice")
SECOND = SECOND.replace("        managed = False\n", '        db_table = "invoices"\n')


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A project whose second release drops a model and adds another; gives its folder and what `migrate` printed."""
    folder = tmp_path_factory.mktemp("shop")
    app = folder / "orders"
    (app / "migrations").mkdir(parents=True)
    (app / "__init__.py").touch()
    (app / "migrations" / "__init__.py").touch()
    (folder / "settings.py").write_text(SETTINGS)
    printed = []
    for models in (FIRST, SECOND):
        (app / "models.py").write_text(models)
        printed.append((manage(folder, "makemigrations", "migrate")[1], tables(folder)))
    return folder, printed


RUN = """
import importlib, shlex, sys
import django
from django.core.management import call_command
django.setup()
for command in sys.argv[1:]:
    importlib.invalidate_caches()
    call_command(*shlex.split(command), no_color=True, interactive=False)
    print("next")
"""


def manage(folder, *commands):
    """What each of Django's commands prints, all run in one process of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(folder)}
    given = [sys.executable, "-c", RUN, *commands]
    done = subprocess.run(given, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split("next\n")


def tables(folder):
    with sqlite3.connect(folder / "shop.sqlite3") as database:
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    database.close()
    return {name for (name,) in rows if not name.startswith(("sqlite_", "django_"))}


def changes_of(folder, number):
    (file,) = (folder / "orders" / "migrations").glob(f"{number:04}_*.py")
    path = f"orders/migrations/{file.name}"
    assert is_migration(path)
    lines = file.read_text().rstrip("\n").split("\n")
    patch = f"@@ -0,0 +1,{len(lines)} @@\n" + "\n".join("+" + line for line in lines)
    return schema_changes(path, patch, "https://github.com/acme/shop")


def test_the_tables_read_off_the_patches_are_the_tables_of_the_database(project):
    folder, printed = project
    there: set[str] = set()
    for number, (_, real) in enumerate(printed, 1):
        for change in changes_of(folder, number):
            (there.add if change.kind == "creates" else there.discard)(change.relation)
        assert there == real


def test_the_lines_that_migrate_prints_name_the_same_migrations(project):
    folder, printed = project
    for number, (output, _) in enumerate(printed, 1):
        runs = migration_runs([a_line(output)])
        applied = {run.migration for run in runs if run.outcome == "applied"}
        assert applied == {change.migration for change in changes_of(folder, number)}


def test_nothing_to_do_and_faked_are_not_taken_for_applied(project):
    folder, _ = project
    again, _, faked = manage(folder, "migrate", "migrate orders 0001 --fake", "migrate orders 0002 --fake")[:3]
    begun, nothing = migration_runs([a_line(again)])
    assert (begun.outcome, begun.migration, nothing.outcome) == ("started", None, "nothing to do")
    begun, run = migration_runs([a_line(faked)])
    assert (begun.outcome, begun.migration) == ("started", None)
    assert (run.outcome, (run.migration or "")[:12]) == ("faked", "orders.0002_")
