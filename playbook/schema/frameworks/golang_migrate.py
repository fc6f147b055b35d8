"""golang-migrate: `{version}_{title}.up.sql`, in the order of the version as a number; `.down.sql` never runs forward.

https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md; the log says `42/u title`
(https://github.com/golang-migrate/migrate/blob/master/migration.go, `LogString`).
"""

import re

from playbook.schema.framework import Files, Framework, Migration
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, is_project, is_script

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


framework = Framework("golang_migrate", lambda path: is_script(path) or is_project(path), _migrations)
