"""A file of which only pieces are known, made readable: what is whole in them stays, the rest is left blank.

A diff shows of a changed file its changed lines and a few around them. Each side of it becomes a text that the
frameworks read as they read any file: statements and classes that begin or end outside the pieces are closed or left
out, and the line that git shows beside a piece (`@@ … @@ class Order(Base):`) says what its first lines stand in.
"""

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from playbook.evidence.suspects import is_migration
from playbook.schema import forward, python_pieces
from playbook.schema.changelog_pieces import CHANGELOGS
from playbook.schema.piece import GRAMMARS, MOST_TRIED, Budget, Line, indent
from playbook.schema.sql_files import FLYWAY, MARK, NUMBERED, base
from playbook.schema.unified import Part

MIGRATES = re.compile(
    r"(?:create|drop|rename|delete)[\s_(:.]*(?:if[\s_]?(?:not[\s_]?)?exists\s+)?(?:or\s+replace\s+)?(?:temp\w*\s+|unlogged\s+)?"
    r"(?:materialized[\s_]*)?(?:virtual\s+|foreign\s+|join_?)?(?:table|view|model|sequence)|\brename\s+to\b|\bset\s+schema\b"
    r"|\bexecute|\braw\b|\bquery\s*\(|\bstatement\s*\(|\bunprepared\b|\bRunSQL\b|\bSchema::(?:create|drop|rename)"
    r"|AlterModelTable|ManyToMany|SeparateDatabase|\bschema\.(?:create|drop|rename)|\bchangeSet\b",
    re.IGNORECASE,
)
"""Words of an added line that may do something to a relation; a column or an index has none of them."""

HARMLESS = re.compile(
    r"(?:execute\w*|raw|query|statement)\s*\(?\s*(?:text\()?[frbu]{0,2}[\"'`]{1,3}\s*(?:SELECT|INSERT|UPDATE|DELETE|COMMENT|GRANT|ANALYZE"
    r"|(?:CREATE|DROP)\s+(?:UNIQUE\s+)?(?:INDEX|EXTENSION|TRIGGER)|ALTER\s+TABLE\s+\S+\s+(?:ADD|DROP|ALTER)|\w+\(\))"
    r"|\bdefaultTo\(",
    re.IGNORECASE,
)
"""Lines that run something, and show that it is nothing of the kind."""

COMMENT = re.compile(r"\s*(?:#|//|/?\*|--)")


DECLARES = re.compile(
    r"__tablename__|\bModel\b|Model\)|\bTable\(|\bmodels\.|\btable=True|@(?:View)?Entity|\bEntitySchema"
    r"|\.define\(|\.init\(|@Table|table_name|ApplicationRecord|ActiveRecord|belongs_?to_?many|many_to_many|\bschema[ (]"
    r"|\bextends\b|db_table"
)
"""Words without which pieces of a file declare no relation."""

ALWAYS = (".sql", ".prisma", ".xml", ".yaml", ".yml")


class Pieced(NamedTuple):
    """`numbers` are those of the text's lines in the file, `fresh` says which of them the other side lacks; `lost` are
    the lines that only this side has, that could not be read, and that may migrate."""

    text: str
    numbers: tuple[int, ...]
    whole: bool
    fresh: tuple[bool, ...] = ()
    lost: tuple[Line, ...] = ()

    def brings(self, line: int) -> bool:
        """Whether the change brought the text's line."""
        return line <= len(self.fresh) and self.fresh[line - 1]

    def names(self, relation: str) -> bool:
        """Whether a line that the change brought writes the name out."""
        quoted = re.compile(rf"[\"':.`]{re.escape(relation)}[\"'`]?(?!\w)")
        return any(
            fresh and quoted.search(text) for text, fresh in zip(self.text.split("\n"), self.fresh, strict=False)
        )


