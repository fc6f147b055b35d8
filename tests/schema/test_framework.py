"""A framework is one file: its fold and the lines that its command logs name the same migration, and nothing else is
asked of a new one."""

import re
import sys
from pathlib import Path

import pytest

from playbook.schema import doubts, migrate_log
from playbook.schema import framework as module
from playbook.schema import frameworks as folder
from playbook.schema.commands import commands
from playbook.schema.framework import Declared, framework_named, frameworks
from playbook.schema.history import history
from playbook.schema.migrate_log import migration_runs
from playbook.schema.target import targets
from tests.facts import a_line

ORDERS, REFUNDS = "CREATE TABLE orders (id int);\n", "CREATE TABLE refunds (id int);\n"


def django(table, after="[]"):
    return (
        "from django.db import migrations, models\n\n"
        f"class Migration(migrations.Migration):\n    dependencies = {after}\n    operations = [migrations.CreateModel("
        f"name='{table}', fields=[('id', models.AutoField(primary_key=True))])]\n"
    )


def revision(of, after, table):
    return (
        f"from alembic import op\nrevision = '{of}'\ndown_revision = {after!r}\n\n"
        f"def upgrade():\n    op.create_table('{table}')\n"
    )


def ruby(name, table):
    return f"class {name} < ActiveRecord::Migration[7.1]\n  def change\n    create_table :{table}\n  end\nend\n"


def elixir(name, table):
    return (
        f"defmodule Shop.Repo.Migrations.{name} do\n  use Ecto.Migration\n  def change do\n"
        f"    create table(:{table}) do\n    end\n  end\nend\n"
    )


def php(table):
    return (
        "<?php\nuse Illuminate\\Database\\Migrations\\Migration;\nreturn new class extends Migration {\n"
        f"    public function up(): void {{ Schema::create('{table}', function ($table) {{ $table->id(); }}); }}\n}};\n"
    )


def south(table):
    return (
        "from south.db import db\nfrom south.v2 import SchemaMigration\n\nclass Migration(SchemaMigration):\n"
        f"    def forwards(self, orm):\n        db.create_table('{table}', ())\n"
    )


def knex(table):
    return f"export async function up(knex: Knex) {{ await knex.schema.createTable('{table}', (t) => {{}}); }}\n"


def sequelize(table):
    return (
        "module.exports = { up: async (queryInterface, Sequelize) => {\n"
        f"  await queryInterface.createTable('{table}', {{}});\n}} }};\n"
    )


def typeorm(name, table):
    return (
        f"import {{ MigrationInterface, QueryRunner }} from 'typeorm';\n"
        f"export class {name} implements MigrationInterface {{\n"
        "  public async up(queryRunner: QueryRunner) {\n"
        f"    await queryRunner.query(`CREATE TABLE {table} (id int)`);\n  }}\n}}\n"
    )


def marked(way, table):
    return f"-- {way[0]}\nCREATE TABLE {table} (id int);\n-- {way[1]}\nDROP TABLE {table};\n"


GOOSE, MIGRATE = ("+goose Up", "+goose Down"), ("+migrate Up", "+migrate Down")
DBMATE = ("migrate:up", "migrate:down")
MASTER = (
    "databaseChangeLog:\n- include: {file: db/changelog/001.sql}\n"
    "- include: {file: 002.sql, relativeToChangelogFile: true}\n"
)
RESOURCES = "shop/src/main/resources/db/changelog"

