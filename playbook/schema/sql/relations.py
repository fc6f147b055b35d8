"""CREATE, DROP, ALTER and RENAME: which relations they name, and in which schema.

https://www.postgresql.org/docs/current/sql-commands.html, https://dev.mysql.com/doc/refman/8.4/en/sql-statements.html,
https://learn.microsoft.com/en-us/sql/t-sql/statements/statements, https://www.sqlite.org/lang.html
"""

import re

from playbook.schema.sql.code import MOVES, bare_names, routine
from playbook.schema.sql.piece_words import HEAD, words_of
from playbook.schema.sql.pieces import Piece, bare
from playbook.schema.sql.queries import named_in, sources
from playbook.schema.sql.session import Name, Session
from playbook.schema.sql.words import AROUND_NAME, FIRST, Uncut, Words

BEFORE = {
    "OR", "REPLACE", "ALTER", "GLOBAL", "UNLOGGED", "RECURSIVE", "FOREIGN", "MATERIALIZED", "EXTERNAL", "TRANSIENT",
    "VIRTUAL", "FORCE", "NOFORCE", "EDITIONABLE", "NONEDITIONABLE", "PUBLIC", "COLUMN", "ALGORITHM", "=", "UNDEFINED",
    "MERGE", "TEMPTABLE", "SQL", "SECURITY", "DEFINER", "INVOKER", "SHARED", "PRIVATE", "SHARDED",
}  # fmt: skip
"""Words that may stand between CREATE or DROP and the kind of relation."""

TEMPORARY = {"TEMP", "TEMPORARY", "LOCAL"}
"""Words that make a relation one of the session only; GLOBAL TEMPORARY (Oracle) is a lasting definition."""

RELATIONS = {"TABLE", "VIEW", "SEQUENCE", "SYNONYM"}
ROUTINES = {"FUNCTION", "PROCEDURE", "PROC", "PACKAGE", "TRIGGER", "EVENT"}
WITHOUT_RELATIONS = {
    "amcheck", "bloom", "btree_gin", "btree_gist", "citext", "cube", "dblink", "dict_int", "earthdistance", "file_fdw",
    "fuzzystrmatch", "hstore", "intarray", "isn", "lo", "ltree", "pageinspect", "pg_freespacemap", "pg_prewarm",
    "pg_trgm", "pg_visibility", "pgcrypto", "pgrowlocks", "pgstattuple", "plpgsql", "postgres_fdw", "seg", "sslinfo",
    "tablefunc", "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp", "vector", "xml2",
}  # fmt: skip
"""PostgreSQL's extensions that bring functions and types only (https://www.postgresql.org/docs/current/contrib.html)."""

WITH_RELATIONS = {
    "pg_buffercache": ("pg_buffercache",),
    "pg_stat_statements": ("pg_stat_statements", "pg_stat_statements_info"),
    "postgis": ("spatial_ref_sys", "geography_columns", "geometry_columns"),
}


def create(piece: Piece, session: Session) -> None:
    try:
        words = words_of(piece, session, piece.text.find("(", 0, HEAD) + 1 or HEAD)
    except Uncut:
        words = words_of(piece, session)
    passed = words.passes_all(BEFORE | TEMPORARY)
    if "DEFINER" in passed and words.word() not in RELATIONS | ROUTINES:
        words.skip_to("VIEW", *ROUTINES)  # MySQL's `DEFINER = somebody@somewhere`
    kind = words.word()
    words.place += 1
    if kind in ("SCHEMA", "DATABASE"):
        _create_schema(piece, session)
    elif kind in ROUTINES:
        routine(piece, session, words)
    elif kind == "EXTENSION":
        _extension(words, session)
    elif kind in RELATIONS:
        _create_relation(piece, session, words, kind, passed)


