"""dbmate: `{version}_{title}.sql` with `-- migrate:up` and `-- migrate:down` inside, in the order of the file names.

https://github.com/amacneil/dbmate#creating-migrations
"""

from playbook.schema import sql
from playbook.schema.framework import Files, Framework, Migration
from playbook.schema.sql_files import Script, base, belonging, by_folder, fold, is_script


def _migrations(files: Files) -> tuple[Migration, ...]:
    texts = dict(belonging("dbmate", files))
    found: list[Migration] = []
    for paths in by_folder(texts).values():
        ordered = sorted(paths, key=base)
        found += fold("dbmate", (Script(path, base(path), sql.up_part(texts[path])) for path in ordered))
    return tuple(found)


framework = Framework("dbmate", is_script, _migrations)