PROJECTS = {
    "alembic": (
        {
            "migrations/versions/a1_orders.py": revision("a1f0", None, "orders"),
            "migrations/versions/b2_refunds.py": revision("2.0_b2", "a1f0", "refunds"),
        },
        [
            ("started", "INFO  [alembic.runtime.migration] Running upgrade a1f0 -> 2.0_b2, add refunds"),
            ("reverted", "INFO  [alembic.runtime.migration] Running downgrade 2.0_b2 -> a1f0, add refunds"),
            ("faked", "INFO  [alembic.runtime.migration] Running stamp_revision a1f0 -> 2.0_b2"),
            ("failed", "FAILED: Can't locate revision identified by '2.0_b2'"),
        ],
    ),
    "dbmate": (
        {
            "db/migrations/20261120_orders.sql": marked(DBMATE, "orders"),
            "db/migrations/20261121_add-refunds.sql": marked(DBMATE, "refunds"),
        },
        [
            ("started", "Applying: 20261121_add-refunds.sql"),
            ("applied", "Applied: 20261121_add-refunds.sql in 3.1ms"),
            ("reverted", "Rolled back: 20261121_add-refunds.sql in 2ms"),
        ],
    ),
    "diesel": (
        {
            "diesel.toml": "",
            "migrations/2026-11-20-090000_orders/up.sql": ORDERS,
            "migrations/2026-11-21-090000_add-refunds/up.sql": REFUNDS,
        },
        [
            ("started", "Running migration 2026-11-21-090000_add-refunds"),
            ("reverted", "Rolling back migration 2026-11-21-090000_add-refunds"),
            ("failed", "Failed to run 2026-11-21-090000_add-refunds with: permission denied for schema public"),
        ],
    ),
    "django": (
        {
            "shop/__init__.py": "",
            "shop/migrations/0001_initial.py": django("Order"),
            "shop/migrations/0002_refund.py": django("Refund", "[('shop', '0001_initial')]"),
        },
        [
            ("applied", "  Applying shop.0002_refund... OK"),
            ("faked", "  Applying shop.0002_refund... FAKED"),
            ("started", "  Applying shop.0002_refund..."),
            ("reverted", "  Unapplying shop.0002_refund... OK"),
        ],
    ),
    "ecto": (
        {
            "priv/repo/migrations/0001_orders.exs": elixir("Orders", "orders"),
            "priv/repo/migrations/0002_refunds.exs": elixir("Refunds", "refunds"),
        },
        [
            ("started", "[info] == Running 2 Shop.Repo.Migrations.Refunds.change/0 forward"),
            ("applied", "[info] == Migrated 2 in 0.0s"),
            ("reverted", "[info] == Running 2 Shop.Repo.Migrations.Refunds.change/0 backward"),
        ],
    ),
    "flyway": (
        {
            "src/main/resources/db/migration/V1_1__orders.sql": ORDERS,
            "src/main/resources/db/migration/V1_2__add_refunds.sql": REFUNDS,
            "src/main/resources/db/migration/V02__later.sql": "CREATE TABLE later (id int);",
        },
        [
            ("started", 'Migrating schema "public" to version "1.2 - add refunds"'),
            ("started", "Migrating schema `shop` to version 1.2 - add refunds"),
            ("failed", 'Migration of schema "public" to version "1.2 - add refunds" failed! Changes successfully'),
            ("failed", "Script V1_2__add_refunds.sql failed"),
        ],
    ),
    "golang_migrate": (
        {
            "go.mod": "module shop",
            "migrations/000041_orders.up.sql": ORDERS,
            "migrations/000042_add-refunds.up.sql": REFUNDS,
            "migrations/000042_add-refunds.down.sql": "DROP TABLE refunds;",
        },
        [
            ("applied", "42/u add-refunds (12.345678ms)"),
            ("applied", "2026/11/20 09:00:00 42/u add-refunds (1m2.5s)"),
            ("applied", "2026/11/20 09:00:00 Finished 42/u add-refunds (read 1.2ms, ran 3.4ms)"),
            ("started", "2026/11/20 09:00:00 Read and execute 42/u add-refunds"),
        ],
    ),
    "goose": (
        {
            "migrations/00041_orders.sql": marked(GOOSE, "orders"),
            "migrations/00042_refunds.sql": marked(GOOSE, "refunds"),
        },
        [
            ("applied", "OK   00042_refunds.sql (24.12ms)"),
            ("applied", "2026/11/20 09:00:00 OK   00042_refunds.sql (24.12ms)"),
            ("failed", "goose run: ERROR 00042_refunds.sql: failed to run SQL migration: permission denied"),
        ],
    ),
    "knex": (
        {"migrations/20261120_orders.ts": knex("orders"), "migrations/20261121_refunds.ts": knex("refunds")},
        [
            ("failed", 'migration file "20261121_refunds.ts" failed'),
            ("failed", 'migration file "20261121_refunds.js" failed'),
        ],
    ),
    "laravel": (
        {
            "database/migrations/2026_11_20_090000_create_orders_table.php": php("orders"),
            "database/migrations/2026_11_21_090000_create_refunds_table.php": php("refunds"),
        },
        [
            ("started", "Migrating: 2026_11_21_090000_create_refunds_table"),
            ("applied", "Migrated:  2026_11_21_090000_create_refunds_table (12.34ms)"),
            ("reverted", "Rolled back:  2026_11_21_090000_create_refunds_table (12.34ms)"),
            ("started", "  2026_11_21_090000_create_refunds_table ........................ 12.34ms DONE"),
            ("started", "  2026_11_21_090000_create_refunds_table  12.34ms DONE"),
            ("failed", "  2026_11_21_090000_create_refunds_table ........................ 12.34ms FAIL"),
        ],
    ),
    "liquibase": (
        {
            f"{RESOURCES}/db.changelog-master.yaml": MASTER,
            f"{RESOURCES}/001.sql": f"--liquibase formatted sql\n--changeset dev:42\n{ORDERS}",
            f"{RESOURCES}/002.sql": f"--liquibase formatted sql\n--changeset dev:42\n{REFUNDS}",
        },
        [
            ("started", "Running Changeset: db/changelog/002.sql::42::dev"),
            ("applied", "ChangeSet db/changelog/002.sql::42::dev ran successfully in 8ms"),
            ("failed", "ChangeSet db/changelog/002.sql::42::dev encountered an exception."),
            ("failed", "liquibase: Migration failed for changeset db/changelog/002.sql::42::dev:"),
            ("faked", 'Marking ChangeSet: "db/changelog/002.sql::42::dev" as ran despite precondition failure due to'),
        ],
    ),
    "plain": (
        {"db/sql/001_orders.sql": ORDERS, "db/sql/002_refunds.sql": REFUNDS},
        [
            ("started", "Applying migration 002_refunds.sql..."),
            ("started", "### MIGRATION 002_refunds (UP) ###"),
            ("reverted", "### MIGRATION 002_refunds (DOWN) ###"),
        ],
    ),
    "prisma": (
        {
            "prisma/migrations/20261120090000_orders/migration.sql": ORDERS,
            "prisma/migrations/20261121090000_refunds/migration.sql": REFUNDS,
        },
        [
            ("started", "Applying migration `20261121090000_refunds`"),
            ("failed", "Migration name: 20261121090000_refunds"),
            ("failed", "The `20261121090000_refunds` migration started at 2026-11-20 09:00:00 UTC failed"),
            ("faked", "Migration 20261121090000_refunds marked as applied."),
        ],
    ),
    "rails": (
        {
            "db/migrate/001_create_orders.rb": ruby("CreateOrders", "orders"),
            "db/migrate/002_create_refunds.rb": ruby("CreateRefunds", "refunds"),
        },
        [
            ("started", "== 2 CreateRefunds: migrating =================="),
            ("applied", "== 2 CreateRefunds: migrated (0.0047s) ========="),
            ("reverted", "== 2 CreateRefunds: reverted (0.0047s) ========="),
        ],
    ),
    "sequelize": (
        {
            "migrations/20261120-orders.js": sequelize("orders"),
            "migrations/20261121-refunds.js": sequelize("refunds"),
        },
        [
            ("started", "== 20261121-refunds: migrating ======="),
            ("applied", "== 20261121-refunds: migrated (0.013s)"),
            ("reverted", "== 20261121-refunds: reverted (0.013s)"),
            ("applied", "{ event: 'migrated', name: '20261121-refunds.js', durationSeconds: 0.002 }"),
        ],
    ),
    "south": (
        {"shop/migrations/0001_initial.py": south("orders"), "shop/migrations/0002_refund.py": south("refunds")},
        [
            ("started", " > shop:0002_refund"),
            ("reverted", " < shop:0002_refund"),
            ("failed", "Error in migration: shop:0002_refund"),
        ],
    ),
    "sql_migrate": (
        {"migrations/1_orders.sql": marked(MIGRATE, "orders"), "migrations/2_refunds.sql": marked(MIGRATE, "refunds")},
        [("failed", "Migration failed: pq: permission denied for schema public handling 2_refunds.sql")],
    ),
    "sqlx": (
        {"Cargo.toml": "", "migrations/0041_orders.sql": ORDERS, "migrations/0042_add_refunds.sql": REFUNDS},
        [
            ("applied", "Applied 42/migrate add refunds (12.345678ms)"),
            ("failed", "error: while executing migration 42: error returned from database: permission denied"),
            ("failed", "error: migration 42 is partially applied; fix and remove row from `_sqlx_migrations` table"),
        ],
    ),
    "typeorm": (
        {
            "src/migrations/1763600000000-Orders.ts": typeorm("Orders1763600000000", "orders"),
            "src/migrations/1763700000000-Refunds.ts": typeorm("Refunds1763700000000", "refunds"),
        },
        [
            ("applied", "Migration Refunds1763700000000 has been executed successfully."),
            ("applied", "Migration Refunds1763700000000 has been  executed successfully."),
            ("faked", "Migration Refunds1763700000000 has been (fake) executed successfully."),
            ("reverted", "Migration Refunds1763700000000 has been reverted successfully."),
            ("failed", 'Migration "Refunds1763700000000" failed, error: permission denied'),
        ],
    ),
}
"""A project of each framework with two migrations, and the lines that its command prints of the second one."""

