"""The commands that people paste go forward, name the right thing, and quote what comes from outside."""

import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.evidence.event import Frame
from playbook.schema.commands import commands, for_change, framework_of
from playbook.schema.framework import frameworks
from tests.facts import a_schema_change, an_event

NAMES = [one.name for one in frameworks()]
UNKNOWN_TOOL = {"plain"}
"""Files that several tools run: which one, nobody wrote down."""


def test_every_framework_but_the_unknown_tool_migrates_and_tells_its_state():
    for name in NAMES:
        told = commands(name, None, "db/migrations/1_x.sql")
        assert (told.migrate is None) == (told.state is None) == (name in UNKNOWN_TOOL), name


def test_each_command_is_the_documented_one():
    assert {name: commands(name, "42/u x", "db/migrate/42_x.up.sql").migrate for name in NAMES} == {
        "alembic": "alembic upgrade '42/u x'",
        "dbmate": "dbmate migrate",
        "diesel": "diesel migration run --locked-schema",
        "django": "python manage.py migrate",
        "ecto": "mix ecto.migrate",
        "flyway": "flyway migrate",
        "golang_migrate": 'migrate -path db/migrate -database "$DATABASE_URL" up',
        "goose": "goose up",
        "knex": "npx knex migrate:latest",
        "laravel": "php artisan migrate --force",
        "liquibase": "liquibase update",
        "plain": None,
        "prisma": "npx prisma migrate deploy",
        "rails": "bin/rails db:migrate",
        "sequelize": "npx sequelize-cli db:migrate",
        "south": "python manage.py migrate '42/u x'",
        "sql_migrate": 'sql-migrate up -env="$ENVIRONMENT"',
        "sqlx": "sqlx migrate run",
        "typeorm": 'npx typeorm migration:run -d "$DATA_SOURCE"',
    }


BACKWARD = re.compile(
    r"\b(?:down|downgrade|rollback|revert|redo|undo|reset|fresh|refresh|goto|force|drop|setup|create|latest:undo)\b(?!-)"
    r"|VERSION=0|dbmate up|migrate dev"
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("migration", [None, "orders.0042_order", "42/u create_orders", "20261120090000 CreateOrders"])
def test_no_command_goes_back_or_creates_a_database(name, migration):
    told = commands(name, migration, "db/1_x.sql").migrate or ""
    assert BACKWARD.search(told.replace("--force", "").replace(shlex.quote(migration or "-"), "")) is None


def test_one_migration_is_named_where_that_cannot_take_back_a_later_one():
    assert commands("django", "orders.0042_order").migrate == "python manage.py migrate orders"
    assert commands("django", "orders.0042_order").by_hand == "python manage.py sqlmigrate orders 0042_order"
    assert commands("south", "orders:0042_order").migrate == "python manage.py migrate orders"
    assert commands("south", "orders:0042_order").state == "python manage.py migrate orders --list"
    assert commands("rails", "20261120090000 CreateOrders").migrate == "bin/rails db:migrate:up VERSION=20261120090000"
    assert commands("alembic", "ab12").migrate == "alembic upgrade ab12"


def test_all_that_is_pending_where_no_migration_is_known():
    assert commands("django", None).migrate == "python manage.py migrate"
    assert commands("rails", None).migrate == "bin/rails db:migrate"
    assert commands("alembic", None).migrate == "alembic upgrade heads"
    assert commands("golang_migrate", None).migrate is None  # it has no folder of its own


def test_a_file_with_both_ways_in_it_is_not_printed_to_be_run_by_hand():
    printing = {name for name in NAMES if commands(name, "1", "db/1 x.sql").by_hand == "cat 'db/1 x.sql'"}
    assert printing == {"diesel", "flyway", "golang_migrate", "plain", "prisma", "sqlx"}
    assert commands("plain", "1.sql", "conf/evolutions/default/1.sql").by_hand is None
    assert commands("flyway", "1", "src/V1__x.java").by_hand is None


@pytest.mark.parametrize("framework", [None, "models", "sql", "job", "unknown"])
def test_what_is_no_framework_has_no_commands(framework):
    assert commands(framework, "x", "y.sql") == (None, None, None)


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_hostile_name_never_leaves_its_word(name, path):
    for framework in NAMES:
        for hostile in (f"{name};rm -rf /", f"{name};rm -rf /.{name};x", f"{name};rm -rf /:x"):
            for told in commands(framework, hostile, f"{path};rm -rf /"):
                lexer = shlex.shlex(told or "", posix=True, punctuation_chars=True)
                lexer.whitespace_split = True
                assert ";" not in list(lexer), framework


def test_a_change_has_the_commands_of_its_own_framework_and_file():
    change = a_schema_change(framework="golang_migrate", migration="42/u x", path="db/42_x.up.sql")
    assert for_change(change, None).migrate == 'migrate -path db -database "$DATABASE_URL" up'


@pytest.mark.parametrize(
    ("module", "framework"),
    [
        ("django.db.models.query", "django"),
        ("sqlalchemy.engine.base", "alembic"),
        ("active_record/connection_adapters/postgresql_adapter", "rails"),
        ("/app/node_modules/typeorm/driver/postgres/PostgresQueryRunner.js", "typeorm"),
        ("/app/node_modules/sequelize/lib/dialects/postgres/query.js", "sequelize"),
        ("/app/node_modules/knex/lib/execution/query-runner.js", "knex"),
        ("Illuminate\\Database\\Connection", "laravel"),
        ("Ecto.Adapters.SQL", "ecto"),
        ("github.com/jmoiron/sqlx", None),
        ("psycopg2", None),
    ],
)
def test_the_failing_services_framework_is_told_by_its_database_frames(module, framework):
    event = an_event(database_frames=(Frame(module=module),))
    assert framework_of(event) == framework


def test_without_an_event_no_framework_is_guessed():
    assert framework_of(None) is None
