"""Of pieces of a Python file, the classes and statements that are whole; the others are cut short or left out."""

import itertools
import re
from collections.abc import Iterator

from playbook.schema.piece import MOST_TRIED, Budget, Line, indent
from playbook.schema.sql_files import base
from playbook.schema.unified import Part


def mended(path: str, part: Part, lines: list[Line], budget: Budget) -> Iterator[Line]:
    if "/versions/" in f"/{path}" and part.start > 1:  # of which the head says that it is a revision
        yield Line("from alembic import op; import sqlalchemy as sa", 1, False)
        yield Line(f"revision = {base(path).partition('_')[0].removesuffix('.py')!r}; down_revision = None", 1, False)
    if any(re.search(r"\bTable\(", line.text) for line in lines):
        yield Line("from sqlalchemy import Table", 1, False)  # the head of the file, which says so, is not shown
    first = next((place for place, line in enumerate(lines) if re.match(r"[A-Za-z_@]", line.text)), len(lines))
    yield from _inside(path, part, lines[:first], budget)
    for block in _top_level(lines[first:]):
        listed = _list_of_operations(path, block)
        if listed and not budget.parses("py", "\n".join(line.text for line in block)):
            yield from _operations(part, listed, budget)
        else:
            yield from _closed(block, budget)


def _list_of_operations(path: str, lines: list[Line]) -> list[Line]:
    """What a migration of Django's has in its list, whose end may lie outside the piece."""
    opens = next((place for place, line in enumerate(lines) if OPERATIONS.match(line.text)), None)
    if opens is None or not re.search(r"(?:^|/)migrations/", path):
        return []
    outside = (
        place
        for place, line in enumerate(lines)
        if place > opens and line.text.strip() and indent(line.text) <= indent(lines[opens].text)
    )
    return lines[opens + 1 : next(outside, len(lines))]


OPERATIONS = re.compile(r"\s*operations\s*=\s*\[\s*$")


def _top_level(lines: list[Line]) -> Iterator[list[Line]]:
    """Each statement at the margin with what is indented below it; a decorator belongs to what follows."""
    block: list[Line] = []
    for line in lines:
        begins = re.match(r"[A-Za-z_@]", line.text) and not re.match(r"(?:else|elif|except|finally)\b", line.text)
        if begins and block and not all(re.match(r"@|\s*$|#", one.text) for one in block):
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _closed(block: list[Line], budget: Budget) -> Iterator[Line]:
    """The block up to where it can be read; a class of which only the head can, with nothing in it."""
    for end in range(len(block), max(len(block) - MOST_TRIED, 0), -1):
        if budget.parses("py", "\n".join(line.text for line in block[:end])):
            yield from block[:end]
            return
    head = next((place for place, line in enumerate(block) if line.text.startswith("class ")), None)
    if head is not None and budget.parses("py", f"{block[head].text} pass"):
        yield block[head]._replace(text=f"{block[head].text} pass")


def _inside(path: str, part: Part, lines: list[Line], budget: Budget) -> Iterator[Line]:
    """Lines whose class or function begins before the piece: the statements that are whole, under the heading."""
    heading = part.heading if re.match(r"(?:class|def|async def)\s.*:\s*$", part.heading) else ""
    indents = [indent(line.text) for line in lines if line.text.strip() and not re.match(r"\s*[)\]}#]", line.text)]
    if not indents:
        yield from [Line(f"{heading} pass", part.start, False)] if heading.startswith("class ") else []
        return
    level = min(indents)
    if within := _list_of_operations(path, lines):
        yield from _operations(part, within, budget)
        return
    listed = level >= ELEMENTS and "versions/" not in path and (not heading or "Migration" in heading)
    if listed and re.search(r"(?:^|/)migrations/", path):
        yield from _operations(part, lines, budget)
        return
    found = list(_statements(lines, level, budget))
    if not heading:
        found = [line for line in found if re.match(r"\s*__tablename__\s*=", line.text)]
        heading = "class Unnamed:"
    if found:
        yield Line(heading, part.start, False)
        yield from found
    elif heading.startswith("class "):
        yield Line(f"{heading} pass", part.start, False)


ELEMENTS = 8
"""Indentation of an operation in the list of a Django migration, as Django writes it."""


def _operations(part: Part, lines: list[Line], budget: Budget) -> Iterator[Line]:
    """A migration with those that are whole."""
    indents = [indent(line.text) for line in lines if line.text.strip() and not re.match(r"\s*[)\]}#]", line.text)]
    found = list(_statements(lines, min(indents), budget, "[", "]")) if indents else []
    if found:
        yield Line("from django.db import migrations, models", part.start, False)
        yield Line("class Migration(migrations.Migration):", part.start, False)
        yield Line("    operations = [", part.start, False)
        yield from found
        yield Line("    ]", part.start, False)


def _statements(lines: list[Line], level: int, budget: Budget, opened: str = "", closed: str = "") -> Iterator[Line]:
    """The statements at that indentation that are whole."""
    starts = [
        place
        for place, line in enumerate(lines)
        if line.text.strip() and indent(line.text) == level and not re.match(r"\s*[)\]}#]", line.text)
    ]
    for start, end in itertools.pairwise([*starts, len(lines)]):
        for cut in range(end, max(start, end - MOST_TRIED), -1):
            text = "\n".join(line.text[level:] for line in lines[start:cut])
            if budget.parses("py", f"{opened}{text}\n{closed}"):
                yield from lines[start:cut]
                break
