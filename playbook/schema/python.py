"""Python source read as a tree, never run: which calls it makes, with which literal arguments."""

import ast
import textwrap
import threading
import warnings
from collections.abc import Iterator

from playbook.schema.unread import Unread

_PARSING = threading.Lock()
"""One text at a time: Python's parser counts its depth for the whole process (github.com/python/cpython issue 106905,
mended in 3.11.8 and 3.12.2), and so does what silences its warnings."""


def tree(text: str) -> ast.Module:
    """The syntax tree of a module or of a piece of one (its indentation is taken away); raises `Unread`.

    Text made to break the parser ends in one of these errors at once: CPython bounds its own depth
    (https://docs.python.org/3/library/ast.html#ast.parse).
    """
    try:
        # `"\d"` in another's code is theirs.
        with _PARSING, warnings.catch_warnings(action="ignore", category=SyntaxWarning):
            return ast.parse(textwrap.dedent(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unread("its Python could not be parsed") from error


def name_of(call: ast.expr) -> str:
    """The last name of what is called or referred to: `migrations.CreateModel(…)` is `CreateModel`."""
    if isinstance(call, ast.Call):
        call = call.func
    if isinstance(call, ast.Attribute):
        return call.attr
    return call.id if isinstance(call, ast.Name) else ""


def owner_of(call: ast.expr) -> str:
    """The name before the last: `op.create_table(…)` is `op`; empty where there is none."""
    if isinstance(call, ast.Call):
        call = call.func
    return name_of(call.value) if isinstance(call, ast.Attribute) else ""


def argument(call: ast.Call, name: str, position: int | None = None) -> ast.expr | None:
    """An argument by keyword, or by position."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is not None and position < len(call.args):
        return call.args[position]
    return None


def elements(node: ast.expr | None) -> list[ast.expr]:
    """The elements of a list or tuple that is written out; [] otherwise."""
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else []


def calls(nodes: list[ast.stmt]) -> Iterator[ast.Call]:
    """Every call below the statements, in the order of the text."""
    found = [node for statement in nodes for node in ast.walk(statement) if isinstance(node, ast.Call)]
    yield from sorted(found, key=lambda call: (call.lineno, call.col_offset))
