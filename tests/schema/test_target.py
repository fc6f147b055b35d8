"""Which database a migration is for, by its place; and which model lies in whose service."""

import pytest

from playbook.schema.framework import Declared, Migration
from playbook.schema.target import apart, targets

SETTINGS = "INSTALLED_APPS = []\n"


def found(*paths, framework="django", files=None):
    return targets([Migration(framework, path, path) for path in paths], files or {})


def grouped(framework, *paths, files=None):
    """How many databases these are for."""
    return len(set(found(*paths, framework=framework, files=files).by_path.values()))


@pytest.mark.parametrize(
    ("framework", "paths", "number"),
    [
        ("django", ("orders/migrations/0001.py", "apps/cart/migrations/0001.py"), 1),
        ("django", ("services/a/orders/migrations/0001.py", "services/b/orders/migrations/0001.py"), 2),
        ("django", ("orders/migrations/0001.py", "tests/orders/migrations/0001.py"), 2),
        ("alembic", ("alembic/versions/a.py", "alembic/versions/2026/b.py"), 1),
        ("alembic", ("alembic/versions/a.py", "olap/versions/b.py"), 2),
        ("rails", ("db/migrate/1_a.rb", "engines/sales/db/migrate/2_b.rb", "packs/x/db/migrate/3_c.rb"), 1),
        ("rails", ("db/migrate/1_a.rb", "db/animals_migrate/2_b.rb"), 2),
        ("rails", ("db/migrate/1_a.rb", "services/crm/db/migrate/2_b.rb"), 2),
        ("rails", ("db/migrate/1_a.rb", "spec/dummy/db/migrate/2_b.rb"), 2),
        ("laravel", ("database/migrations/a.php", "Modules/Blog/Database/Migrations/b.php"), 1),
        ("ecto", ("priv/repo/migrations/1.exs", "priv/olap_repo/migrations/2.exs"), 2),
        ("flyway", ("src/main/resources/db/migration/V1__a.sql", "src/main/java/db/migration/V2__B.java"), 1),
        (
            "prisma",
            ("packages/db/prisma/migrations/1/migration.sql", "packages/b/prisma/migrations/1/migration.sql"),
            2,
        ),
        ("plain", ("migrations/1.sql", "warehouse/migrations/1.sql"), 2),
    ],
)
def test_a_row_of_migrations_is_for_one_database(framework, paths, number):
    assert grouped(framework, *paths) == number


def test_a_django_project_is_known_by_its_settings():
    paths = ("web/orders/migrations/0001.py", "crm/orders/migrations/0001.py")
    assert grouped("django", *paths) == 1
    assert grouped("django", *paths, files={"web/site/settings.py": SETTINGS, "crm/site/settings.py": SETTINGS}) == 2
    assert (
        grouped("django", *paths, files={"web/site/settings.py": SETTINGS, "crm/orders/settings.py": "PAGE = 1"}) == 1
    )


def test_a_model_is_of_the_nearest_service():
    both = found("services/a/db/migrate/1_a.rb", "services/b/db/migrate/1_b.rb", framework="rails")
    assert (
        both.owning(Declared("orders", "Order", "services/a/app/models/order.rb", 1)) == "rails:services/a/db/migrate"
    )
    assert both.owning(Declared("orders", "Order", "libs/order.rb", 1)) == ""
    assert both.owning(Declared("orders", "Order", "services/a/spec/order.rb", 1)) == ""


def test_two_tools_at_one_place_leave_a_doubt_unless_one_declares_it():
    rows = [Migration("django", "a", "orders/migrations/0001.py"), Migration("plain", "b", "sql/1.sql")]
    both = targets(rows, {})
    assert both.owning(Declared("orders", "Order", "orders/models.py", 1, framework="django")) == "django:"
    assert both.owning(Declared("orders", "Order", "orders/tables.py", 1, framework="alembic")) == ""


@pytest.mark.parametrize("path", ["vendor/a/m.py", "src/tests/m.py", "a/legacy/b/m.py", "examples/x/m.py", "old/m.py"])
def test_folders_of_tests_copies_and_leftovers_are_apart(path):
    assert apart(path) is not None


@pytest.mark.parametrize("path", ["contest/models.py", "vendors/models.py", "latest/m.py", "test_m.py", "golden/m.py"])
def test_words_that_only_hold_such_a_name_are_not(path):
    assert apart(path) is None