def _create_relation(piece: Piece, session: Session, words: Words, kind: str, passed: set[str]) -> None:
    kept = "EXISTS" in words.passes_all(AROUND_NAME)
    line = words.line()
    if words.word()[:1] == "#":
        return  # SQL Server's temporary table: https://learn.microsoft.com/en-us/sql/t-sql/statements/create-table-transact-sql
    name = words.name()
    if name is None:
        session.dynamic(line, f"the name of a {kind.lower()} that it creates is put in when it runs")
        return
    if (passed & TEMPORARY and "GLOBAL" not in passed) or name.schema == "pg_temp":
        session.temporary.add(name.name)
        return
    if kind == "VIEW":
        kept = kept or "REPLACE" in passed or "ALTER" in passed
        query = bare_names(piece.text) if session.dialect == "postgres" or session.temporary else ""
        if session.dialect == "postgres" and name.schema is None and any(map(session.is_temporary, named_in(query))):
            session.temporary.add(name.name)  # https://www.postgresql.org/docs/current/sql-createview.html, "TEMPORARY"
            return
        session.creates(
            name, kept=kept, needs=sources(query, session) if session.dialect == "postgres" else frozenset()
        )
        return
    owners, needs = _parents(piece, session) if session.dialect == "postgres" else (frozenset(), frozenset())
    session.creates(name, kept=kept, owners=owners, needs=needs)


PARENT = re.compile(
    r"\b(?P<how>PARTITION\s+OF\s+|INHERITS\s*\(\s*|OWNED\s+BY\s+)(?P<names>[\w$.\"]+(?:\s*,\s*[\w$.\"]+)*)",
    re.IGNORECASE,
)


def _parents(piece: Piece, session: Session) -> tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]:
    """A partition falls with its parent and a sequence with its owner; a child table only by CASCADE."""
    found = PARENT.search(piece.text)
    if found is None:
        return frozenset(), frozenset()
    names = found["names"]
    how = found["how"].upper()
    if how.startswith("OWNED"):
        names = names.rpartition(".")[0]
    keys = sources(f"FROM {names}", session)
    return (frozenset(), keys) if how.startswith("INHERITS") else (keys, frozenset())


def _create_schema(piece: Piece, session: Session) -> None:
    """`CREATE SCHEMA shop CREATE TABLE a (…) CREATE VIEW b AS …`: elements stand side by side, without an end."""
    words = words_of(piece, session)
    words.skip_to("SCHEMA", "DATABASE")
    words.place += 1
    words.passes_all(AROUND_NAME)
    words.passes("AUTHORIZATION")
    schema = words.name()
    starts = []
    while words.skip_to("CREATE"):
        starts.append(words.tokens[words.place].start)
        words.place += 1
    if schema is None:
        if starts:
            session.dynamic(piece.line, "the name of a schema is put in when it runs")
        return
    offset = _offset(piece.text)
    session.schemas.add(session.key(schema.name, "")[0])
    session.dropped.discard(session.key(schema.name, "")[0])
    before = session.path
    session.path = (schema.name,)
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else len(piece.text)
        line = piece.line + piece.text.count("\n", 0, offset + start)
        create(Piece(piece.text[offset + start : offset + end], line), session)
    session.path = before


def _offset(text: str) -> int:
    first = FIRST.match(text)
    return first.end() if first else 0


def _extension(words: Words, session: Session) -> None:
    words.passes_all(AROUND_NAME)
    line = words.line()
    extension = words.identifier() or ""
    for relation in WITH_RELATIONS.get(extension, ()):
        session.creates(Name(None, relation, line), kept=True)
    if extension not in WITH_RELATIONS and extension not in WITHOUT_RELATIONS:
        session.dynamic(line, f"the extension {extension or 'it names'} may bring relations of its own")


def drop(piece: Piece, session: Session) -> None:
    words = words_of(piece, session)
    passed = words.passes_all(BEFORE | TEMPORARY)
    kind = words.word()
    words.place += 1
    perhaps = "EXISTS" in words.passes_all(AROUND_NAME)
    line = words.line()
    if kind == "OWNED":
        session.dynamic(line, "DROP OWNED drops whatever the role owns")
    if kind not in RELATIONS and kind not in ("SCHEMA", "DATABASE"):
        return
    if kind == "DATABASE" and session.dialect != "mysql":
        return
    if words.word()[:1] == "#":
        return
    names = words.names()
    if not names:
        session.dynamic(line, f"the name of a {kind.lower()} that it drops is put in when it runs")
    cascade = words.word() == "CASCADE"
    for name in {(one.schema, one.name): one for one in names}.values():  # `a, a` is one: names are found first
        if kind in RELATIONS:
            if "TEMPORARY" not in passed:
                session.drops(name, cascade=cascade, perhaps=perhaps)
        elif cascade or session.dialect == "mysql":
            session.drops_schema(name.name, line)
        else:  # an empty one, or the server would have refused
            session.dropped.add(session.key(name.name, "")[0])


