"""sql-migrate: numbered files with `-- +migrate Up` and `-- +migrate Down` inside, by number, then by name.

https://github.com/rubenv/sql-migrate#writing-migrations; the order is `byId` in
https://github.com/rubenv/sql-migrate/blob/master/migrate.go (numbers compare as numbers).
"""

from playbook.schema import sql
from playbook.schema.framework import Commands, Files, Framework, Migration
from playbook.schema.migrate_forms import form
from playbook.schema.sql_files import NUMBERED, Script, base, belonging, by_folder, fold, is_script


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = dict(belonging("sql_migrate", files))
    found: list[Migration] = []
    for paths in by_folder(texts).values():
        ordered = sorted(paths, key=_order)
        found += fold("sql_migrate", (Script(path, base(path), sql.up_part(texts[path])) for path in ordered))
    return tuple(found)


def _order(path: str) -> tuple[int, str]:
    number = NUMBERED.match(base(path))
    return (int(number["version"][:20]) if number else 0, base(path))


def _commands(_migration: str | None, _path: str | None) -> Commands:
    """`up` goes forward only, `redo` back and forth. Without `-env` it means `development`, so it is always said: an
    empty one is refused (https://github.com/rubenv/sql-migrate#as-a-standalone-tool)."""
    return Commands(migrate='sql-migrate up -env="$ENVIRONMENT"', state='sql-migrate status -env="$ENVIRONMENT"')


FORMS = (  # sql-migrate/command_common.go and migrate.go (`TxError`)
    form("applied", "Applied ", r"^\s*Applied [1-9]\d* migrations?!?\s*$"),
    form("nothing to do", "Applied 0 ", r"^\s*Applied 0 migrations!?\s*$"),
    form("failed", " handling ", r"\bMigration failed: [^\n]{1,500} handling (?P<name>\d[\w.-]{0,200}\.sql)\b"),
    form("failed", "Cannot plan migration", r"\bCannot plan migration: "),
)

framework = Framework("sql_migrate", is_script, _migrations, commands=_commands, forms=FORMS)
