"""Which relations a row of SQL statements creates, drops or renames, in every dialect that migrations are written in.

The text is cut into statements by `pieces`, the head of each is read from sqlglot's tokens by `statements`, and a
`Session` keeps what is there. Nothing is parsed whole: the tail of a statement tells nothing here.
"""

import re
from collections.abc import Iterable

from playbook.schema.framework import Dynamic
from playbook.schema.operation import Operation
from playbook.schema.sql.pieces import Piece, pieces
from playbook.schema.sql.session import Session
from playbook.schema.sql.statements import carry_out
from playbook.schema.sql.tsql import without_ends
from playbook.schema.unread import Unread

LONGEST = 20_000_000
"""Characters of SQL that are read: some seconds of work even where every statement matters."""

DOWN = re.compile(r"\s*--\s*(?:migrate:down|\+goose\s+down|\+migrate\s+down)\b", re.IGNORECASE)
UP = re.compile(r"\s*--\s*(?:migrate:up|\+goose\s+up|\+migrate\s+up)\b", re.IGNORECASE)


def operations(sql: str, first_line: int = 1) -> tuple[Operation, ...]:
    """What the statements do, in order, with line numbers that begin at `first_line`; raises `Unread`."""
    session = Session(dialect_of([sql]))
    found, dynamics = tell(session, sql, first_line)
    if not found and any("could not be cut" in one.what for one in dynamics):
        raise Unread("its SQL could not be cut into words")
    return found


def read(
    sql: str, first_line: int = 1, session: Session | None = None
) -> tuple[tuple[Operation, ...], tuple[Dynamic, ...]]:
    """The same, and what only running it would tell; `session` has the relations from the statements before.

    Raises `Unread` where the text is too long.
    """
    return tell(session or Session(dialect_of([sql])), sql, first_line)


def tell(session: Session, sql: str, first_line: int = 1) -> tuple[tuple[Operation, ...], tuple[Dynamic, ...]]:
    """Tells one text to the session and gives what it did; the search path and transactions end with the text."""
    if len(sql) > LONGEST:
        raise Unread(f"its SQL is longer than {LONGEST:,} characters")
    session.begin_text()
    for piece in pieces(sql, session.dialect):
        for one in without_ends(piece) if session.dialect == "tsql" else (piece,):
            carry_out(one._replace(line=one.line + first_line - 1), session)
    return tuple(session.operations), tuple(session.dynamics)


SAMPLE = 100_000
"""Characters of each text that are asked for its dialect."""

MARKS = {
    "mysql": re.compile(
        r"\bENGINE\s*=\s*\w|\bAUTO_INCREMENT\b|^\s*DELIMITER\s|\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?`|/\*!\d|`\w+`",
        re.IGNORECASE | re.MULTILINE,
    ),
    "tsql": re.compile(
        r"\bsp_rename\b|\[\w+\]\s*[.(]|\[\w+\]\.\[|^\s*GO\s*$|\bNVARCHAR\s*\(\s*MAX\s*\)|\bOBJECT_ID\s*\(|\bIDENTITY\s*\(\s*\d|"
        r"\bCREATE\s+TABLE\s+\[|\bDROP\s+TABLE\s+\[|\bALTER\s+TABLE\s+\[|\bdbo\.",
        re.IGNORECASE | re.MULTILINE,
    ),
    "oracle": re.compile(
        r"\bVARCHAR2\b|\bNUMBER\s*\(\s*\d|^/\s*$|\bEXECUTE\s+IMMEDIATE\b", re.IGNORECASE | re.MULTILINE
    ),
    "sqlite": re.compile(
        r"\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|^\s*PRAGMA\s|\bCREATE\s+VIRTUAL\s+TABLE\b", re.IGNORECASE | re.MULTILINE
    ),
    "postgres": re.compile(
        r"\$\w*\$|\b(?:big|small)?serial\b|\bjsonb\b|\btimestamptz\b|\bbytea\b|\bplpgsql\b|\bCREATE\s+EXTENSION\b|::\w|"
        r"\bCREATE\s+TYPE\b|\bWITH(?:OUT)?\s+TIME\s+ZONE\b|\bsearch_path\b|\bONLY\s+\w+\.\w+|\bDOUBLE\s+PRECISION\b",
        re.IGNORECASE,
    ),
}


def dialect_of(texts: Iterable[str]) -> str:
    """The dialect that most of the texts are marked as; PostgreSQL's, which is the standard's, where none is."""
    votes = dict.fromkeys(MARKS, 0)
    for text in texts:
        bare = COMMENT.sub("", text[:SAMPLE])
        counts = {name: min(sum(1 for _ in mark.finditer(bare)), MOST) for name, mark in MARKS.items()}
        for name, count in counts.items():
            votes[name] += count
    best = max(votes, key=lambda name: votes[name])
    return best if votes[best] else "postgres"


COMMENT = re.compile(r"--[^\n]*|/\*(?!!)(?:.*?\*/|.*)", re.DOTALL)
MOST = 20
"""Marks of one text that count: a long dump does not outvote the rest."""


def up_part(sql: str) -> str:
    """The part that runs forward, for tools that keep both ways in one file; the rest is blanked, lines kept.

    dbmate: `-- migrate:down` (https://github.com/amacneil/dbmate#creating-migrations); goose: `-- +goose Down`
    (https://pressly.github.io/goose/documentation/annotations/); sql-migrate: `-- +migrate Down`
    (https://github.com/rubenv/sql-migrate#writing-migrations).
    """
    lines = sql.split("\n")
    down = [place for place, line in enumerate(lines) if DOWN.match(line)]
    up = [place for place, line in enumerate(lines) if UP.match(line)]
    for start in down:
        end = min([place for place in up if place > start], default=len(lines))
        lines[start:end] = [""] * (end - start)
    return "\n".join(lines)


__all__ = [
    "Dynamic",
    "Operation",
    "Piece",
    "Session",
    "Unread",
    "dialect_of",
    "operations",
    "pieces",
    "read",
    "tell",
    "up_part",
]