def alter(piece: Piece, session: Session) -> None:
    words = words_of(piece, session)
    words.passes_all(BEFORE)
    kind = words.word()
    words.place += 1
    perhaps = "EXISTS" in words.passes_all(AROUND_NAME)
    if kind == "SCHEMA":
        _alter_schema(words, session)
        return
    if kind in ("ROLE", "USER", "DATABASE"):
        if re.search(r"\bSET\s+search_path\b", piece.text, re.IGNORECASE):
            session.dynamic(piece.line, "it sets in which schema later connections look for names")
        return
    if kind not in RELATIONS and not (kind == "INDEX" and session.dialect == "postgres"):
        return
    line = words.line()
    name = words.name()
    if name is None:
        if MOVES.search(bare(piece.text, session.dialect)) and words.word() != "ALL":
            session.dynamic(line, f"the name of a {kind.lower()} that it renames is put in when it runs")
        return
    if kind == "SEQUENCE" and session.found(name) is None:
        return  # one of a serial column: no statement created it, and it is none of what code names
    words.passes("*")
    if kind == "INDEX":
        return
    _alter_actions(words, session, name, kind, perhaps=perhaps)


def _alter_actions(words: Words, session: Session, name: Name, kind: str, *, perhaps: bool) -> None:
    """The comma-separated actions of ALTER TABLE; `RENAME x TO y` renames a column, `RENAME TO y` the table
    (https://www.postgresql.org/docs/current/sql-altertable.html)."""
    while words.skip_to("RENAME", "SET", "ATTACH", "DETACH", "OWNED"):
        begins = words.place == 0 or words.word(-1) == "," or words.place <= FEW
        begins = begins or words.word(-1) not in ("ADD", "DROP", "COLUMN", "ALTER")
        if words.passes("RENAME") and begins:
            _rename_action(words, session, name, perhaps=perhaps)
            return
        if words.passes("SET", "SCHEMA"):
            line = words.line()
            schema = words.name()
            if schema is None:
                session.dynamic(line, f"it moves {name.name} to a schema that is put in when it runs")
            else:
                session.renames(name, name.name, schema.name, perhaps=perhaps)
            return
        if words.passes("ATTACH", "PARTITION") or words.passes("DETACH", "PARTITION"):
            held = words.word(-2) == "ATTACH"
            child = words.name()
            key, owner = session.found(child) if child else None, session.found(name)
            if key and owner:
                session.needs(key, owner=owner, held=held)
        elif kind == "SEQUENCE" and words.passes("OWNED", "BY"):
            table = words.name()
            key, owner = (
                session.found(name),
                session.found(Name(None, table.schema)) if table and table.schema else None,
            )
            if key and owner:
                session.needs(key, owner=owner, held=True)
        else:
            words.place += 1


FEW = 6
"""Words before the first action of an ALTER TABLE: its kind, a qualified name, a star."""


def _rename_action(words: Words, session: Session, name: Name, *, perhaps: bool) -> None:
    if (
        words.word() in ("COLUMN", "CONSTRAINT", "INDEX", "KEY", "PARTITION", "ATTRIBUTE", "VALUE")
        and words.word(1) != ""
    ):
        return
    explicit = words.passes("TO") or words.passes("AS") or words.passes("=")
    line = words.line()
    to = words.name()
    if to is None:
        if explicit:
            session.dynamic(line, f"the new name of {name.name} is put in when it runs")
        return
    if not explicit and not (session.dialect == "mysql" and (words.at_end() or words.word() == ",")):
        return
    session.renames(name._replace(line=name.line), to.name, to.schema, perhaps=perhaps)


def _alter_schema(words: Words, session: Session) -> None:
    schema = words.name()
    if schema is None:
        return
    if words.passes("RENAME", "TO") and (to := words.name()) is not None:
        session.renames_schema(schema.name, to.name, schema.line)
    elif words.passes("TRANSFER"):
        if words.word(1) == ":":
            words.place += 3
        if (moved := words.name()) is not None:
            session.renames(moved, moved.name, schema.name)


def rename(piece: Piece, session: Session) -> None:
    """MySQL's `RENAME TABLE a TO b, c TO d` and Oracle's `RENAME a TO b`, one after another."""
    words = words_of(piece, session)
    words.passes("TABLE")
    words.passes("TABLES")
    words.passes_all(AROUND_NAME)
    while (name := words.name()) is not None:
        if not words.passes("TO") or (to := words.name()) is None:
            return
        session.renames(name, to.name, to.schema)
        if not words.passes(","):
            return
