"""sql-migrate: numbered files with `-- +migrate Up` and `-- +migrate Down` inside, by number, then by name.

https://github.com/rubenv/sql-migrate#writing-migrations; the order is `byId` in
https://github.com/rubenv/sql-migrate/blob/master/migrate.go (numbers compare as numbers).
"""

from playbook.schema import sql
from playbook.schema.framework import Files, Framework, Migration
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


framework = Framework("sql_migrate", is_script, _migrations)
