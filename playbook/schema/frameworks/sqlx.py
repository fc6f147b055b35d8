"""sqlx (Rust): `{version}_{description}.sql`, or `.up.sql` with a `.down.sql` beside it, in the order of the version.

https://docs.rs/sqlx/latest/sqlx/macro.migrate.html; `sqlx migrate run` says `Applied {version}/migrate {description}`
(https://github.com/launchbadge/sqlx/blob/main/sqlx-cli/src/migrate.rs).
"""

import re

from playbook.schema.framework import Files, Framework, Migration
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
    return f"{name['version']}/migrate {name['title'].replace('_', ' ')}" if name else base(path)


framework = Framework("sqlx", lambda path: is_script(path) or is_project(path), _migrations)
