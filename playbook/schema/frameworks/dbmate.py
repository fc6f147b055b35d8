"""dbmate: `{version}_{title}.sql` with `-- migrate:up` and `-- migrate:down` inside, in the order of the file names.

https://github.com/amacneil/dbmate#creating-migrations
"""

from playbook.schema import sql
from playbook.schema.framework import Commands, Files, Framework, Migration
from playbook.schema.migrate_forms import form
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, is_script


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = dict(belonging("dbmate", files))
    found: list[Migration] = []
    for paths in by_folder(texts).values():
        ordered = sorted(paths, key=base)
        found += fold("dbmate", (Script(path, base(path), sql.up_part(texts[path])) for path in ordered))
    return tuple(found)


def _commands(_migration: str | None, _path: str | None) -> Commands:
    """`dbmate up` creates the database where it is missing, `dbmate migrate` does not
    (https://github.com/amacneil/dbmate#commands)."""
    return Commands(migrate="dbmate migrate", state="dbmate status")


NAME = r"(?P<name>\d+[\w.-]{0,200}\.sql)"
FORMS = (  # pkg/dbmate/db.go
    form("started", "Applying: ", rf"^\s*Applying: {NAME}\s*$"),
    form("applied", "Applied: ", rf"^\s*Applied: {NAME} in\b"),
    form("reverted", "Rolled back: ", rf"^\s*Rolled back: {NAME} in\b"),
)

framework = Framework(
    "dbmate",
    is_script,
    _migrations,
    commands=_commands,
    forms=FORMS,
    early=frozenset({"applied", "reverted"}),  # it says so before it looks at the error
    words=("dbmate",),
)
