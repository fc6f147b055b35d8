"""Promises of the one database: it is what the tables say, it only ever grows, and it opens for whoever comes."""

import io
import re
import threading
from contextlib import contextmanager

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from bot.runs.database import FILE, NoDatabase, address, migrations, opened
from bot.runs.tables import PREFIX, metadata

ADDS = re.compile(r"CREATE TABLE (\w+)|CREATE INDEX \w+ ON |ALTER TABLE \w+ ADD COLUMN (?!.*NOT NULL(?!.*DEFAULT)).+")
UNIQUE = re.compile(r"CREATE UNIQUE INDEX \w+ ON (\w+)")


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield address(None, tmp_path)
        return
    server = request.getfixturevalue("runs_postgres")
    server.create("opened")
    yield address(server.url("opened"), tmp_path)
    server.drop("opened")


@contextmanager
def open_(where):
    engine = opened(where)
    try:
        yield engine
    finally:
        engine.dispose()


def revision(engine):
    with engine.connect() as connection:
        return connection.execute(text("SELECT version_num FROM diagnose_version")).scalar_one()


def test_the_migrations_make_what_the_tables_say(where):
    with open_(where) as engine, engine.connect() as connection:
        ours = {"version_table": f"{PREFIX}version", "compare_type": True, "compare_server_default": True}
        mine = {**ours, "include_name": lambda name, kind, _: kind != "table" or name.startswith(PREFIX)}
        assert compare_metadata(MigrationContext.configure(connection, opts=mine), metadata) == []


def test_a_database_is_left_alone_when_it_is_opened_again(where):
    with open_(where) as engine, engine.begin() as connection:
        connection.execute(text("INSERT INTO diagnose_aliases (name, issue) VALUES ('SHOP-1', '1001')"))
    with open_(where) as engine, engine.connect() as connection:
        assert connection.execute(text("SELECT issue FROM diagnose_aliases")).scalars().all() == ["1001"]


def test_replicas_that_start_together_upgrade_one_after_the_other(where):
    failed = []

    def start():
        try:
            opened(where).dispose()
        except NoDatabase as error:
            failed.append(error.sentence)

    starting = [threading.Thread(target=start) for _ in range(4)]
    for one in starting:
        one.start()
    for one in starting:
        one.join()
    assert failed == []
    with open_(where) as engine:
        assert revision(engine) == ScriptDirectory.from_config(migrations()).get_current_head()


def test_a_database_that_a_newer_version_upgraded_is_used_and_left_as_it_is(where):
    with open_(where) as engine, engine.begin() as connection:
        connection.execute(text("UPDATE diagnose_version SET version_num = '9999'"))
        connection.execute(text("ALTER TABLE diagnose_runs ADD COLUMN of_tomorrow TEXT"))
    with open_(where) as engine:
        assert revision(engine) == "9999"
        assert "of_tomorrow" in {column["name"] for column in inspect(engine).get_columns(f"{PREFIX}runs")}


def later_migrations():
    """Every migration but the first, oldest first."""
    return [script for script in ScriptDirectory.from_config(migrations()).walk_revisions() if script.down_revision]


def what_an_old_replica_cannot_bear(script):
    """Statements of a migration that do more than add to what an older version of diagnose uses."""
    written = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written, "target_metadata": metadata}
    )
    with Operations.context(context):
        script.module.upgrade()
    statements = [" ".join(one.split()) for one in written.getvalue().split(";") if one.strip()]
    new = {added[1] for one in statements if (added := ADDS.match(one)) and added[1]}
    unbearable = [one for one in statements if not ADDS.match(one) and not UNIQUE.match(one)]
    return unbearable + [one for one in statements if (made := UNIQUE.match(one)) and made[1] not in new]


@pytest.mark.parametrize("script", later_migrations(), ids=lambda script: script.revision)
def test_a_migration_only_adds_so_that_an_old_replica_goes_on_beside_a_new_one(script):
    assert what_an_old_replica_cannot_bear(script) == []


@pytest.mark.parametrize(
    "statement",
    [
        "op.drop_column('diagnose_runs', 'title')",
        "op.alter_column('diagnose_runs', 'title', nullable=False)",
        "op.rename_table('diagnose_runs', 'diagnose_jobs')",
        "op.add_column('diagnose_runs', sa.Column('team', sa.Text(), nullable=False))",
        "op.create_index('one_a_channel', 'diagnose_runs', ['channel'], unique=True)",
        "op.create_unique_constraint('one_a_channel', 'diagnose_runs', ['channel'])",
    ],
)
def test_a_migration_that_takes_something_away_would_be_noticed(statement):
    class Script:
        class module:  # noqa: N801 - stands for a module
            @staticmethod
            def upgrade():
                exec(f"import sqlalchemy as sa\nfrom alembic import op\n{statement}")  # noqa: S102 - of this file

    assert len(what_an_old_replica_cannot_bear(Script)) == 1


def test_what_was_acknowledged_is_on_the_disk_of_a_sqlite_database(tmp_path):
    with open_(address(None, tmp_path)) as engine, engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    assert (tmp_path / FILE).is_file()


@pytest.mark.parametrize("url", ["mysql://user@db.example.com/diagnose", "nonsense", "postgresql//host"])
def test_an_address_of_no_database_we_know_is_refused_in_a_sentence(url, tmp_path):
    with pytest.raises(NoDatabase, match=r"DIAGNOSE_DATABASE_URL.*postgresql://"):
        address(url, tmp_path)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path):
    with pytest.raises(NoDatabase) as refused:
        opened(address("postgresql://user:hunter2@127.0.0.1:1/diagnose", tmp_path))
    assert "127.0.0.1:1/diagnose" in refused.value.sentence
    assert "hunter2" not in refused.value.sentence


def test_a_file_that_is_no_database_is_refused_in_a_sentence(tmp_path):
    (tmp_path / FILE).write_text("these are notes\n" * 100, encoding="utf-8")
    with pytest.raises(NoDatabase, match="not a database"):
        opened(address(None, tmp_path))


def test_only_tables_of_our_own_are_made(where):
    engine = create_engine(where)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (kept TEXT)"))
    with open_(where):
        made = set(inspect(engine).get_table_names())
    engine.dispose()
    assert {name for name in made if not name.startswith(PREFIX)} == {"somebody_elses"}
