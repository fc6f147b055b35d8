"""Methods that are none of Rails' commands, and what they tell by their names: that they loop, load, or make tables."""

import re
from collections.abc import Container

from playbook.schema.frameworks.rails import ruby
from playbook.schema.frameworks.rails.ruby import Scope, Value
from playbook.schema.syntax import Node, text

EACH = {
    *("each", "each_pair", "each_value", "each_key", "each_with_index", "each_with_object", "map", "flat_map"),
    *("find_each", "times", "upto", "downto", "step", "in_batches", "each_slice", "reverse_each", "select", "reject"),
    *("in_groups_of", "find_in_batches", "each_entry", "cycle", "filter_map", "collect", "loop", "inject", "reduce"),
    "each_batch",
}
"""Methods that run their block once for each of something, perhaps never."""

SOME_TABLE = re.compile(r"(?:create|drop|rename|copy|recreate|swap|clone|move)_\w*(?:table|view|partition)s?\w*!?")
"""Methods of gems and of the application that by their names make or take tables."""

HARMLESS = {
    "create_table_comment",
    "rename_table_indexes",
    "rename_table_sequences",
    "create_translation_table_columns",
}

SENDS = {"send", "public_send", "__send__"}
EVALUATES = {"eval", "instance_eval", "class_eval"}
LOADS = {"load", "system", "load_schema", "`"}


def is_of_tables(name: str) -> bool:
    """Whether a method of that name, which is none of Rails' own, makes or takes tables."""
    return SOME_TABLE.fullmatch(name) is not None and name not in HARMLESS


def is_unknown(node: Node, name: str, scope: Scope, known: Container[str]) -> bool:
    """Whether the call runs code that is not here: a file, a text, a task, a method by a computed name, or one
    of the `known` commands by its name."""
    receiver, given = node.child_by_field_name("receiver"), ruby.arguments(node)
    if name in SENDS:
        sent = ruby.value(given[0], scope) if given else None
        return not isinstance(sent, str) or sent in known
    if name in EVALUATES:
        return bool(given)
    return (name in LOADS and receiver is None) or (name == "invoke" and "Rake::" in text(receiver))


def rows_of(over: Value, method: str) -> list[Value] | None:
    """What a block gets each time; None where that is not written out."""
    if isinstance(over, dict):
        rows: dict[str, list[Value]] = {
            "each_key": list(over),
            "each_value": list(over.values()),
            "each": list(over.items()),
            "each_pair": list(over.items()),
        }
        return rows.get(method)
    if not isinstance(over, tuple) or method not in ("each", "map", "flat_map", "each_with_index", "reverse_each"):
        return None
    return list(over[::-1] if method == "reverse_each" else over)
