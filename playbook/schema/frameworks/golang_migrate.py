"""golang-migrate: `{version}_{title}.up.sql`, in the order of the version as a number; `.down.sql` never runs forward.

https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md; the log says `42/u title`
(https://github.com/golang-migrate/migrate/blob/master/migration.go, `LogString`).
"""

import re
from shlex import quote

from playbook.schema.framework import Commands, Files, Framework, Migration, printed
from playbook.schema.migrate_forms import form
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, folder, is_project, is_script

NAME = re.compile(r"^(?P<version>\d+)_(?P<title>.*)\.up\.sql$", re.IGNORECASE)


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = {path: text for path, text in belonging("golang_migrate", files) if NAME.match(base(path))}
    found: list[Migration] = []
    for paths in by_folder(texts).values():
        ordered = sorted(paths, key=lambda path: (int(base(path).partition("_")[0][:20]), path))
        found += fold("golang_migrate", (Script(path, _name(path), texts[path]) for path in ordered))
    return tuple(found)


def _name(path: str) -> str:
    name = NAME.match(base(path))
    return f"{int(name['version'][:20])}/u {name['title']}" if name else base(path)


def _commands(_migration: str | None, path: str | None) -> Commands:
    """`up` goes forward only, `goto` both ways, and `force` records a version without running it
    (https://github.com/golang-migrate/migrate/blob/master/cmd/migrate/README.md); the folder has no default."""
    if path is None:
        return Commands()
    run = f'migrate -path {quote(folder(path) or ".")} -database "$DATABASE_URL"'
    return Commands(migrate=f"{run} up", state=f"{run} version", by_hand=printed(path))


TITLE = r"[\w.<>-]{1,200}"
TOOK = r"[\d.hmµn]{1,20}s"
FORMS = (  # migrate.go, internal/cli/log.go and errors of database/util.go; `42/u create_orders (12.3ms)`
    form("applied", "/u ", rf"(?:^|\s)(?P<name>\d+/u {TITLE}) \({TOOK}\)\s*$"),
    form("applied", "Finished ", rf"\bFinished (?P<name>\d+/u {TITLE}) \(read "),
    form("started", "Read and execute ", rf"\bRead and execute (?P<name>\d+/u {TITLE})"),
    form("reverted", "/d ", rf"(?:^|\s)(?P<name>\d+/d {TITLE}) \({TOOK}\)\s*$"),
    form("failed", "Dirty database version", r"\bDirty database version \d+\. Fix and force version\b"),
    form("failed", "migration failed", r"\bmigration failed: [^\n]{1,300} in line \d+:"),
)

framework = Framework(
    "golang_migrate",
    lambda path: is_script(path) or is_project(path),
    _migrations,
    commands=_commands,
    forms=FORMS,
)
