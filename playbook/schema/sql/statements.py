"""Which reader a statement goes to by its first word, and those that change where names are sought or what holds."""

import re
from collections.abc import Callable

from playbook.schema.sql.code import block, calls, execute, prepare, sp_rename
from playbook.schema.sql.piece_words import words_of
from playbook.schema.sql.pieces import Piece, bare
from playbook.schema.sql.relations import TEMPORARY, alter, create, drop, rename
from playbook.schema.sql.session import Session
from playbook.schema.sql.words import FIRST, Uncut

SELECTS_INTO = re.compile(r"\bINTO\b", re.IGNORECASE)
SET_CONFIG = re.compile(r"\bset_config\s*\(\s*'search_path'\s*,\s*'([^']*)'", re.IGNORECASE)


def carry_out(piece: Piece, session: Session) -> None:
    """Tells the session what the statement does; never raises."""
    if piece.kind == "client":
        _client(piece, session)
        return
    if piece.kind == "broken":
        session.dynamic(piece.line, "from here on its SQL could not be cut into statements")
        return
    first = FIRST.match(piece.text)
    head = first[1].upper() if first else ""
    read = READERS.get(head)
    if read is not None:
        try:
            read(piece, session)
        except Uncut:
            session.dynamic(piece.line, "a statement could not be cut into words")


def _select(piece: Piece, session: Session) -> None:
    """`SELECT … INTO new_table`, `set_config('search_path', …)`, and calls of routines that change relations."""
    if session.acting_routines and "(" in piece.text:
        calls(piece, session)
    if (config := SET_CONFIG.search(piece.text)) is not None:
        names = [one.strip().strip('"') for one in config[1].split(",")]
        path = tuple(_schema_of(one, session) for one in names if one and one != "$user")
        session.looks_in(path, local=bool(re.match(r"\s*,\s*true", piece.text[config.end() :], re.IGNORECASE)))
    if not SELECTS_INTO.search(piece.text) or session.dialect in ("mysql", "oracle", "sqlite"):
        return
    words = words_of(piece, session)
    while words.skip_to("INTO"):
        words.place += 1
        if words.word(-2) in ("INSERT", "MERGE"):
            return
        passed = words.passes_all({"TEMP", "TEMPORARY", "LOCAL", "UNLOGGED", "TABLE", "GLOBAL"})
        name = words.name() if words.word()[:1] not in ("#", "@") else None
        if name is not None and passed & TEMPORARY:
            session.temporary.add(name.name)
        elif name is not None:
            session.creates(name)
        return


def _schema_of(name: str, session: Session) -> str | None:
    return None if session.key(name, "")[0] == "" else name


def _set(piece: Piece, session: Session) -> None:
    """`SET search_path TO a, b`, `SET SCHEMA 'a'`; `SET @v = '…'` is kept for PREPARE."""
    if variable := re.match(r"SET\s+@(\w+)\s*:?=(.*)", piece.text, re.IGNORECASE | re.DOTALL):
        session.variables[variable[1].lower()] = variable[2]
        return
    if not re.match(
        r"SET\s+(?:SESSION\s+|LOCAL\s+)?(?:search_path|schema|current_schema)\b", piece.text, re.IGNORECASE
    ):
        return
    words = words_of(piece, session)
    local = "LOCAL" in words.passes_all({"SESSION", "LOCAL"})
    words.place += 1
    words.passes_all({"TO", "="})
    names: list[str | None] = []
    while not words.at_end():
        text = words.text()
        one = text if text is not None else words.identifier()
        if one is None and words.word() != ",":
            session.dynamic(words.line(), "the schema that later names are in is put in when it runs")
            return
        if one and one not in ("$user", "default"):
            names.append(_schema_of(one, session))
        if one == "default":
            names = [None]
        words.place += 1
    session.looks_in(tuple(names), local=local)


def _use(piece: Piece, session: Session) -> None:
    """MySQL's USE: later names are in that database. SQL Server's database is no schema: names there keep theirs."""
    words = words_of(piece, session)
    name = words.name()
    if session.dialect == "tsql":
        return
    if name is None:
        session.dynamic(piece.line, "the database that later names are in is put in when it runs")
        return
    session.looks_in((name.name,))


def _begin(piece: Piece, session: Session) -> None:
    if re.fullmatch(
        r"(?:BEGIN|START)(?:\s+(?:TRAN\w*|WORK|ISOLATION|READ|DEFERRED|IMMEDIATE|EXCLUSIVE|NOT)\b[^;]*)?",
        bare(piece.text, session.dialect).strip(),
        re.I,
    ):
        session.begins()
    elif piece.text.upper().startswith("BEGIN"):
        block(piece, session)


def _savepoint(piece: Piece, session: Session) -> None:
    session.begins(piece.text.split()[-1].lower())


def _commit(_piece: Piece, session: Session) -> None:
    session.commits()


def _rollback(piece: Piece, session: Session) -> None:
    words = piece.text.split()
    session.rolls_back(piece.line, words[-1].lower() if "TO" in (word.upper() for word in words) else "")


def _import(piece: Piece, session: Session) -> None:
    session.dynamic(piece.line, "it imports whatever tables the foreign schema has")


def _client(piece: Piece, session: Session) -> None:
    """psql's own commands (https://www.postgresql.org/docs/current/app-psql.html)."""
    command = piece.text[1:].split(None, 1)[0] if len(piece.text) > 1 else ""
    if command in ("i", "include", "ir", "include_relative"):
        session.dynamic(piece.line, f"it runs another file: {piece.text[:80]}")
    elif command == "gexec":
        session.dynamic(piece.line, "it runs what a query gives as statements")
    elif command in ("if", "elif", "else"):
        session.dynamic(piece.line, "what follows depends on a condition")
    elif command in ("c", "connect"):
        session.looks_in((None,))
        session.temporary.clear()


READERS: dict[str, Callable[[Piece, Session], None]] = {
    "ALTER": alter,
    "BEGIN": _begin,
    "CALL": execute,
    "COMMIT": _commit,
    "CREATE": create,
    "DECLARE": block,
    "DO": block,
    "DROP": drop,
    "ELSE": block,
    "END": _commit,
    "EXEC": execute,
    "EXECUTE": execute,
    "IF": block,
    "IMPORT": _import,
    "PREPARE": prepare,
    "RENAME": rename,
    "ROLLBACK": _rollback,
    "ABORT": _rollback,
    "SAVEPOINT": _savepoint,
    "SELECT": _select,
    "SET": _set,
    "SP_RENAME": sp_rename,
    "START": _begin,
    "USE": _use,
    "WHILE": block,
    "WITH": _select,
}
