"""The one database: a SQLite file by default, PostgreSQL by one setting; opened, and brought up to date."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.runs.run import NotStarted
from bot.runs.tables import PREFIX

FILE = "diagnose.db"
ANSWER_SECONDS = 5  # that a statement may take: nobody waits longer for an acknowledgement, and none of ours needs it
CONNECT_SECONDS = 3  # until a server answers at all
CONNECTIONS = 10  # of ours to PostgreSQL, beside those of DBOS
SILENCE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
"""After about ten seconds without a word from the network a connection is given up: libpq itself would wait for
minutes (https://www.postgresql.org/docs/current/libpq-connect.html)."""

UPGRADE_LOCK = 7_315_420_011  # any number, the same for every replica: they upgrade one after the other

NOT_KEPT = "My database does not answer, so that I can neither read nor write down what was: try again in a minute."

log = structlog.get_logger()


class NoDatabase(Exception):
    """The database cannot be used; `sentence` says why and what to do, without its password."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def address(url: str | None, folder: Path) -> URL:
    """Where the database is: as the setting says, or a file in that folder; raises `NoDatabase`."""
    if not url:
        return URL.create("sqlite", database=str(folder / FILE))
    try:
        given = make_url(url)
    except ArgumentError as error:
        raise NoDatabase("DIAGNOSE_DATABASE_URL is no address of a database: postgresql://user@host/name") from error
    if given.get_backend_name() == "sqlite" and given.database:
        return given
    if given.get_backend_name() not in {"postgresql", "postgres"}:
        raise NoDatabase("DIAGNOSE_DATABASE_URL: only PostgreSQL and SQLite are known; begin it with postgresql://")
    return given.set(drivername="postgresql+psycopg")


def opened(where: URL) -> Engine:
    """The database, made where it is missing and upgraded to this version; raises `NoDatabase`."""
    try:
        if where.get_backend_name() == "sqlite":
            Path(where.database or FILE).parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(where)
        with engine.begin() as connection:
            _upgrade(connection)
    except (SQLAlchemyError, OSError) as error:
        raise NoDatabase(f"The database at {where.render_as_string()} cannot be opened: {reason(error)}") from error
    return engine


@contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """One transaction for a door; where the database fails it, `NotStarted` says so to whoever asked."""
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        log.warning("the database failed a door", reason=reason(error))
        raise NotStarted(NOT_KEPT) from error


def insert_into(connection: Connection, table: Table) -> sqlite.Insert:
    """An insert that knows `ON CONFLICT`; SQLAlchemy has the same one twice."""
    made = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return made(table)  # type: ignore[return-value]


def _engine(where: URL) -> Engine:
    if where.get_backend_name() != "sqlite":
        options = f"-c statement_timeout={ANSWER_SECONDS * 1000} -c timezone=UTC"
        return create_engine(
            where,
            pool_size=CONNECTIONS,
            pool_timeout=ANSWER_SECONDS,
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "options": options,
                "application_name": "diagnose",
                **SILENCE,
            },
        )
    engine = create_engine(where, connect_args={"timeout": ANSWER_SECONDS})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        # Writers queue up before they read, so that none of them decides on what another is changing.
        connection.isolation_level = "IMMEDIATE"
        _write_ahead(connection)
        # What Slack was told is on the disk: the default of this mode would lose the last moments in a power failure.
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")

    return engine


def _write_ahead(connection: Any) -> None:
    """Sets the mode in which readers and writers do not wait for each other; it stays with the file.

    Setting it is the one thing for which SQLite's own patience with other processes does not hold, and two replicas may
    begin over a new file at once.
    """
    ends = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
        else:
            return


def _upgrade(connection: Connection) -> None:
    """To the newest migration; a database that a newer version has upgraded is left as it is, for it only adds."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    config = migrations()
    known = ScriptDirectory.from_config(config)
    at = MigrationContext.configure(connection, opts={"version_table": f"{PREFIX}version"}).get_current_revision()
    if at == known.get_current_head():
        return
    if at is not None and at not in {script.revision for script in known.walk_revisions()}:
        log.warning("the database was upgraded by a newer version of diagnose", revision=at)
        return
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def migrations() -> Config:
    """Alembic's configuration, for the migrations that came along."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def reason(error: Exception) -> str:
    """What the database said, for the log: its first line, without the statement and its values."""
    told = str(getattr(error, "orig", None) or error)
    return told.strip().splitlines()[0][:200] if told.strip() else type(error).__name__
