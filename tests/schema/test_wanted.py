"""What is read of a repository is what some framework asks for, whatever its folders are called."""

import pytest

from playbook.schema.framework import frameworks
from playbook.schema.wanted import is_wanted


@pytest.mark.parametrize(
    "path",
    [
        "shop/migrations/0001_initial.py",
        "tests/migrations/0001_initial.py",
        "docs/migrations/0001_initial.py",
        "shop/models.py",
        "db/migrate/20260101000000_create_orders.rb",
        "db/structure.sql",
        "prisma/schema.prisma",
        "migrations/0001_orders.up.sql",
    ],
)
def test_migrations_models_and_dumps_are_wanted_also_of_an_application_called_tests(path):
    assert is_wanted(path)


@pytest.mark.parametrize("path", ["README.md", "shop/views.py", "static/logo.png", "shop/migrations/notes.txt", ""])
def test_what_tells_nothing_of_a_schema_is_not_read(path):
    assert not is_wanted(path)


def test_what_any_framework_wants_is_wanted():
    assert all(
        is_wanted(path) == any(one.wants(path) for one in frameworks())
        for path in ("lib/shop/order.ex", "src/entity/Order.ts", "app/Models/Order.php", "db/changelog.xml", "Makefile")
    )