LINES = [(name, outcome, text) for name, (_, lines) in PROJECTS.items() for outcome, text in lines]


def migrations_of(name):
    """The project's migrations, as its own framework folds them; no other framework claims any of its files."""
    found = history(PROJECTS[name][0]).migrations
    assert {one.framework for one in found} == {name}
    return found


def test_every_framework_has_a_project_here():
    assert set(PROJECTS) == {one.name for one in frameworks()}


@pytest.mark.parametrize(("name", "outcome", "text"), LINES)
def test_a_logged_line_is_of_the_one_migration_that_it_names(name, outcome, text):
    (run,) = migration_runs([a_line(text, level="info")])
    assert (run.framework, run.outcome) == (name, outcome)
    framework = framework_named(name)
    meant = [one for one in migrations_of(name) if framework.is_of(one.name, one.path, run)]
    assert [[operation.relation for operation in one.operations] for one in meant] in ([["refunds"]], [["shop_refund"]])


@pytest.mark.parametrize(("name", "outcome", "text"), LINES)
def test_no_two_frameworks_take_a_line_for_theirs(name, outcome, text):
    takers = {one.name for one in frameworks() for form in one.forms if form.word in text and form.pattern.search(text)}
    assert takers == {name}


def test_a_search_for_the_phrases_finds_the_lines_but_for_those_that_are_known():
    missed = set()
    for name, outcome, text in LINES:
        words = f" {' '.join(re.findall(WORD, text.lower()))} "
        if not any(f" {' '.join(phrase.lower().split())} " in words for phrase in migrate_log.PHRASES):
            missed.add((name, outcome))
    assert missed == UNSEARCHED