def pieced(path: str, parts: tuple[Part, ...], whole: bool, budget: "Budget") -> Pieced:
    """The side's text; `whole` where nothing of the file is missing (it is new, or deleted)."""
    every = [_lines(part) for part in parts]
    if whole or not parts:
        return _pieced([line for part in every for line in part], True)
    ending = path.rpartition(".")[2].lower()
    if len(parts) == 1 and parts[0].start <= 1 and budget.parses(ending, "\n".join(parts[0].lines)):
        return _pieced(every[0], True)
    if _migrates(path) and ending in GRAMMARS:
        kept, backward = _forward(path, ending, every, budget)
    else:
        kept, backward = _kept(path, ending, parts, every, budget), set()
    if not _migrates(path):
        return _pieced(kept, False)
    read = {line.number for line in kept if line.text.strip()} | backward
    fresh = (line for lines in every for line in lines if line.fresh and line.number not in read)
    lost = tuple(line for line in fresh if _may_migrate(line.text))
    return _pieced(kept, False)._replace(lost=lost)


def _may_migrate(text: str) -> bool:
    return bool(MIGRATES.search(text)) and not COMMENT.match(text) and not HARMLESS.search(text)


def _kept(path: str, ending: str, parts: tuple[Part, ...], every: list[list[Line]], budget: "Budget") -> list[Line]:
    kept: list[Line] = []
    runs_forward = _is_forward(path, parts)
    for part, lines in zip(parts, every, strict=True):
        kept += _mended(ending, path, part, lines, budget, runs_forward)
        kept.append(Line(GAPS.get(ending, ""), lines[-1].number if lines else 1, False))
    return kept


def _forward(path: str, ending: str, every: list[list[Line]], budget: "Budget") -> tuple[list[Line], set[int]]:
    """The statements of a migration that run forward, in a migration of their own, and the lines of the way back."""
    found: list[Line] = []
    backward: set[int] = set()
    within = forward.around(path, ending, "\n".join(line.text for lines in every for line in lines))
    if within is None:
        return [], backward
    texts = [[line.text for line in lines] for lines in every]
    for part, start, end in forward.statements(ending, texts, within, lambda text: budget.parses(ending, text)):
        found += every[part][start:end]
    backward |= {every[part][place].number for part, place in forward.backward(ending, texts)}
    if not found:
        return [], backward
    before = [Line(text, found[0].number, False) for text in within.before]
    return [*before, *found, *(Line(text, found[-1].number, False) for text in within.after)], backward


def may_matter(path: str, parts: tuple[Part, ...]) -> bool:
    """Whether pieces of a file, of both its sides, may tell anything: most changed files are neither."""
    if _migrates(path) or path.endswith(ALWAYS):
        return True
    return any(DECLARES.search(text) for part in parts for text in (part.heading, *part.lines))


def _migrates(path: str) -> bool:
    if path.endswith(CODE) and not re.search(r"migrat", path, re.IGNORECASE):
        return "/versions/" in f"/{path}" and path.endswith(".py")
    return (is_migration(path) or "/versions/" in f"/{path}") and not path.endswith(".ex")


CODE = (*(f".{ending}" for ending in GRAMMARS), ".py")
"""Files of code, of which those in a folder named `changelog` or `versions` are mostly the product's own."""


def _lines(part: Part) -> list[Line]:
    return [
        Line(text, number, fresh)
        for number, (text, fresh) in enumerate(zip(part.lines, part.fresh, strict=True), max(part.start, 1))
    ]


def _pieced(lines: list[Line], whole: bool) -> Pieced:
    return Pieced(
        "\n".join(line.text for line in lines) + "\n",
        tuple(line.number for line in lines),
        whole,
        tuple(line.fresh for line in lines),
    )


GAPS = {"sql": ";", "prisma": "}"}
"""What ends a statement or block that a gap cuts off."""


def _mended(ending: str, path: str, part: Part, lines: list[Line], budget: Budget, runs_forward: bool) -> list[Line]:
    if ending == "py":
        return list(python_pieces.mended(path, part, lines, budget))
    if ending == "sql":
        return list(_sql(lines, runs_forward))
    if ending == "prisma":
        return [*([Line(part.heading, part.start, False)] if part.heading else []), *lines]
    if ending in CHANGELOGS:
        return list(CHANGELOGS[ending](lines))
    if ending == "rb" and "migrat" not in path:
        return list(_ruby(part, lines))
    return list(_blocks(ending, lines, budget)) if ending in GRAMMARS else []


