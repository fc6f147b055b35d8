"""goose: `{version}_{title}.sql` with `-- +goose Up` and `-- +goose Down` inside, by version.

https://pressly.github.io/goose/documentation/annotations/; a migration in Go is in the same row, and unread
(https://pressly.github.io/goose/documentation/go-migrations/ names its file the same way).
"""

import re

from playbook.schema import sql
from playbook.schema.framework import Commands, Files, Framework, Migration
from playbook.schema.migrate_forms import form
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, is_script, is_used

IN_GO = re.compile(r"^\d+_\w+\.go$")
REGISTERS = re.compile(r"\bgoose\.(?:AddMigration|AddNamedMigration|SetGlobalMigrations)")


def _wants(path: str) -> bool:
    return is_script(path) or (bool(IN_GO.match(base(path))) and not path.endswith("_test.go") and is_used(path))


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = dict(belonging("goose", files))
    texts |= {path: text for path, text in files.items() if IN_GO.match(base(path)) and REGISTERS.search(text)}
    found: list[Migration] = []
    for paths in by_folder(texts).values():
        ordered = sorted(paths, key=lambda path: (int(base(path).partition("_")[0][:20]), path))
        found += fold("goose", (_script(path, texts[path]) for path in ordered))
    return tuple(found)


def _script(path: str, text: str) -> Script:
    if path.endswith(".go"):
        return Script(path, base(path), "", "it is written in Go: only running it would tell")
    return Script(path, base(path), sql.up_part(text))


def _commands(_migration: str | None, _path: str | None) -> Commands:
    """`up` goes forward only; the driver, database and folder are told by its environment
    (https://pressly.github.io/goose/documentation/environment-variables/)."""
    return Commands(migrate="goose up", state="goose status")


NAME = r"(?P<name>\d+_[\w.-]{1,200}\.(?:sql|go))"
FORMS = (  # migration.go, up.go and provider_errors.go
    form("applied", "OK", rf"(?:^|\s)OK\s+{NAME}\b"),
    form("failed", "failed to run", rf"\bERROR {NAME}: failed to run\b"),
    form("failed", "partial migration error", rf"\bpartial migration error \([^\n]{{0,60}}?{NAME}"),
    form("nothing to do", "no migrations to run", r"\bgoose: no migrations to run\."),
)

framework = Framework("goose", _wants, _migrations, commands=_commands, forms=FORMS, words=("goose",))