WORD = r"\w+(?:'\w+)?"
UNSEARCHED = {
    ("diesel", "failed"),
    ("flyway", "failed"),  # the script's own line; the one about the schema's migration is found
    ("golang_migrate", "applied"),
    ("golang_migrate", "started"),
    ("goose", "applied"),
    ("laravel", "failed"),
    ("laravel", "started"),
    ("south", "reverted"),
    ("south", "started"),
}
"""Lines without a word to search by that would not find half of all lines, or whose word nobody asks for."""


def test_the_description_of_a_flyway_version_must_agree():
    flyway = framework_named("flyway")
    (run,) = migration_runs([a_line('Migrating schema "public" to version "1.2 - billing"')])
    meant = [one for one in migrations_of("flyway") if flyway.is_of(one.name, one.path, run)]
    assert not meant


@pytest.mark.parametrize(
    "text",
    [
        'Migrating schema "public" with repeatable migration "orders view"',
        "Migrating schema `shop` with repeatable migration orders view [non-transactional]",
        'Migration of schema "public" with repeatable migration "orders view" failed! Changes successfully',
    ],
)
def test_a_repeatable_migration_is_named_by_its_description(text):
    (migration,) = history({"db/migration/R__orders_view.sql": "CREATE VIEW orders_view AS SELECT 1"}).migrations
    (run,) = migration_runs([a_line(text)])
    assert framework_named("flyway").is_of(migration.name, migration.path, run)


