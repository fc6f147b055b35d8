"""SQL Server's statements need no semicolon: a batch is cut where a line begins with a word that begins a statement.

https://learn.microsoft.com/en-us/sql/t-sql/language-elements/transact-sql-syntax-conventions-transact-sql
"""

import re
from collections.abc import Iterator

from playbook.schema.sql.pieces import Piece, uncommented

BEGINS = re.compile(
    r"^[ \t]*(?P<word>CREATE|DROP\s+(?:TABLE|VIEW|SEQUENCE|SCHEMA|INDEX|PROC\w*|FUNCTION|SYNONYM|TYPE)\b"
    r"|ALTER\s+(?:TABLE|VIEW|SCHEMA)\b"
    r"|EXEC(?:UTE)?\b|INSERT\b|UPDATE\b|DELETE\b|SELECT\b|IF\b|ELSE\b|WHILE\b|BEGIN\b|END\b|SET\b|USE\b|DECLARE\b|COMMIT\b"
    r"|ROLLBACK\b|PRINT\b|GRANT\b|MERGE\b)",
    re.IGNORECASE | re.MULTILINE,
)
WHOLE = re.compile(r"(?:CREATE|ALTER)\s+(?:OR\s+ALTER\s+)?(?:PROC\w*|FUNCTION|TRIGGER|VIEW|SCHEMA)\b", re.IGNORECASE)
"""Statements that go on to the end of their batch."""

GUARDED = ("IF", "ELSE", "WHILE")
BLOCK = re.compile(r"\b(?:BEGIN(?!\s+TRAN)|CASE|END)\b", re.IGNORECASE)
QUOTED = re.compile(r"'[^']*+(?:''[^']*+)*(?:'|\Z)|\[[^\]\n]*+(?:\]|$)|\"[^\"\n]*+(?:\"|$)", re.MULTILINE)


def without_ends(piece: Piece) -> Iterator[Piece]:
    """The statements of a piece; what an IF guards stays with it."""
    if piece.kind != "statement" or WHOLE.match(piece.text):
        yield piece
        return
    text = piece.text
    hidden = QUOTED.sub(lambda found: "x" * len(found[0]), uncommented(text, "tsql"))
    start, guarded, depth, brackets, counted, line = 0, False, 0, 0, 0, piece.line
    for found in BEGINS.finditer(hidden):
        place = found.start("word")
        between = hidden[counted:place]
        brackets += between.count("(") - between.count(")")
        depth += sum(-1 if one.upper() == "END" else 1 for one in BLOCK.findall(between))
        counted = place
        word = found["word"].split()[0].upper()
        if place == start:
            guarded = word in GUARDED
            continue
        if brackets > 0 or depth > 0 or word == "END":
            continue
        if guarded:
            guarded = False
            continue
        if word == "SELECT" and hidden[start : start + 6].upper() in ("INSERT", "CREATE"):
            continue
        yield Piece(text[start:place].rstrip(), line)
        line += text.count("\n", start, place)
        start, guarded = place, word in GUARDED
    yield Piece(text[start:].rstrip(), line)
