"""sqlx (Rust): `{version}_{description}.sql`, or `.up.sql` with a `.down.sql` beside it, in the order of the version.

https://docs.rs/sqlx/latest/sqlx/macro.migrate.html; `sqlx migrate run` says `Applied {version}/migrate {description}`
(https://github.com/launchbadge/sqlx/blob/main/sqlx-cli/src/migrate.rs).
"""

import re

from playbook.evidence.logs import MigrationRun
from playbook.schema.framework import Commands, Files, Framework, Migration, printed
from playbook.schema.migrate_forms import form
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, is_project, is_script

NAME = re.compile(r"^(?P<version>\d+)_(?P<title>.*?)(?P<up>\.up)?\.sql$")


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = {path: text for path, text in belonging("sqlx", files) if not path.lower().endswith(".down.sql")}
    found: list[Migration] = []
    for paths in by_folder(texts).values():
        ordered = sorted(paths, key=lambda path: (int(base(path).partition("_")[0][:20]), path))
        found += fold("sqlx", (Script(path, _name(path), texts[path]) for path in ordered))
    return tuple(found)


def _name(path: str) -> str:
    name = NAME.match(base(path))
    return f"{int(name['version'][:20])}/migrate {name['title'].replace('_', ' ')}" if name else base(path)


def _commands(_migration: str | None, path: str | None) -> Commands:
    """`migrate run` goes forward only; `database setup` creates the database where it is missing
    (https://github.com/launchbadge/sqlx/blob/main/sqlx-cli/README.md)."""
    return Commands(migrate="sqlx migrate run", state="sqlx migrate info", by_hand=printed(path))


TITLE = r"[^\n(]{1,200}"
FORMS = (  # sqlx-cli/src/migrate.rs and sqlx-core/src/migrate/error.rs, which knows the version only
    form("applied", "/migrate ", rf"\bApplied (?P<name>\d+/migrate {TITLE}?) \([\d.]+[µnm]?s\)"),
    form("reverted", "/revert ", rf"\bApplied (?P<name>\d+/revert {TITLE}?) \([\d.]+[µnm]?s\)"),
    form("failed", "while executing migration", r"\bwhile executing migration (?P<name>\d+)"),
    form("failed", "is partially applied", r"\bmigration (?P<name>\d+) is partially applied\b"),
)


def _is_of(name: str, _path: str, run: MigrationRun) -> bool:
    return run.migration in (name, name.partition("/")[0])


framework = Framework(
    "sqlx",
    lambda path: is_script(path) or is_project(path),
    _migrations,
    commands=_commands,
    forms=FORMS,
    is_of=_is_of,
    code=("sqlx_core::migrate",),
    drivers=("sqlx_core", "sqlx::"),
)
