"""Which tool a migration written in SQL belongs to, and what a row of such files makes of a database.

Several tools keep numbered `.sql` files: a mark inside, the file's name, or the project around tells them apart, and a
file belongs to one tool only. A folder of migrations is a database of its own.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from playbook.evidence.suspects import is_aside
from playbook.schema import sql
from playbook.schema.framework import Files, Migration
from playbook.schema.unread import Unread

NUMBERED = re.compile(
    r"^[Vv]?(?P<version>\d+)(?:[_.\- ]?(?P<title>[^/]*?))?(?P<way>[._-](?:up|down|undo|rollback|revert))?\.sql$", re.I
)
PROJECT = ("go.mod", "Cargo.toml", "diesel.toml")
"""Files that tell which language's tools a folder is for."""

FLYWAY = re.compile(r"^(?:[VUB]\d[\d._]*__.*|R__.+)\.sql$")
FOLDER = re.compile(
    r"(?:^|/)[^/]*(?:migrat|evolution|schema|ddl|upgrade|version|patch|drizzle|deploy|changes|database|db|sql)[^/]*/",
    re.IGNORECASE,
)
"""Folders in which a numbered file is a migration."""

NOT_MIGRATIONS = re.compile(
    r"(?:^|/)(?:seeds?|fixtures?|queries|examples?|samples?|node_modules|vendor)/", re.IGNORECASE
)
MARK = re.compile(
    r"^\s*--\s*(?:(?P<dbmate>migrate:(?:up|down))|\+(?P<goose>goose)\s|\+(?P<sql_migrate>migrate)\s)", re.I | re.M
)
LIQUIBASE = re.compile(r"\A[^\S\n]*(?:\n[^\S\n]*)*--\s*liquibase\s+formatted\s+sql", re.IGNORECASE)
DIESEL = re.compile(r"^(?:\d{4}-\d\d-\d\d-\d{6}_|0{14}_diesel|\d{4}-\d\d-\d\d-\d+-)")
SAMPLE = 100_000
"""Characters in which a tool's mark stands."""


class Script(NamedTuple):
    """One file's forward part, its lines in place; `unread` where it cannot be read as SQL at all."""

    path: str
    name: str
    text: str
    unread: str | None = None


def is_script(path: str) -> bool:
    """Whether a numbered `.sql` file, by its path, may be a migration of some tool."""
    return bool(NUMBERED.match(base(path))) and bool(FOLDER.search(path)) and is_used(path)


def is_used(path: str) -> bool:
    """Whether the path is neither test, nor documentation, nor data to begin with."""
    return not is_aside(path) and not NOT_MIGRATIONS.search(path)


def is_project(path: str) -> bool:
    """Whether the file tells of which language the project is."""
    return base(path) in PROJECT


def base(path: str) -> str:
    return path.rpartition("/")[2]


def folder(path: str) -> str:
    return path.rpartition("/")[0]


def tool_of(path: str, text: str, files: Files) -> str | None:
    """The one tool that the SQL file belongs to; None for other files.

    goose, dbmate and sql-migrate mark the ways within the file; golang-migrate and reversible sqlx files end in
    `.up.sql`, and the nearest Cargo.toml or go.mod tells which.
    """
    name = base(path)
    if not name.endswith(".sql") or LIQUIBASE.match(text[:SAMPLE]):
        return None
    if name == "migration.sql" or FLYWAY.match(name):
        return "prisma" if name == "migration.sql" else "flyway"
    if name in ("up.sql", "down.sql"):
        return "diesel" if DIESEL.match(base(folder(path))) or project_of(path, files) == "rust" else "plain"
    found = NUMBERED.match(name)
    if found is None:
        return None
    if mark := MARK.search(text[:SAMPLE]):
        return mark.lastgroup
    project = project_of(path, files)
    if (found["way"] or "").lower() in (".up", ".down") and re.match(r"\d+_", name):
        return "sqlx" if project == "rust" else "golang_migrate"
    if project == "rust" and re.match(r"\d+_", name) and not found["way"]:
        return "sqlx"
    return "plain"


def project_of(path: str, files: Files) -> str | None:
    """The language of the nearest project around the file: `rust` or `go`; None where none is known."""
    here = folder(path)
    while True:
        inside = f"{here}/" if here else ""
        rust = f"{inside}Cargo.toml" in files or f"{inside}diesel.toml" in files
        if rust or f"{inside}go.mod" in files:
            return "rust" if rust else "go"
        if not here:
            return None
        here = folder(here)


def belonging(tool: str, files: Files) -> Iterator[tuple[str, str]]:
    """The paths and texts of the tool's own files."""
    for path, text in files.items():
        if tool_of(path, text, files) == tool:
            yield path, text


def by_folder(paths: Iterable[str], set_of: Callable[[str], str] = folder) -> dict[str, list[str]]:
    """The paths of each set of migrations, sets in order."""
    found: dict[str, list[str]] = {}
    for path in sorted(paths):
        found.setdefault(set_of(path), []).append(path)
    return found


def fold(framework: str, scripts: Iterable[Script]) -> tuple[Migration, ...]:
    """Carries out one set of scripts, one after another, on an empty database of their own."""
    scripts = tuple(scripts)
    session = sql.Session(sql.dialect_of(script.text for script in scripts))
    return tuple(one_of(framework, script, session) for script in scripts)


def one_of(framework: str, script: Script, session: sql.Session) -> Migration:
    """What one script does to what the scripts before it left."""
    unread = script.unread or ("it is not text" if "\0" in script.text[:SAMPLE] else None)
    if unread is None:
        try:
            operations, dynamics = sql.read(script.text, session=session)
        except Unread as error:
            unread = str(error.args[0])
        else:
            return Migration(framework, script.name, script.path, operations, dynamics)
    session.uncertain = True
    return Migration(framework, script.name, script.path, unread=unread)
