"""Cuts a text of SQL into statements, in one pass and in time linear in its length.

A splitter of our own because the text is what a *client* reads: psql's `\\i` and COPY data, the mysql client's
DELIMITER, sqlcmd's GO and SQL*Plus's `/` belong to no SQL grammar, and a dump is nearly all of it data that
sqlglot's tokenizer would cut at 2 MB a second. What the statements say is read from sqlglot's tokens.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html, https://dev.mysql.com/doc/refman/8.4/en/comments.html,
https://learn.microsoft.com/en-us/sql/t-sql/language-elements/sql-server-utilities-statements-go
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

BACKSLASHED = ("mysql",)
"""Dialects in which a backslash in any string quotes the next character."""


class Piece(NamedTuple):
    """One statement without its end; `line` is that of its first word, counted from 1. `kind` tells a client's own
    command (psql's) and a rest that could not be cut from SQL."""

    text: str
    line: int
    kind: str = "statement"


STRING = r"'[^']*+'"
"""A doubled quote ends one string and begins the next: for cutting that is the same. No group is possessive anywhere
here: before 3.11.5 such a one may match too little (github.com/python/cpython issue 106052)."""

BACKSLASHED_STRING = r"'[^'\\]*+(?:(?:\\.|'')[^'\\]*+)*'"
ESCAPED = rf"(?<=[eE])(?<![\w$][eE]){BACKSLASHED_STRING}"
QUOTED = r'"[^"]*+"'
BACKSLASHED_QUOTED = r'"[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*"'
BACKTICKED = r"`[^`]*+`"
BRACKETED = r"\[[^\]\n]*+(?:\]\][^\]\n]*+)*\]"
COMMENT = r"--[^\n]*+"
ORACLE_QUOTE = (
    r"(?<=[qQ])'(?:\[[^\]]*+(?:\](?!')[^\]]*+)*\]'|\{[^}]*+(?:\}(?!')[^}]*+)*\}'|\([^)]*+(?:\)(?!')[^)]*+)*\)')"
)

CLIENT = {
    "tsql": r"GO(?:[ \t]+\d+)?",
    "oracle": r"/",
    "mysql": r"DELIMITER[ \t]+(?P<mark>\S+)",
}
"""Lines that are a client's own, by dialect; psql's begin with a backslash, wherever it stands."""

CLIENT_LINE = {
    name: re.compile(rf"[ \t]*{line}[ \t]*(?:--[^\n]*)?\r?$", re.IGNORECASE | re.MULTILINE)
    for name, line in CLIENT.items()
}
META = re.compile(r"\\[^\n]*")
DOLLAR = re.compile(r"\$(?:[^\W\d]\w*)?\$")
NESTED = re.compile(r"/\*|\*/")
COPY = re.compile(r"COPY\b.*\bFROM\s+STDIN\b", re.IGNORECASE | re.DOTALL)
COPY_END = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)
ROUTINE = re.compile(
    r"(?:CREATE|ALTER)\s+(?:OR\s+(?:REPLACE|ALTER)\s+)?(?:(?:NON)?EDITIONABLE\s+)?(?:TEMP\w*\s+)?(?:AGGREGATE\s+)?"
    r"(?:DEFINER\s*=\s*\S+\s+)?(?:CONSTRAINT\s+)?(?P<kind>FUNCTION|PROCEDURE|PROC|TRIGGER|PACKAGE|EVENT|TYPE\s+BODY)\b",
    re.IGNORECASE,
)
BLOCK = re.compile(
    r"(?:<<\w+>>\s*)?(?:DECLARE\b|BEGIN\b(?!\s*(?:;|$|TRAN|WORK|ISOLATION|READ|DEFERRED|IMMEDIATE|EXCL|NOT\b)))", re.I
)
NESTING = re.compile(r"\b(?:BEGIN(?!\s+TRAN)|CASE|END\b(?:\s+(?:IF|LOOP|WHILE|REPEAT|FOR|CASE)\b)?)\b", re.IGNORECASE)
HEAD = 400
"""Characters in which the head of a CREATE FUNCTION says that it is one."""


