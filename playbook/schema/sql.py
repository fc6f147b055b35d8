"""Which relations a row of SQL statements creates, drops or renames.

sqlglot cuts the text into tokens, which gives quoting, comments and dollar quotes for every database; only the heads
of the statements are read. Its full parser refuses a statement for a storage option it does not know
(https://github.com/tobymao/sqlglot#readme), and the tail of a statement tells nothing here.
"""

import ast
import re
from collections.abc import Iterator

from sqlglot import Token, TokenType, tokenize
from sqlglot.errors import SqlglotError

from playbook.schema.added import Unread
from playbook.schema.operation import Operation

LONGEST = 200_000
"""Characters of SQL that are read at once: half a second of work."""

RELATIONS = ("TABLE", "VIEW", "SEQUENCE")
BEFORE = {"OR", "REPLACE", "GLOBAL", "UNLOGGED", "RECURSIVE", "FOREIGN", "MATERIALIZED", "EXTERNAL", "TRANSIENT"}
"""Words that may stand between CREATE or DROP and the kind of relation."""

PASSING = {"TEMP", "TEMPORARY", "LOCAL"}
"""Words that make a relation one of the session only; GLOBAL TEMPORARY (Oracle) is a lasting definition."""

AROUND_NAME = {"IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"}

DOWN = re.compile(r"\s*--\s*(?:migrate:down|\+goose\s+down|\+migrate\s+down)\b", re.IGNORECASE)
UP = re.compile(r"\s*--\s*(?:migrate:up|\+goose\s+up|\+migrate\s+up)\b", re.IGNORECASE)


def operations(sql: str, first_line: int = 1) -> tuple[Operation, ...]:
    """What the statements do, in order, with line numbers that begin at `first_line`; raises `Unread`."""
    if len(sql) > LONGEST:
        raise Unread(f"its SQL is longer than {LONGEST:,} characters")
    dialect = _dialect(sql)
    try:
        tokens = tokenize(sql, read=dialect)
    except (SqlglotError, RecursionError) as error:
        raise Unread("its SQL could not be cut into words") from error
    found: list[Operation] = []
    for statement in _statements(tokens):
        found += _Words(statement, dialect, first_line - 1).read()
    return tuple(found)


def of_literal(literal: ast.Constant | None) -> tuple[Operation, ...]:
    """The same of a text in Python source; () where there is none."""
    if literal is None or not isinstance(literal.value, str):
        return ()
    return operations(literal.value, literal.lineno)


def _dialect(sql: str) -> str:
    """The dialect whose quoting the text uses; PostgreSQL's is the standard's."""
    if "`" in sql or re.search(r"\bENGINE\s*=", sql, re.IGNORECASE):
        return "mysql"
    brackets = re.search(r"\bsp_rename\b|\[\w+\]\s*[.(]|^\s*GO\s*$", sql, re.IGNORECASE | re.MULTILINE)
    return "tsql" if brackets else "postgres"


def _statements(tokens: list[Token]) -> Iterator[list[Token]]:
    statement: list[Token] = []
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON or token.text.upper() == "GO":
            yield statement
            statement = []
        else:
            statement.append(token)
    yield statement


