"""Change sets of a changelog in every format, with the files that it includes.

https://docs.liquibase.com/concepts/changelogs/sql-format.html, https://docs.liquibase.com/change-types/include.html,
https://docs.liquibase.com/change-types/includeall.html
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from playbook.schema.frameworks.liquibase.nodes import LONGEST, Node, of_xml, of_yaml
from playbook.schema.sql_files import LIQUIBASE
from playbook.schema.unread import Unread

CHANGESET = re.compile(
    r"^[ \t]*--[ \t]*changeset[ \t]+(?P<author>\"[^\"]*\"|[^\s:]+):(?P<id>\"[^\"]*\"|\S+)(?P<rest>[^\n]*)$", re.I | re.M
)
ATTRIBUTE = re.compile(r"(\w+):(\"[^\"]*\"|\S+)")
PRECONDITION = re.compile(r"^[ \t]*--[ \t]*precondition(?P<all>s?)\b(?P<rest>[^\n]*)", re.IGNORECASE | re.MULTILINE)


class ChangeSet(NamedTuple):
    """One change set, or an include in its place among them (`includes`: a path, relative to the file or not)."""

    path: str
    line: int
    attributes: dict[str, str]
    changes: tuple[Node, ...] = ()
    preconditions: Node | None = None
    includes: str | None = None
    all_of: bool = False

    @property
    def is_property(self) -> bool:
        """Whether it is none, but a value that others are filled with."""
        return any(node.name == "property" for node in self.changes)

    @property
    def name(self) -> str:
        """As the log has it: `ChangeSet db/changelog/001.xml::1::jane ran successfully`."""
        path = self.attributes.get("logicalFilePath") or self.path
        return f"{path}::{self.attributes.get('id', '')}::{self.attributes.get('author', '')}"


def change_sets(path: str, text: str) -> tuple[ChangeSet, ...] | None:
    """What stands in the file, in order; None for a file that is no changelog. Raises `Unread`."""
    if len(text) > LONGEST:
        raise Unread(f"it is longer than {LONGEST:,} characters")
    if path.endswith(".sql"):
        return tuple(_of_sql(path, text)) if LIQUIBASE.match(text[:LONGEST]) else None
    if "databaseChangeLog" not in text:
        return None
    root = of_xml(text) if path.endswith(".xml") else of_yaml(text)
    return tuple(_of_nodes(path, root))


def _of_nodes(path: str, root: Node) -> Iterator[ChangeSet]:
    own = {name: root.attributes[name] for name in ("logicalFilePath",) if name in root.attributes}
    for node in root.children:
        if node.name in ("include", "includeAll"):
            where = node.attributes.get("file") or node.attributes.get("path") or ""
            yield ChangeSet(path, node.line, node.attributes, includes=where, all_of=node.name == "includeAll")
        elif node.name == "property":
            yield ChangeSet(path, node.line, node.attributes, (node,))
        elif node.name == "changeSet":
            inner = [one for child in node.children for one in (child.children if child.name == "changes" else [child])]
            changes = tuple(one for one in inner if one.name not in ("rollback", "preConditions"))
            yield ChangeSet(
                path, node.line, {**own, **node.attributes}, changes, next(node.named("preConditions"), None)
            )


def _of_sql(path: str, text: str) -> Iterator[ChangeSet]:
    """`--changeset author:id name:value …`: a `--rollback` line is a comment to the database and to us."""
    marks = list(CHANGESET.finditer(text))
    header = text[: marks[0].start()].strip().partition("\n")[0] if marks else ""
    own = {name: value.strip('"') for name, value in ATTRIBUTE.findall(header) if name == "logicalFilePath"}
    line = 1
    for place, mark in enumerate(marks):
        end = marks[place + 1].start() if place + 1 < len(marks) else len(text)
        attributes = own | {name: value.strip('"') for name, value in ATTRIBUTE.findall(mark["rest"])}
        attributes |= {"author": mark["author"].strip('"'), "id": mark["id"].strip('"')}
        line += text.count("\n", marks[place - 1].end() if place else 0, mark.end())
        body = text[mark.end() : end]
        conditions = list(PRECONDITION.finditer(body))
        told = dict(ATTRIBUTE.findall(" ".join(one["rest"] for one in conditions if one["all"])))
        checks = [Node("sqlCheck", line, {}, [], []) for one in conditions if not one["all"]]
        preconditions = Node("preConditions", line, told, checks, []) if conditions else None
        yield ChangeSet(
            path,
            line,
            attributes,
            (Node("sql", line, {"endDelimiter": attributes.get("endDelimiter", "")}, [], [body]),),
            preconditions,
        )
