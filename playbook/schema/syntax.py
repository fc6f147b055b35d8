"""Source code of a language that is not Python, read as a syntax tree and never run, in bounded size and time.

tree-sitter parses without recursion (https://tree-sitter.github.io/tree-sitter/), so nesting of any depth is safe here
as long as nobody walks it by recursion either: `walk` keeps a stack of its own.
"""

import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Literal

from tree_sitter import Language, Node, Parser, Point, Tree

from playbook.schema.unread import Unread

Grammar = Literal["elixir", "javascript", "php", "ruby", "tsx", "typescript"]

GRAMMARS: dict[Grammar, tuple[str, str]] = {
    "elixir": ("tree_sitter_elixir", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "ruby": ("tree_sitter_ruby", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
}
"""The package of each grammar, and its function that gives it."""

LONGEST = 1_000_000
"""Bytes of one file that are read: the longest migrations that people write have a tenth of that."""

SECONDS = 1.0
"""How long one file may take to parse: an ordinary one takes a thousandth of it."""

DEEPEST = 60
"""How deep nesting may be that readers follow by recursion: code that people write stays under half of that."""

LONG = 65_536
"""Bytes from which on a file's parsing is watched by the clock: a shorter one cannot take long."""

CHUNK = 1_024
"""Bytes handed to the parser at once, and again for the text of each node of a watched file."""


def tree(text: bytes | str, grammar: Grammar) -> Node:
    """The root of the text's syntax tree; raises `Unread` where it is too long, too slow, or not of the language."""
    source = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(source) > LONGEST:
        raise Unread(f"it is longer than {LONGEST:,} bytes")
    if b"\0" in source:
        raise Unread("it is binary")
    root = _parsed(source, Parser(_language(grammar))).root_node
    if root.has_error:
        raise Unread(f"its {grammar} could not be parsed (line {_first_error(root)})")
    return root


def _parsed(source: bytes, parser: Parser) -> Tree:
    if len(source) <= LONG:
        return parser.parse(source)
    until = time.monotonic() + SECONDS

    def chunk(start: int, _point: Point) -> bytes:
        return source[start : start + CHUNK]

    def late(_offset: int, _error: bool) -> bool:
        return time.monotonic() > until

    try:
        return parser.parse(chunk, progress_callback=late)
    except ValueError as error:  # what the binding raises when the callback stops it
        raise Unread(f"it could not be parsed in {SECONDS:g} seconds") from error


@cache
def _language(grammar: Grammar) -> Language:
    package, function = GRAMMARS[grammar]
    return Language(getattr(import_module(package), function)())


def walk(node: Node, into: Callable[[Node], bool] = lambda _node: True) -> Iterator[Node]:
    """The node and every named node below it, in the order of the text; below those for which `into` is false, none."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if into(one):
            waiting += reversed(one.named_children)


def line(node: Node) -> int:
    """The line on which the node begins, counted from 1."""
    return node.start_point.row + 1


def text(node: Node | None) -> str:
    """The source that the node covers; empty for None."""
    return node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""


def short(node: Node | None, longest: int = 200) -> str:
    """The source of a node that should be a name; empty for one that is longer, so that a walk over nested nodes does
    not copy them again at every level."""
    return text(node) if node is not None and node.end_byte - node.start_byte <= longest else ""


def quote(node: Node, longest: int = 60) -> str:
    """The node's source as one short line, fit for a sentence."""
    words = " ".join(text(node)[: 4 * longest].split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"


def _first_error(root: Node) -> int:
    found = (node for node in _all(root) if node.is_error or node.is_missing)
    return line(next(found, root))


def _all(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if one.has_error or one.is_missing:
            yield one
            waiting += reversed(one.children)


__all__ = ["DEEPEST", "LONGEST", "Grammar", "Node", "Unread", "line", "quote", "short", "text", "tree", "walk"]