class _Words:
    """A place in one statement that moves forward as words are read."""

    def __init__(self, tokens: list[Token], dialect: str, before: int) -> None:
        self.tokens, self.dialect, self.before = tokens, dialect, before
        self.place = 0

    def read(self) -> list[Operation]:
        match self._word():
            case "CREATE":
                return self._create()
            case "DROP":
                return self._drop()
            case "ALTER":
                return self._alter()
            case "RENAME":
                return self._rename_table()
            case "EXEC" | "EXECUTE" | "SP_RENAME":
                return self._sp_rename()
        return []

    def _create(self) -> list[Operation]:
        passing = False
        self.place += 1
        while self._word() in BEFORE | PASSING:
            lasting = self._word() in PASSING and self.tokens[self.place - 1].text.upper() == "GLOBAL"
            passing = passing or (self._word() in PASSING and not lasting)
            self.place += 1
        if self._word() not in RELATIONS or passing:
            return []
        self.place += 1
        return [Operation("creates", name, line, None, schema) for name, schema, line in self._names()[:1]]

    def _drop(self) -> list[Operation]:
        self.place += 1
        while self._word() in BEFORE:
            self.place += 1
        if self._word() not in RELATIONS:
            return []
        self.place += 1
        return [Operation("drops", name, line, None, schema) for name, schema, line in self._names()]

    def _alter(self) -> list[Operation]:
        self.place += 1
        while self._word() in BEFORE:
            self.place += 1
        if self._word() not in RELATIONS:
            return []
        self.place += 1
        names = self._names()
        if len(names) != 1 or self._word() != "RENAME" or self._word(1) not in ("TO", "AS"):
            return []
        self.place += 2
        name, schema, line = names[0]
        return [Operation("renames", name, line, to, schema) for to, _, _ in self._names()[:1]]

    def _rename_table(self) -> list[Operation]:
        """MySQL's `RENAME TABLE a TO b, c TO d`, of which sqlglot keeps all but the first word as one text."""
        rest = self.tokens[self.place + 1 :]
        if len(rest) == 1 and rest[0].token_type is TokenType.STRING:
            again = tokenize(rest[0].text, read=self.dialect)
            self.before += self.tokens[self.place].line - 1
            self.tokens = [self.tokens[0], *again]
        self.place += 1
        if self._word() != "TABLE":
            return []
        self.place += 1
        found = []
        while names := self._names()[:1]:
            if self._word() != "TO":
                break
            self.place += 1
            found += [Operation("renames", names[0][0], names[0][2], to[0], names[0][1]) for to in self._one()]
            if self._word() != ",":
                break
            self.place += 1
        return found

    def _sp_rename(self) -> list[Operation]:
        """SQL Server's `EXEC sp_rename 'a', 'b'`; with a third argument it renames a column or an index."""
        texts = [one.text for one in self.tokens if one.token_type in (TokenType.STRING, TokenType.NATIONAL_STRING)]
        named = any(one.text.lower() == "sp_rename" for one in self.tokens)
        if not named or len(texts) != 2:  # noqa: PLR2004 - the old name and the new one
            return []
        schema, _, name = texts[0].replace("[", "").replace("]", "").rpartition(".")
        line = self.before + self.tokens[0].line
        return [Operation("renames", name, line, texts[1], schema or None)] if name and texts[1] else []

    def _names(self) -> list[tuple[str, str | None, int]]:
        """Names with their schema and line, separated by commas; () where no name stands."""
        names = self._one()
        while names and self._word() == ",":
            self.place += 1
            more = self._one()
            if not more:
                break
            names += more
        return names

    def _one(self) -> list[tuple[str, str | None, int]]:
        while self._word() in AROUND_NAME:
            self.place += 1
        parts: list[str] = []
        line = 0
        while (part := self._identifier()) is not None:
            parts.append(part)
            line = self.before + self.tokens[self.place].line
            self.place += 1
            if self._word() != ".":
                break
            self.place += 1
        if not parts:
            return []
        return [(parts[-1], parts[-2] if len(parts) > 1 else None, line)]

    def _identifier(self) -> str | None:
        """The name as the database keeps it: unquoted ones in lower case where the dialect folds (the standard's
        fold, as PostgreSQL does it; MySQL and SQL Server keep what was written)."""
        if self.place >= len(self.tokens):
            return None
        token = self.tokens[self.place]
        if token.token_type is TokenType.IDENTIFIER:
            return token.text or None
        if not re.fullmatch(r"[^\W\d][\w$]*", token.text) or token.token_type is TokenType.STRING:
            return None
        return token.text.lower() if self.dialect == "postgres" else token.text

    def _word(self, ahead: int = 0) -> str:
        place = self.place + ahead
        if not 0 <= place < len(self.tokens):
            return ""
        token = self.tokens[place]
        return "" if token.token_type in (TokenType.IDENTIFIER, TokenType.STRING) else token.text.upper()


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