def test_a_logical_path_is_what_liquibase_logs():
    text = f"--liquibase formatted sql logicalFilePath:legacy.sql\n--changeset dev:1\n{ORDERS}"
    (migration,) = history({f"{RESOURCES}/001.sql": text}).migrations
    (run,) = migration_runs([a_line("Running Changeset: legacy.sql::1::dev")])
    assert framework_named("liquibase").is_of(migration.name, migration.path, run)


DROPPED_IN = '''
"""A framework that did not exist before."""

from playbook.schema.framework import Commands, Framework, Migration
from playbook.schema.migrate_forms import form
from playbook.schema.operation import Operation


def _migrations(files):
    paths = sorted(path for path in files if path.endswith(".atlas"))
    return tuple(Migration("atlas", path, path, (Operation("creates", files[path].strip(), 1),)) for path in paths)


framework = Framework(
    "atlas",
    lambda path: path.endswith(".atlas"),
    _migrations,
    commands=lambda name, _path: Commands(migrate=f"atlas apply {name or ''}".strip()),
    forms=(form("applied", "ATLAS", r"ATLAS did (?P<name>\\S+)"),),
    words=("atlas",),
    drivers=("atlas_orm",),
    projects=lambda files: {path: path.rpartition("/")[0] for path in files if path.endswith("atlas.toml")},
    routed=lambda text: "routes" in text,
    adopts=lambda text, model: f"adopt {model}" in text,
)
'''


@pytest.fixture
def dropped_in(tmp_path, monkeypatch):
    """A file beside the others, for as long as the test runs."""
    (tmp_path / "atlas.py").write_text(DROPPED_IN, encoding="utf-8")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    forget()
    yield
    monkeypatch.undo()
    sys.modules.pop(f"{folder.__name__}.atlas", None)
    forget()


def forget():
    module.frameworks.cache_clear()
    migrate_log._of_migrate_command.cache_clear()


@pytest.mark.usefixtures("dropped_in")
def test_a_file_in_the_folder_is_all_that_a_new_framework_takes():
    (migration,) = history({"db/1.atlas": "orders"}).migrations
    (run,) = migration_runs([a_line("ATLAS did db/1.atlas")])
    assert (run.framework, run.outcome, run.migration) == ("atlas", "applied", migration.name)
    assert commands("atlas", migration.name).migrate == "atlas apply db/1.atlas"
    (failure,) = migration_runs([a_line("atlas: Lock wait timeout exceeded", level="error")])
    assert failure.outcome == "failed"


@pytest.mark.usefixtures("dropped_in")
def test_the_new_framework_tells_its_projects_and_what_its_migrations_leave_to_others():
    files = {
        "web/atlas.toml": "",
        "web/a/1.atlas": "orders",
        "crm/atlas.toml": "routes",
        "crm/b/1.atlas": "adopt Order",
    }
    folded = history(files)
    assert set(targets(folded.migrations, files).by_path.values()) == {"atlas:web", "atlas:crm"}
    assert doubts.routed(files)
    assert not doubts.routed(files | {"crm/atlas.toml": ""})
    order = Declared("orders", "Order", "crm/order.rs", 1, framework="atlas")
    assert doubts.adopted(folded, files, order)
    assert not doubts.adopted(folded, files, order._replace(name="Cart"))


def test_no_shared_file_names_a_framework():
    """The words by which logs are searched are the one exception: they go out in one question."""
    schema = Path(module.__file__).parent
    for name in ("commands", "doubts", "migrate_log", "migrate_forms", "history", "target"):
        text = (schema / f"{name}.py").read_text(encoding="utf-8")
        code = text[: text.index("PHRASES = (")] + text[text.index("LONGEST = ") :] if "PHRASES = (" in text else text
        assert [one.name for one in frameworks() if f'"{one.name}"' in code or f"frameworks.{one.name}" in code] == []
