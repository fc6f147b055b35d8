"""Rails keeps migrations in `db/migrate`, and runs them by the number in their file's name, whatever the folder.

https://guides.rubyonrails.org/active_record_migrations.html; `db/schema.rb` and `db/structure.sql` are what it writes
after migrating, so they say nothing of who did it, and are asked only for tables that no migration creates.
"""

import re

from playbook.schema.effect import split
from playbook.schema.framework import Declared, Dynamic, Files, Framework, Migration
from playbook.schema.frameworks.rails import dump, migration, model, naming, ruby, source
from playbook.schema.frameworks.rails.code import Affix, Code, Others
from playbook.schema.frameworks.rails.migrate_command import FORMS, commands
from playbook.schema.frameworks.rails.ruby import Scope
from playbook.schema.syntax import line, text, tree, walk
from playbook.schema.unread import Unread

FILE = re.compile(r"(?:^|/)db/(?:\w+/)*\w*migrat\w*/(?:[^/]+/)*([0-9]+)_([_a-z0-9]*)\.?[_a-z0-9]*\.rb$")
"""`MigrationFilenameRegexp` in activerecord/lib/active_record/migration.rb; other databases of the application and
engines have folders of their own (https://guides.rubyonrails.org/active_record_multiple_databases.html)."""

CONFIGURATION = re.compile(r"(?:^|/)config/(?:application|initializers/\w+)\.rb$")


def wants(path: str) -> bool:
    """Migrations, models, and the configuration that changes what tables are called."""
    return bool(FILE.search(path) or CONFIGURATION.search(path) or model.wants(path) or dump.FILE.search(path))


def migrations(files: Files) -> tuple[Migration, ...]:
    """Every migration in the order of its number; files of the same number by their paths."""
    affix, found = _configured(files)
    numbered = [(path, match) for path in files if (match := FILE.search(path))]
    texts = {naming.camelized(match[2]): path for path, match in numbered}

    def other(name: str) -> Code | None:
        path = texts.get(name.rpartition("::")[2])
        try:
            return source.code(files[path], name) if path is not None else None
        except Unread:
            return None

    there: set[str] = set()
    dropped: dict[str, int] = {}
    for path, match in sorted(numbered, key=lambda one: (int(one[1][1][:30]), one[0])):
        found.append(_migration(path, match, files[path], affix, other, there))
        dump.carry_out(found[-1].operations, there)
        dropped |= {one.relation: int(match[1][:30]) for one in found[-1].operations if one.kind != "creates"}
    return (*found, *dump.dumped(files, there, dropped))


def _migration(
    path: str, match: re.Match[str], content: str, affix: Affix, other: Others, there: set[str]
) -> Migration:
    number, called = int(match[1][:30]), naming.camelized(match[2])
    try:
        code = source.code(content, called)
        effects = migration.effects(code, affix, other, there) if code else [Dynamic(1, "it has no migration class")]
    except (Unread, RecursionError) as error:
        why = str(error.args[0]) if isinstance(error, Unread) else "its code is nested too deep"
        return Migration("rails", f"{number} {called}", path, unread=why)
    operations, dynamic = split(effects)
    return Migration("rails", f"{number} {code.name if code else called}", path, operations, dynamic)


def _configured(files: Files) -> tuple[Affix, list[Migration]]:
    """What is put around every name; a migration that is none says so where it is computed."""
    affix, gaps = Affix(), list[Migration]()
    for path in sorted(files):
        if not CONFIGURATION.search(path) or "table_name_" not in files[path]:
            continue
        try:
            root = tree(files[path], "ruby")
        except Unread as unread:
            gaps.append(Migration("rails", path, path, unread=str(unread.args[0])))
            continue
        for node in walk(root):
            left = text(node.child_by_field_name("left")) if node.type == "assignment" else ""
            ending = left.rpartition(".")[2]
            if ending not in ("table_name_prefix", "table_name_suffix") or "active_record" not in left.lower():
                continue
            said = ruby.string(node.child_by_field_name("right"), Scope({}, {}, {}, {})).value
            if said is None:
                gaps.append(Migration("rails", path, path, (), (Dynamic(line(node), "it computes the tables' names"),)))
            else:
                affix = affix._replace(**{ending.removeprefix("table_name_"): said})
    return affix, gaps


def declared(files: Files) -> tuple[Declared, ...]:
    """The application's models."""
    return model.declared(files, _configured(files)[0])


framework = Framework(
    "rails",
    wants,
    migrations,
    declared,
    commands=commands,
    forms=FORMS,
    words=("db:prepare",),
    code=("active_record/migration", "active_record/tasks"),
    drivers=("activerecord", "active_record"),
    modular=True,
)
