"""Flyway: `V1_2__title.sql` by version, then `R__title.sql` by name; `U…` undoes and never runs forward.

https://documentation.red-gate.com/fd/migrations-271585107.html (versioned, repeatable, undo, baseline: on an empty
database the newest `B…` runs and every version up to its own is left out), callback events:
https://documentation.red-gate.com/fd/callback-events-277579238.html.
"""

import re

from playbook.evidence.logs import MigrationRun
from playbook.schema.framework import Commands, Files, Framework, Migration, printed
from playbook.schema.migrate_forms import form
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, folder, is_used

SQL = re.compile(r"^(?P<kind>[VUB])(?P<version>\d[\d._]*?)__(?P<title>.*)\.sql$")
REPEATABLE = re.compile(r"^R__(?P<title>.+)\.sql$")
IN_CODE = re.compile(r"^(?:V\d[\d._]*|R)__\w+\.(?:java|kt|groovy|scala)$")
CALLBACK = re.compile(
    r"^(?P<event>beforeMigrate|beforeEachMigrate|afterEachMigrate|afterVersioned|beforeRepeatables|afterMigrate)(?:__.*)?\.sql$"
)
EARLY = ("beforeMigrate", "beforeEachMigrate")
VENDORS = {
    "cockroachdb", "db2", "derby", "h2", "hsqldb", "mariadb", "mssql", "mysql", "oracle", "postgres", "postgresql",
    "snowflake", "sqlite", "sqlserver",
}  # fmt: skip
ROOT = re.compile(r"(?:^|.*/)(?:db/migration|migrations?|flyway|sql)(?=/)", re.IGNORECASE)


def _wants(path: str) -> bool:
    name = base(path)
    known = SQL.match(name) or REPEATABLE.match(name) or IN_CODE.match(name) or CALLBACK.match(name)
    return bool(known) and is_used(path)


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = dict(belonging("flyway", files))
    texts |= {path: text for path, text in files.items() if IN_CODE.match(base(path))}
    sets = by_folder(texts, _set_of)
    callbacks = by_folder((path for path in files if CALLBACK.match(base(path))), _set_of)
    found: list[Migration] = []
    for key, paths in sets.items():
        around = sorted(callbacks.get(key, ()), key=base)
        early = [path for path in around if base(path).startswith(EARLY)]
        late = [path for path in around if path not in early]
        found += fold("flyway", (_script(path, files[path]) for path in (*early, *_ordered(paths), *late)))
    return tuple(found)


def _set_of(path: str) -> str:
    """A location with all its folders, but for one of a database's name: Flyway is given that one alone ({vendor})."""
    root = ROOT.match(folder(path) + "/")
    if root is None:
        return folder(path)
    below = folder(path)[root.end() + 1 :].split("/")
    return f"{root[0]}/{below[0]}" if below[0].lower() in VENDORS else root[0]


def _ordered(paths: list[str]) -> list[str]:
    versioned = sorted((path for path in paths if _kind(path) == "V"), key=lambda path: (version(path), path))
    baselines = sorted((path for path in paths if _kind(path) == "B"), key=version)
    if baselines:
        newest = version(baselines[-1])
        versioned = [baselines[-1], *(path for path in versioned if version(path) > newest)]
    return [*versioned, *sorted((path for path in paths if _kind(path) == "R"), key=base)]


def _kind(path: str) -> str:
    return base(path)[0]


def version(path: str) -> tuple[int, ...]:
    """The version's numbers, without zeros at its end: 1.0 is 1
    (https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/api/MigrationVersion.java)."""
    numbers = [int(one[:20]) for one in re.findall(r"\d+", base(path)[1:].partition("__")[0])]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _script(path: str, text: str) -> Script:
    name = base(path)
    if not name.endswith(".sql"):
        return Script(path, _name(name), "", "it is written in code: only running it would tell")
    return Script(path, _name(name), text)


def _name(name: str) -> str:
    """As `flyway info` and the log have it: the version, or a repeatable migration's description."""
    stem = name.rpartition(".")[0]
    if name.startswith(("V", "B")):
        return stem[1:].partition("__")[0].replace("_", ".")
    return stem.partition("__")[2].replace("_", " ") if name.startswith("R__") else stem


def _commands(_migration: str | None, path: str | None) -> Commands:
    """`migrate` goes forward only (https://documentation.red-gate.com/fd/commands-184127446.html)."""
    return Commands(
        migrate="flyway migrate",
        state="flyway info",
        by_hand=printed(path if path and path.endswith(".sql") else None),
    )


def _dotted(match: re.Match[str]) -> str:
    return match["name"].replace("_", ".")


def _is_of(name: str, path: str, run: MigrationRun) -> bool:
    """A version is a mere number that other services have too, so the description must agree where it is told."""
    if run.framework != "flyway" or run.migration != name:
        return False
    described = re.search(r"__(.+)\.\w+$", base(path))
    told = re.search(r" - ([^\"\n]{1,200})", run.line.message[:LINE])
    return not (described and told and described[1].replace("_", " ").casefold() not in told[1].casefold())


LINE = 4_000
"""Characters of a line in which the description is looked for."""

SCHEMA = r"schema [^\n]{1,100}?"
FORMS = (  # flyway-core's DbMigrate.java and DbValidate.java, and the exception of a script that fails
    form(
        "failed",
        "failed!",
        rf"\bMigration of {SCHEMA} to version \"?(?P<name>\d[\d._]*)[^\n]{{0,200}}? failed!",
        _dotted,
    ),
    form(
        "failed",
        "failed!",
        rf"\bMigration of {SCHEMA} with repeatable migration \"?(?P<name>[^\"\n]{{1,200}}?)\"? failed!",
    ),
    form("failed", "__", r"\b(?:Migration|Script) [VB](?P<name>\d[\d._]*?)__\S+ failed", _dotted),
    form("started", "Migrating schema", rf"\bMigrating {SCHEMA} to version \"?(?P<name>\d[\d._]*)", _dotted),
    form(
        "started",
        "repeatable",
        rf"\bMigrating {SCHEMA} with repeatable migration \"?(?P<name>[^\"\n\[]{{0,199}}[^\"\n\[ ])",
    ),
    form("applied", "Successfully applied", r"\bSuccessfully applied [1-9]\d* migrations? to schema\b"),
    form("nothing to do", "is up to date", r"\bSchema \S+ is up to date\. No migration necessary"),
    form("failed", "FlywayValidateException", r"\bFlywayValidateException\b"),
    form("failed", "Validate failed", r"\bValidate failed: [Mm]igrations have failed validation"),
)

framework = Framework(
    "flyway",
    _wants,
    _migrations,
    commands=_commands,
    forms=FORMS,
    is_of=_is_of,
    words=("flyway",),
    code=("org.flywaydb",),
)
