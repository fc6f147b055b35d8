"""The dumps that Rails writes after migrating: asked only for tables that no migration creates."""

import re
from collections.abc import Iterable, Iterator, Mapping, Set

from playbook.schema import sql
from playbook.schema.effect import split
from playbook.schema.framework import Files, Migration
from playbook.schema.frameworks.rails import migration, ruby
from playbook.schema.frameworks.rails.code import Affix, Code
from playbook.schema.frameworks.rails.ruby import Scope
from playbook.schema.operation import Operation
from playbook.schema.syntax import text, tree
from playbook.schema.unread import Unread

FILE = re.compile(r"(?:^|/)db/(?:\w+_)?(?:schema\.rb|structure\.sql)$")
"""What a new database is really made from (`bin/rails db:prepare`): where old migrations were deleted, or a gem brings
a dump alone (`db/queue_schema.rb` of Solid Queue), nothing else says that a table exists."""


def dumped(files: Files, there: Set[str], dropped: Mapping[str, int]) -> Iterator[Migration]:
    """The tables of each dump that no migration leaves `there`, last: it was written after the migrations up to
    its version. A table that a later migration `dropped` (by its number) stays dropped.

    Of two dumps of one database the configuration says which is kept (`config.active_record.schema_format`).
    """
    as_ruby = not any("schema_format = :sql" in text for path, text in files.items() if "config/" in path)
    for path in sorted(filter(FILE.search, files)):
        other = (
            path.replace("schema.rb", "structure.sql") if not as_ruby else path.replace("structure.sql", "schema.rb")
        )
        if other != path and other in files:
            continue
        try:
            version, operations = (_structure if path.endswith(".sql") else _schema)(files[path])
        except (Unread, RecursionError) as error:
            why = str(error.args[0]) if isinstance(error, Unread) else "its code is nested too deep"
            yield Migration("rails", path, path, unread=why)
            continue
        missing = [one for one in operations if one.kind == "creates" and one.relation not in there]
        missing = [one for one in missing if dropped.get(one.relation, 0) <= version]
        if missing:
            yield Migration("rails", path, path, tuple(_unqualified(one) for one in missing))


def _unqualified(operation: Operation) -> Operation:
    """`pg_dump` writes the schema before every name, migrations leave out that of the search path."""
    return operation._replace(schema_name=None) if operation.schema_name == "public" else operation


def carry_out(operations: Iterable[Operation], there: set[str]) -> None:
    """Changes which tables are there."""
    for operation in operations:
        if operation.kind != "creates":
            there.discard(operation.relation)
        if operation.kind != "drops":
            there.add(operation.to or operation.relation)


VERSIONS = re.compile(r"\('(\d{1,17})'\)")
"""The rows of `schema_migrations` that `structure.sql` ends with."""


def _structure(source: str) -> tuple[int, tuple[Operation, ...]]:
    """The version, and the tables and views, of a `structure.sql`; sequences belong to columns."""
    versions = [int(found[1]) for found in VERSIONS.finditer(source)]
    return max(versions, default=0), tuple(one for one in sql.operations(source) if not one.relation.endswith("_seq"))


def _schema(source: str) -> tuple[int, tuple[Operation, ...]]:
    """The version and the tables of a `schema.rb`: one call of `define`, with a block."""
    for one in tree(source, "ruby").named_children:
        block = one.child_by_field_name("block") if one.type == "call" else None
        if block is not None and text(one.child_by_field_name("method")) == "define":
            scope = Scope({}, {}, {}, {})
            version = str(ruby.keywords(one, scope).get("version")).replace("_", "")[:30]
            code = Code("", {"change": block}, scope, True)
            found = split(migration.effects(code, Affix(), lambda _name: None))[0]
            return int(version) if version.isdecimal() else 0, found
    return 0, ()
