"""Code inside SQL: blocks, routines and texts that are run. What it may do is said to be dynamic, never guessed."""

import re

from playbook.schema.sql.piece_words import HEAD, words_of
from playbook.schema.sql.pieces import Piece, uncommented
from playbook.schema.sql.session import Name, Session
from playbook.schema.sql.words import AROUND_NAME, Words

PHRASE = re.compile(
    r"\b(?:(?P<create>CREATE)\s+(?:OR\s+REPLACE\s+)?(?P<passing>GLOBAL\s+|LOCAL\s+|TEMP\s+|TEMPORARY\s+)*"
    r"(?:UNLOGGED\s+|MATERIALIZED\s+|FOREIGN\s+)?(?:TABLE|VIEW|SEQUENCE|SCHEMA)"
    r"|(?P<drop>DROP)\s+(?:MATERIALIZED\s+|FOREIGN\s+)?(?:TABLE|VIEW|SEQUENCE|SCHEMA)"
    r"|(?P<alter>ALTER)\s+(?:MATERIALIZED\s+|FOREIGN\s+)?(?:TABLE|VIEW|SEQUENCE|SCHEMA)"
    r"|(?P<rename>RENAME)\s+TABLE|(?P<spec>SP_RENAME))\b"
    r"\s*(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?(?P<name>[\w$.\"`\[\]%]*)(?P<rest>[^;]*)",
    re.IGNORECASE,
)
"""Words of a change of relations inside code that only runs sometimes."""

MOVES = re.compile(r"\b(?:RENAME\s+(?:TO|AS)\b|SET\s+SCHEMA\b|TRANSFER\b)", re.IGNORECASE)
COMPUTED_TEXT = re.compile(
    r"\bEXECUTE\s+(?:IMMEDIATE\s+)?(?!FUNCTION\b|PROCEDURE\b|ON\b)(?:FORMAT\s*\(\s*)?(?!['$\s(])\w", re.I
)


def bare_names(query: str) -> str:
    """The query without comments and string literals; quoted names stay."""
    return re.sub(r"'[^']*+(?:''[^']*+)*(?:'|\Z)", "''", uncommented(query, "postgres"))


def routine(piece: Piece, session: Session, words: Words) -> None:
    """Defining a routine does nothing; calling one whose text changes relations does."""
    words.passes_all(AROUND_NAME)
    name = words.name()
    what = phrases(piece.text, session.dialect)
    if name is None or not what:
        return
    session.acting_routines.add(name.name.lower())
    if re.search(r"\bRETURNS\s+(?:EVENT_)?TRIGGER\b", piece.text, re.IGNORECASE):
        session.dynamic(piece.line, f"a trigger {what}")


def calls(piece: Piece, session: Session) -> None:
    called = {one.lower() for one in re.findall(r"\b(\w+)\"?\s*\(", bare_names(piece.text))}
    for routine in sorted(called & session.acting_routines):
        session.dynamic(piece.line, f"it calls {routine}, which changes relations")


def block(piece: Piece, session: Session) -> None:
    """Code that only runs sometimes, or in a way that only running it tells."""
    what = phrases(piece.text, session.dialect)
    if what:
        session.dynamic(piece.line, f"a block of code {what}")
    elif session.acting_routines:
        calls(piece, session)


def execute(piece: Piece, session: Session) -> None:
    """`EXEC sp_rename 'a', 'b'`; any other text that is run is not known here."""
    if re.search(r"\bsp_rename\b", piece.text[:HEAD], re.IGNORECASE):
        sp_rename(piece, session)
    elif re.match(
        r"EXEC(?:UTE)?\s*\(?\s*(?:sp_executesql\b|@|N?')|EXECUTE\s+(?:IMMEDIATE|FORMAT)", piece.text, re.IGNORECASE
    ):
        what = phrases(piece.text, session.dialect)
        if what or not re.search(r"'", piece.text):
            session.dynamic(piece.line, f"a text that it runs {what or 'is put together when it runs'}")
    else:
        words = {one.lower() for one in re.findall(r"\w+", piece.text[:HEAD])}
        for routine in sorted(words & session.acting_routines):
            session.dynamic(piece.line, f"it calls {routine}, which changes relations")


def sp_rename(piece: Piece, session: Session) -> None:
    """https://learn.microsoft.com/en-us/sql/relational-databases/system-stored-procedures/sp-rename-transact-sql:
    with a third argument other than OBJECT it renames a column, an index or a type."""
    words = words_of(piece, session)
    texts = []
    while not words.at_end():
        if (text := words.text()) is not None:
            texts.append((text, words.line()))
        words.place += 1
    if not TWO <= len(texts) <= TWO + 1 or (len(texts) > TWO and texts[TWO][0].upper() != "OBJECT"):
        if not texts:
            session.dynamic(piece.line, "what it renames is put in when it runs")
        return
    parts = texts[0][0].replace("[", "").replace("]", "").split(".")
    name = Name(parts[-2] if len(parts) > 1 else None, parts[-1], texts[0][1])
    unknown = session.found(name) is None
    if not name.name or not texts[1][0] or (unknown and len(texts) > TWO):
        return
    session.renames(name, texts[1][0])


TWO = 2
"""The old name and the new one."""


def prepare(piece: Piece, session: Session) -> None:
    """MySQL's `PREPARE s FROM @v`: what the variable's text says, where it was set here."""
    source = re.search(r"\bFROM\s+(?:@(\w+)|')", piece.text, re.IGNORECASE)
    if source is None:
        return
    text = session.variables.get(source[1].lower()) if source[1] else piece.text
    if text is None or not re.search(r"['\"]", text):
        session.dynamic(piece.line, "a statement is put together when it runs")
    elif what := phrases(text, session.dialect):
        session.dynamic(piece.line, f"a prepared statement {what}")


WRITTEN = re.compile(r"['\"]\s*(?:ALTER|CREATE|DROP|SELECT|SET|UPDATE|INSERT)\s", re.IGNORECASE)
"""A statement's beginning in quotes: what MySQL's PREPARE is given, put together from literals that can be read."""


def phrases(text: str, dialect: str = "postgres") -> str:
    """What a piece of code says about relations: `may create carts`; empty where nothing. Errs towards saying."""
    code = uncommented(text, dialect)
    found = []
    for phrase in PHRASE.finditer(code):
        if phrase["passing"] or (phrase["alter"] and not MOVES.search(phrase["rest"])):
            continue
        verb = "create" if phrase["create"] else "drop" if phrase["drop"] else "rename"
        name = re.sub(r"[\"`\[\]]", "", phrase["name"]).rstrip(".")
        said = f"may {verb} {name if name and '%' not in name else 'a relation whose name is computed'}"
        if said not in found:
            found.append(said)
    if not found and COMPUTED_TEXT.search(code) and not (dialect == "mysql" and WRITTEN.search(code)):
        return "runs a statement that is put together when it runs"
    return " and ".join(found[:3])