@cache
def _within(dialect: str, end: str, client_lines: bool) -> re.Pattern[str]:
    """One thing within a statement, up to its end, a comment or a dollar quote: a stretch without signs, a string, …"""
    special = set("'\"`-/" + end[0])
    parts = [COMMENT]
    if dialect == "mysql":
        special |= {"#", "*"}
        parts += [r"#[^\n]*+", BACKSLASHED_STRING, BACKSLASHED_QUOTED, r"\*(?!/)"]
    elif dialect == "postgres":
        special |= {"$", "\\"}
        parts += [ESCAPED, STRING, QUOTED, r"(?<=\w)\$", r"\$(?!(?:[^\W\d]\w*)?\$)"]
    elif dialect == "oracle":
        parts += [ORACLE_QUOTE, STRING, QUOTED]
    else:
        special.add("[")
        parts += [STRING, QUOTED, BRACKETED, r"\["]
    parts += [BACKTICKED, r"/(?!\*)", r"-"]
    if client_lines:
        special.add("\n")
        parts.append(rf"\n(?!{CLIENT_LINE[dialect].pattern.replace('?P<mark>', '?:')})")
    if len(end) > 1 or end not in ";":
        parts.append(rf"(?!{re.escape(end)}){re.escape(end[0])}")
    bulk = "[^" + "".join(re.escape(one) for one in sorted(special)) + "]++"
    return re.compile(f"{bulk}|{'|'.join(parts)}", re.IGNORECASE | re.DOTALL | re.MULTILINE)


def pieces(text: str, dialect: str) -> Iterator[Piece]:
    """The statements in their order; a rest that cannot be cut (a quote that never ends) comes as kind `broken`."""
    return _Cutter(text, dialect).pieces()


