"""Reads the exceptions and the stack out of an event's `entries`, which Sentry orders by weight and never by place.

Shapes: getsentry/sentry `src/sentry/interfaces/{exception,stacktrace,threads}.py`. The variables of a frame
(`vars`) are never read: they are the process' memory.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playbook.evidence.error import Error
from playbook.evidence.event import Frame
from playbook.evidence.json import Json
from playbook.sources.reading import at, count, flag, items, rows, text

MOST_ERRORS, MOST_FRAMES = 50, 250
"""Sentry keeps 50 exceptions of an event and 250 frames of a stack; the last of each are the ones nearest."""

LONGEST_CODE = 400
"""Characters of a line of code: minified JavaScript has one line."""


@dataclass(frozen=True)
class Stack:
    """The exceptions (root cause first), the frames that were read (oldest call first), and which of them matter."""

    errors: tuple[Error, ...] = ()
    frames: tuple[Frame, ...] = ()
    in_app: Frame | None = None
    outermost: Frame | None = None
    database: tuple[Frame, ...] = ()


def stack_of(event: Json) -> Stack:
    """The stack of an event as the API gives it; empty where the event carries none."""
    exceptions = [row for entry in _entries(event, "exception") for row in _values(entry)][-MOST_ERRORS:]
    errors = tuple(one for one in (_error(row) for row in exceptions) if one)
    stacks = _stacks(event, exceptions)
    nearest = next((frames for frames in stacks if frames), ())
    ours = [(frames, place) for frames in stacks for place in reversed(range(len(frames))) if frames[place].in_app]
    chosen, place = ours[0] if ours else (nearest, -1)
    return Stack(
        errors=errors or _said(event),
        frames=chosen,
        in_app=chosen[place] if ours else None,
        outermost=chosen[-1] if chosen else None,
        database=tuple(frame for frame in chosen[place + 1 :] if is_database(frame)),
    )


def _entries(event: Json, kind: str) -> list[Json]:
    return [at(entry, "data") for entry in rows(event, "entries") if entry.get("type") == kind]


def _values(data: Json) -> list[dict[str, Json]]:
    """The exceptions of an entry: a list with nulls in it, null, or, from old SDKs, a single one."""
    single = [one for one in (at(data, "value"), at(data, "values"), data) if isinstance(one, dict)]
    return (
        rows(data, "values")
        or rows(data, "value")
        or [one for one in single if {"type", "stacktrace"} & one.keys()][:1]
    )


def _error(exception: Json) -> Error | None:
    kind, value = text(exception, "type"), text(exception, "value")
    return Error(type=kind, value=value or "") if kind or value else None


def _said(event: Json) -> tuple[Error, ...]:
    """What an event without an exception says: a logged text, which may well be the database's own."""
    logged = [text(data, "formatted") or text(data, "message") for data in _entries(event, "message")]
    said = next((one for one in [*logged, text(event, "message")] if one), None)
    return (Error(value=said),) if said else ()


def _stacks(event: Json, exceptions: Sequence[Json]) -> list[tuple[Frame, ...]]:
    """Every stack, the most telling first: the last exceptions, then the event's own, then the crashed thread's.

    An exception group carries the stack of whoever waited for it; its members tell where it broke.
    """
    groups = [row for row in exceptions if flag(row, "mechanism", "is_exception_group") is True]
    latest = [*(row for row in reversed(exceptions) if row not in groups), *reversed(groups)]
    threads = [row for data in _entries(event, "threads") for row in rows(data, "values")]
    threads.sort(key=lambda row: (flag(row, "crashed") is not True, flag(row, "current") is not True))
    told = [
        *(at(row, "stacktrace") for row in latest),
        *_entries(event, "stacktrace"),
        *(at(row, "stacktrace") for row in threads[:1]),
    ]
    return [tuple(_frames(one)) for one in told]


def _frames(stacktrace: Json) -> Iterator[Frame]:
    for row in rows(stacktrace, "frames")[-MOST_FRAMES:]:
        line = count(row, "lineNo")
        code = next((text(pair, 1) for pair in items(row, "context") if line and count(pair, 0) == line), None)
        yield Frame(
            filename=text(row, "filename"),
            module=text(row, "module"),
            function=text(row, "function"),
            line=line,
            in_app=flag(row, "inApp") is True,
            code=code.strip()[:LONGEST_CODE] if code else None,
        )


def is_database(frame: Frame) -> bool:
    """Whether a frame belongs to a database driver, an ORM, or a module that calls itself a database backend."""
    return any(
        DATABASE.search(where[:LONGEST_PLACE].lower().replace("\\", "/"))
        for where in (frame.filename or "", frame.module or "")
    )


LONGEST_PLACE = 500
"""Characters of a file name that are searched."""

DATABASE = re.compile(
    r"(?<![a-z0-9_])(?:"
    # Python
    r"django[/.]db|db/backends|psycopg2?|psycopg_pool|psycopg2cffi|asyncpg|aiopg|pg8000|sqlalchemy|sqlmodel|peewee"
    r"|tortoise|pony[/.]orm|pymysql|mysqldb|aiomysql|asyncmy|mysql|mariadb|sqlite3|aiosqlite|oracledb|cx_oracle|pyodbc|pymssql"
    r"|clickhouse_(?:driver|connect)|snowflake[/.]connector|(?:google[/.]cloud[/.])bigquery|redshift_connector|ibm_db(?:_dbi)?"
    # Ruby
    r"|active_?record(?:-[\d.]+)?|pg(?:-[\d.]+)?(?=[/:@]|$)|mysql2|sequel|trilogy"
    # JavaScript
    r"|knex|typeorm|sequelize|@?prisma|pg-(?:pool|protocol|promise)|better-sqlite3|drizzle-orm|mikro-orm|objection|tedious|mssql|postgres"
    # JVM
    r"|org[/.](?:hibernate|postgresql|mariadb|h2|jooq|sqlite|hsqldb|apache[/.]ibatis|springframework[/.](?:jdbc|orm)|eclipse[/.]persistence)"
    r"|com[/.](?:mysql|zaxxer[/.]hikari|microsoft[/.]sqlserver|ibm[/.]db2)|oracle[/.]jdbc|java[/.]sql|(?:jakarta|javax)[/.]persistence|exposed"
    # PHP
    r"|illuminate[/.]database|doctrine[/.](?:dbal|orm)|yii[/.]db|cakephp[/.]database"
    # Elixir and Erlang
    r"|ecto(?:_sql)?|postgrex|myxql|db_connection|dbconnection|exqlite|tds"
    # Go
    r"|gorm(?:[/.]io)?|jackc/pgx|pgx(?:pool)?|lib/pq|database/sql|go-sql-driver|jmoiron/sqlx|go-sqlite3|uptrace/bun|entgo[/.]io"
    # .NET and Rust
    r"|npgsql|entityframework(?:core)?|system[/.]data|microsoft[/.]data|mysqlconnector|dapper|nhibernate|sqlx(?:_core)?|diesel|tokio_postgres|sea_orm"
    # whatever calls itself one: Sentry's own sentry/db/postgres/base.py
    r"|db/(?:postgres(?:ql)?|mysql|sqlite3?|oracle|mssql)"
    r")(?![a-z0-9_])"
)
"""Drivers and ORMs by their module, package or gem; lower case, with slashes."""
