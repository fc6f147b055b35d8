"""Laravel keeps migrations in `database/migrations`, and runs them in the order of their files' names.

https://laravel.com/docs/migrations; a database that has none yet is loaded from `database/schema` first
(https://laravel.com/docs/migrations#squashing-migrations).
"""

import re

from playbook.schema import sql
from playbook.schema.effect import split
from playbook.schema.framework import Declared, Dynamic, Files, Framework, Migration
from playbook.schema.frameworks.laravel import migration, model, php
from playbook.schema.frameworks.laravel.migrate_command import FORMS, commands
from playbook.schema.frameworks.laravel.migration import Code
from playbook.schema.operation import Operation
from playbook.schema.syntax import Node, line, short, text, tree, walk
from playbook.schema.unread import Unread

FILE = re.compile(r"(?:^|/)migrations/(?:[^/]+/)*(\d{4}_\d\d_\d\d_\d+_[^/]+)\.php$", re.IGNORECASE)
DUMP = re.compile(r"(?:^|/)database/schema/[\w-]+-schema\.(?:sql|dump)$")
CONFIGURATION = re.compile(r"(?:^|/)config/database\.php$")


def wants(path: str) -> bool:
    """Migrations, models, the squashed ones, and the configuration that may put a prefix before every table."""
    return bool(FILE.search(path) or DUMP.search(path) or CONFIGURATION.search(path) or model.FILE.search(path))


def migrations(files: Files) -> tuple[Migration, ...]:
    """The squashed migrations, then each file in the order of its name, whatever its folder (`Migrator::run`)."""
    prefix, found = _prefix(files)
    there: set[str] = set()
    for path in sorted(filter(DUMP.search, files)):
        try:
            found.append(Migration("laravel", path, path, _lasting(sql.operations(files[path]))))
        except Unread as unread:
            found.append(Migration("laravel", path, path, unread=str(unread.args[0])))
        _carry_out(found[-1].operations, there)
    named = [(match[1], path) for path in files if (match := FILE.search(path))]
    for name, path in sorted(named):
        found.append(_migration(name, path, files[path], prefix, there))
        _carry_out(found[-1].operations, there)
    return tuple(found)


def _lasting(operations: tuple[Operation, ...]) -> tuple[Operation, ...]:
    """What `pg_dump` says, without the sequences of columns and the schema that every name has."""
    lasting = (one for one in operations if not one.relation.endswith("_seq"))
    return tuple(one._replace(schema_name=None) if one.schema_name == "public" else one for one in lasting)


def _carry_out(operations: tuple[Operation, ...], there: set[str]) -> None:
    for operation in operations:
        if operation.kind != "creates":
            there.discard(operation.relation)
        if operation.kind != "drops":
            there.add(operation.to or operation.relation)


def _migration(name: str, path: str, source: str, prefix: str, there: set[str]) -> Migration:
    try:
        code = _code(source)
        effects = migration.effects(code, prefix, there) if code else [Dynamic(1, "it has no migration class")]
    except (Unread, RecursionError) as error:
        why = str(error.args[0]) if isinstance(error, Unread) else "its code is nested too deep"
        return Migration("laravel", name, path, unread=why)
    operations, dynamic = split(effects)
    return Migration("laravel", name, path, operations, dynamic)


def _code(source: str) -> Code | None:
    """The migration's class, with a name or without; raises `Unread`."""
    kinds = ("class_declaration", "anonymous_class", "object_creation_expression")
    classes = [
        (node, next((one for one in node.named_children if one.type == "base_clause"), None))
        for node in walk(tree(source, "php"), lambda node: node.type != "method_declaration")
        if node.type in kinds and any(one.type == "declaration_list" for one in node.named_children)
    ]
    found = [(node, base) for node, base in classes if base is not None]
    if not found:
        return None
    node, base = next(((one, up) for one, up in found if "up" in php.members(one).methods), found[0])
    return Code(php.members(node), text(base).endswith("Migration"))


def _prefix(files: Files) -> tuple[str, list[Migration]]:
    """The prefix that the configuration gives every connection; a migration that is none where it is computed."""
    said: set[str] = set()
    computed: list[Migration] = []
    for path in sorted(filter(CONFIGURATION.search, files)):
        try:
            root = tree(files[path], "php")
        except Unread as unread:
            return "", [Migration("laravel", path, path, unread=str(unread.args[0]))]
        for node in walk(root, lambda one: _key(one) not in ("redis", "prefix")):
            if _key(node) == "prefix":
                value = php.value(node.named_child(1), php.Scope({}, {}))
                if isinstance(value, str):
                    said.add(value)
                else:
                    gap = Dynamic(line(node), "the prefix of the tables' names is computed")
                    computed.append(Migration("laravel", path, path, (), (gap,)))
    if len(said) > 1 and not computed:
        gap = Dynamic(1, f"its connections have different prefixes: {', '.join(sorted(said))}")
        return "", [Migration("laravel", path, path, (), (gap,)) for path in filter(CONFIGURATION.search, files)]
    return (said.pop() if len(said) == 1 and not computed else ""), computed


def _key(node: Node) -> str:
    """The key of an array's element."""
    keyed = node.type == "array_element_initializer" and node.named_child_count > 1
    return short(node.named_child(0)).strip("'\"") if keyed else ""


def declared(files: Files) -> tuple[Declared, ...]:
    """Eloquent's models."""
    return model.declared(files, _prefix(files)[0])


framework = Framework(
    "laravel",
    wants,
    migrations,
    declared,
    commands=commands,
    forms=FORMS,
    code=("Illuminate\\Database\\Migrations", "Illuminate/Database/Migrations"),
    drivers=("illuminate/database", "illuminate\\database"),
    modular=True,
)
