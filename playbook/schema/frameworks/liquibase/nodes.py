"""A changelog in XML, YAML or JSON as one kind of tree, with line numbers.

https://docs.liquibase.com/concepts/changelogs/changelog-formats.html
"""

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat

import yaml

from playbook.schema.unread import Unread

LONGEST = 1_000_000
"""Characters of one changelog that are read."""
DEEPEST = 100
"""Levels of nesting: a changelog has some ten."""
MOST = 200_000
"""Elements of one changelog: an alias in YAML may stand for many."""

BRACKETS = re.compile(r"[\[{]|[\]}]")
NESTED_LINE = re.compile(rf"(?:[-?]\s+){{{DEEPEST}}}|^\s{{{DEEPEST * 10},}}\S", re.MULTILINE)


class Node(NamedTuple):
    name: str
    line: int
    attributes: dict[str, str]
    children: "list[Node]"
    texts: list[str]

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def named(self, *names: str) -> "Iterator[Node]":
        return (child for child in self.children if child.name in names)


def of_xml(text: str) -> Node:
    """The root element; names without their namespace. Raises `Unread`; declares no entity, fetches nothing."""
    root = Node("", 1, {}, [], [])
    stack = [root]
    parser = expat.ParserCreate()

    def opened(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise Unread("its XML is nested too deeply")
        node = Node(name.rpartition(":")[2], parser.CurrentLineNumber, attributes, [], [])
        stack[-1].children.append(node)
        stack.append(node)

    def spoken(data: str) -> None:
        stack[-1].texts.append(data)

    def closed(_name: str) -> None:
        stack.pop()

    def declared(*_: object) -> None:
        raise Unread("its XML declares entities")

    parser.StartElementHandler = opened
    parser.EndElementHandler = closed
    parser.CharacterDataHandler = spoken
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(text.encode(), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise Unread("its XML could not be parsed") from error
    return root.children[0] if root.children else root


def of_yaml(text: str) -> Node:
    """The same of YAML, and of JSON, which is a part of it: a mapping's texts are attributes, the rest children."""
    depth = deepest = 0
    for bracket in BRACKETS.finditer(text):
        depth += 1 if bracket[0] in "[{" else -1
        deepest = max(deepest, depth)
    if deepest > DEEPEST or NESTED_LINE.search(text):
        raise Unread("it is nested too deeply")
    try:
        tree = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise Unread("its YAML could not be parsed") from error
    root = Node("", 1, {}, [], [])
    waiting: list[tuple[Node, yaml.Node]] = [(root, tree)] if tree is not None else []
    seen = 0
    while waiting:
        seen += 1
        if seen > MOST:
            raise Unread(f"it has more than {MOST:,} elements")
        into, node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            waiting += reversed([one for key, value in node.value for one in _entry(into, key, value)])
        elif isinstance(node, yaml.SequenceNode):
            waiting += [(into, one) for one in reversed(node.value)]
        elif isinstance(node, yaml.ScalarNode):
            into.texts.append(node.value)
    return _in_order(root)


def _entry(into: Node, key: yaml.Node, value: yaml.Node) -> list[tuple[Node, yaml.Node]]:
    name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
    if isinstance(value, yaml.ScalarNode):
        into.attributes[name] = value.value
    child = Node(name, _first_line(key, value), {}, [], [])
    into.children.append(child)
    return [(child, value)]


def _first_line(key: yaml.Node, value: yaml.Node) -> int:
    """Where the text begins: one in a block (`sql: |`) in the line below."""
    block = isinstance(value, yaml.ScalarNode) and value.style in ("|", ">")
    return int((value.start_mark.line + 2) if block else key.start_mark.line + 1)


def _in_order(root: Node) -> Node:
    return next(root.named("databaseChangeLog"), root)
