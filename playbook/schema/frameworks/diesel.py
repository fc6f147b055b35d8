"""diesel (Rust): a folder for each migration with `up.sql` and, for the way back, `down.sql`, by version.

https://diesel.rs/guides/getting-started; the version is the folder's name up to the first `_` without its dashes
(https://docs.diesel.rs/2.2.x/diesel_migrations/).
"""

import re

from playbook.schema.framework import Commands, Files, Framework, Migration, printed
from playbook.schema.migrate_forms import form
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, folder, is_project, is_used

PATH = re.compile(r"(?:^|/)\d[^/]*/up\.sql$")


def _wants(path: str) -> bool:
    return (bool(PATH.search(path)) and is_used(path)) or is_project(path)


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = {path: text for path, text in belonging("diesel", files) if PATH.search(path)}
    found: list[Migration] = []
    for paths in by_folder(texts, lambda path: folder(folder(path))).values():
        ordered = sorted(paths, key=lambda path: (base(folder(path)).partition("_")[0].replace("-", ""), path))
        found += fold("diesel", (Script(path, base(folder(path)), texts[path]) for path in ordered))
    return tuple(found)


def _commands(_migration: str | None, path: str | None) -> Commands:
    """`migration run` goes forward only, `migration redo` back and forth, and `setup` creates the database
    (https://diesel.rs/guides/getting-started). `--locked-schema` keeps it from writing `schema.rs` anew."""
    return Commands(
        migrate="diesel migration run --locked-schema", state="diesel migration list", by_hand=printed(path)
    )


NAME = r"(?P<name>\d[\w.-]{0,200})"
FORMS = (  # diesel_migrations/src/migration_harness.rs (`HarnessWithOutput`) and errors.rs
    form("started", "Running migration ", rf"\bRunning migration {NAME}\s*$"),
    form("reverted", "Rolling back migration ", rf"\bRolling back migration {NAME}\s*$"),
    form("failed", "Failed to run ", rf"\bFailed to run {NAME} with: "),
)

framework = Framework(
    "diesel",
    _wants,
    _migrations,
    commands=_commands,
    forms=FORMS,
    early=frozenset({"reverted"}),
    code=("diesel_migrations::",),
    drivers=("diesel",),
)