class _Cutter:
    """A place in the text that moves forward."""

    def __init__(self, text: str, dialect: str) -> None:
        self.text, self.dialect = text, dialect
        self.place = self.counted = 0
        self.line = 1
        self.end = ";"
        client = CLIENT_LINE.get(dialect)
        lines = client is not None and re.search(rf"^{CLIENT[dialect]}", text, re.IGNORECASE | re.MULTILINE)
        self.client = client if lines else None

    def pieces(self) -> Iterator[Piece]:
        while self.place < len(self.text):
            start = self.place = self._start()
            if start >= len(self.text):
                return
            if self._pass_client_line():
                continue
            if self.dialect == "postgres" and self.text[start] == "\\":
                yield self._meta(start)
                continue
            whole = self._statement(start)
            text = self.text[start : self.place].rstrip()
            if not whole:
                yield Piece(text[:HEAD], self._line_of(start), "broken")
                return
            if text:
                yield Piece(text, self._line_of(start))
            if self.text.startswith(self.end, self.place):
                self.place += len(self.end)
            if self.dialect == "postgres" and COPY.match(text[:HEAD]):
                self._skip_copied()

    def _line_of(self, place: int) -> int:
        self.line += self.text.count("\n", self.counted, place)
        self.counted = place
        return self.line

    def _start(self) -> int:
        """The first character that is neither blank nor comment."""
        text, place = self.text, self.place
        while place < len(text):
            if text[place].isspace():
                place = _blank_end(text, place)
            elif text.startswith("--", place) or (text[place] == "#" and self.dialect == "mysql"):
                place = text.find("\n", place) + 1 or len(text)
            elif text.startswith("/*", place) or (text.startswith("*/", place) and self.dialect == "mysql"):
                place = self._after_comment(place)
            else:
                return place
        return place

    def _meta(self, start: int) -> Piece:
        found = META.match(self.text, start)
        self.place = found.end() if found else start + 1
        return Piece(self.text[start : self.place].strip(), self._line_of(start), "client")

    def _after_comment(self, place: int) -> int:
        """MySQL carries out what stands in `/*! … */` (and MariaDB in `/*M! … */`): only the marks are passed over."""
        text = self.text
        if self.dialect == "mysql":
            if executed := EXECUTED.match(text, place):
                return executed.end()
            close = text.find("*/", place + 2)
            return close + 2 if close >= 0 else len(text)
        depth = 0
        for mark in NESTED.finditer(text, place):
            depth += 1 if mark[0] == "/*" and (depth == 0 or self.dialect in ("postgres", "tsql")) else 0
            depth -= 1 if mark[0] == "*/" else 0
            if depth == 0:
                return mark.end()
        return len(text)

    def _statement(self, start: int) -> bool:
        """Moves to the end of the statement that begins there; false where a quote in it never ends."""
        self.place = start
        if not self._to_end():
            return False
        routine = ROUTINE.match(self.text, start, min(start + HEAD, self.place))
        block = BLOCK.match(self.text, start, self.place)
        if block and self.dialect not in ("tsql", "oracle") and block[0].upper() == "DECLARE":
            return True
        if not routine and not block:
            return True
        depth, counted, opened = 0, start, False
        while self.place < len(self.text):
            for word in NESTING.finditer(bare(self.text[counted : self.place], self.dialect)):
                opened = True
                kind = word[0].upper()
                depth += 1 if kind in ("BEGIN", "CASE") else 0
                depth -= 1 if kind == "END" or (kind.endswith("CASE") and kind != "CASE") else 0
            counted = self.place
            waits = depth > 0 or (routine is not None and self.dialect == "tsql")
            waits = waits or (self.dialect == "oracle" and not opened)
            if not waits or not self.text.startswith(self.end, self.place):
                return True
            self.place += len(self.end)
            if not self._to_end():
                return False
        return True

    def _to_end(self) -> bool:
        """Moves to the next end of a statement, a client's line or the text's end; false at a broken quote."""
        within = _within(self.dialect, self.end, self.client is not None)
        text = self.text
        while True:
            place = self.place
            while found := within.match(text, place):
                place = found.end()
            self.place = place
            if place >= len(text) or text.startswith(self.end, place) or text[place] in "\n\\":
                return True
            if text.startswith("/*", place) or text.startswith("*/", place):
                self.place = self._after_comment(place)
            elif (quote := DOLLAR.match(text, place)) and self.dialect == "postgres":
                close = text.find(quote[0], quote.end())
                if close < 0:
                    return False
                self.place = close + len(quote[0])
            else:
                return False

    def _skip_copied(self) -> None:
        """The rows after `COPY … FROM stdin;`, up to a line with `\\.` alone."""
        line_end = self.text.find("\n", self.place)
        close = COPY_END.search(self.text, line_end) if line_end >= 0 else None
        if close is not None:
            self.place = close.end()

    def _pass_client_line(self) -> bool:
        """Carries out a client's line where one stands."""
        found = self.client.match(self.text, self.place) if self.client else None
        if found is None or self.text[self.text.rfind("\n", 0, self.place) + 1 : self.place].strip():
            return False
        self.place = found.end()
        if self.dialect == "mysql":
            self.end = found["mark"]
        return True


def _blank_end(text: str, place: int) -> int:
    found = BLANK.match(text, place)
    return found.end() if found else place


BLANK = re.compile(r"\s*+")
EXECUTED = re.compile(r"/\*M?!\d*|\*/")
KEPT = re.compile(
    r"--[^\n]*+|/\*[^*]*+(?:\*(?!/)[^*]*+)*(?:\*/|\Z)"
    r"|(?P<kept>'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*(?:'|\Z)|\"[^\"]*+(?:\"\"[^\"]*+)*(?:\"|\Z)|`[^`]*+(?:`|\Z))",
    re.DOTALL,
)
"""Comments and quoted parts; each goes to the text's end where it has none, so that nothing is read twice."""


def bare(text: str, dialect: str) -> str:
    """The text without comments and with its quoted parts emptied: what only its words are asked of."""
    opened = EXECUTED.sub(" ", text) if dialect == "mysql" else text
    return KEPT.sub(lambda found: "''" if found["kept"] else " ", opened)


def uncommented(text: str, dialect: str) -> str:
    """The text with each comment blanked, lines and places kept."""
    opened = EXECUTED.sub(lambda found: " " * len(found[0]), text) if dialect == "mysql" else text
    return KEPT.sub(lambda found: found[0] if found["kept"] else NOT_NEWLINE.sub(" ", found[0]), opened)


NOT_NEWLINE = re.compile(r"[^\n]")
