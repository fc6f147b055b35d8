"""The tables that Ecto's schemas declare: `schema "posts" do`, and `many_to_many` through a table of its own.

https://hexdocs.pm/ecto/Ecto.Schema.html
"""

import re
from collections.abc import Iterator

from playbook.schema.effect import HOLE
from playbook.schema.framework import Declared, Files
from playbook.schema.frameworks.ecto.nodes import arguments, block, called, keyword
from playbook.schema.frameworks.ecto.values import constants, value
from playbook.schema.syntax import Node, line, text, tree, walk
from playbook.schema.unread import Unread

FILE = re.compile(r"(?:^|/)lib/.+\.ex$")


def declared(files: Files) -> tuple[Declared, ...]:
    """The tables of `schema "posts" do` and of `many_to_many … join_through: "posts_tags"`."""
    found: list[Declared] = []
    for path in sorted(filter(FILE.search, files)):
        if 'schema "' not in files[path] and 'schema("' not in files[path]:
            continue
        try:
            root = tree(files[path], "elixir")
        except Unread:
            continue
        for module in (one for one in walk(root) if called(one) == "defmodule"):
            found += _schema(module, path)
    return tuple(found)


def _schema(module: Node, path: str) -> Iterator[Declared]:
    """`@schema_prefix` is the table's schema."""
    name = text(next(iter(arguments(module)), None))
    attributes = constants(module)
    prefix = attributes.get("@schema_prefix")
    for one in block(module):
        given = arguments(one)
        if called(one) != "schema" or not given or not isinstance(table := value(given[0], attributes), str):
            continue
        if HOLE not in table:
            yield Declared(table, name, path, line(one), prefix if isinstance(prefix, str) else None)
        for field in block(one):
            through = keyword(arguments(field), "join_through") if called(field) == "many_to_many" else None
            if through is not None and isinstance(joined := value(through, attributes), str) and HOLE not in joined:
                yield Declared(joined, f"{name}.{text(arguments(field)[0]).lstrip(':')}", path, line(field))