# Ruby, of whose models only a few lines matter

SAYS = re.compile(
    r"\s*(?:self\.(?:table_name|table_name_prefix|abstract_class)\s*=|set_table_name\b|primary_abstract_class\b"
    r"|has_and_belongs_to_many\b).*[^,\\]\s*$"
)
OPENS = re.compile(r"\s*(?:class|module)\s+[A-Z][\w:]*(?:\s*<\s*[\w:]+(?:\[[\d.]+\])?)?\s*$")


def _ruby(part: Part, lines: list[Line]) -> Iterator[Line]:
    """Classes and what they say of their tables, by their indentation; everything else is left out."""
    opened: list[int] = []
    if OPENS.match(part.heading):
        opened.append(indent(part.heading))
        yield Line(part.heading, part.start, False)
    for line in lines:
        if not line.text.strip():
            continue
        while opened and indent(line.text) <= opened[-1]:
            opened.pop()
            yield Line("end", line.number, False)
        if OPENS.match(line.text):
            opened.append(indent(line.text))
            yield line
        elif opened and SAYS.match(line.text):
            yield line
    yield from (Line("end", lines[-1].number, False) for _ in opened if lines)


# Languages with blocks


def _blocks(ending: str, lines: list[Line], budget: Budget) -> Iterator[Line]:
    """Whole blocks at the margin."""
    starts = [place for place, line in enumerate(lines) if re.match(r"[^\s)\]}*/]", line.text)]
    starts = [one for one in starts if not (one and lines[one - 1].text.startswith("@"))]  # a decorator's class
    opened = "<?php\n" if ending == "php" else ""
    if opened and starts:
        yield Line("<?php", lines[0].number, False)
    for start, end in itertools.pairwise([*starts, len(lines)]):
        block = [line for line in lines[start:end] if not line.text.startswith("<?php")]
        text = "\n".join(line.text for line in block)
        if budget.parses(ending, f"{opened}{text}"):
            yield from block
        elif ending != "exs" and (cut := _cut(ending, block, opened, budget)):
            yield from cut


def _cut(ending: str, block: list[Line], opened: str, budget: Budget) -> list[Line]:
    """A class whose end lies outside, closed as early as it can be read."""
    if not any(re.search(r"\bclass\b", line.text) for line in block[:8]):
        return []
    for end in range(len(block), max(len(block) - MOST_TRIED, 0), -1):
        text = "\n".join(line.text for line in block[:end])
        if budget.parses(ending, f"{opened}{text}\n}}"):
            return [*block[:end], Line("}", block[end - 1].number, False)]
    return []


# SQL


def _is_forward(path: str, parts: tuple[Part, ...]) -> bool:
    """Whether every statement runs forward: tools that keep both ways in one numbered file say so from its top on."""
    numbered = NUMBERED.match(base(path))
    if numbered is None or numbered["way"] or FLYWAY.match(base(path)):
        return True
    return parts[0].start <= 1 and not any(MARK.search("\n".join(part.lines)) for part in parts)


def _sql(lines: list[Line], runs_forward: bool) -> Iterator[Line]:
    """Statements; of a file with both ways only pieces that show which way they are."""
    if any(re.match(r"\s*--\s*changeset\s", line.text) for line in lines):
        yield Line("--liquibase formatted sql", lines[0].number, False)
        yield from lines
        return
    mark = next((found for line in lines if (found := MARK.search(line.text))), None)
    if mark is not None and mark.lastgroup is not None:
        yield Line(UPWARD[mark.lastgroup], lines[0].number, False)  # what comes before the mark of the way down
        yield from lines
    elif runs_forward:
        yield from lines


UPWARD = {"dbmate": "-- migrate:up", "goose": "-- +goose Up", "sql_migrate": "-- +migrate Up"}
"""How each tool marks the way forward, which all of them want first."""


__all__ = ["Budget", "Pieced", "may_matter", "pieced"]
