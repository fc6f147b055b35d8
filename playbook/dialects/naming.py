"""A name as a message prints it: found between whatever quotes stand there, then split where it is qualified.

PostgreSQL prints `relation "a.b" does not exist` both for the table b of the schema a and for a table called `a.b`:
a dot that is not inside quotes of its own is read as qualification.
"""

import re
from dataclasses import dataclass
from typing import Literal

MAX_NAME = 300
"""Characters: three identifiers of the longest kind (128 in SQL Server and Oracle) and their dots, roughly."""

QUOTES = (
    ('""', '""'),  # doubled by a CSV log
    ("''", "''"),  # doubled inside an SQL string
    ('"', '"'),
    ("'", "'"),
    ("`", "`"),
    ("«", "»"),
    ("»", "«"),
    ("„", "[“”]"),
    ("“", "[”“]"),
    ("”", "”"),
    ("‘", "’"),
    ("‚", "[‘’]"),
    ("「", "」"),
    ("『", "』"),
    ("‹", "›"),
    ("›", "‹"),
    ("＂", "＂"),
)
"""What opens a name and what closes it: the catalogues' own, their earlier ones, and what loggers make of them."""

OPENING = "\"'`«»„“”‘‚「『‹›＂"
CLOSING = "\"'`«»“”’‘」』‹›＂"

PLAIN = r"[\w$#@{}%*+-]{1,128}"
_SEGMENT = rf'(?:"[^"\n]{{1,128}}"|`[^`\n]{{1,128}}`|\[[^\]\n]{{1,128}}\]|{PLAIN})'
BARE = rf"({_SEGMENT}(?:\.{{1,2}}{_SEGMENT}){{0,3}})"
"""An unquoted name, or one quoted part by part, as one group."""


def quoted(stop: str = "", marks: str = "") -> str:
    """The pattern of one quoted name, a group for each kind of quotes (of `marks` only, if given).

    A closing quote inside the name counts as part of it only if the name goes on right behind it; `stop` is what may
    follow the real closing quote where a language writes no space there.
    """
    ends = rf"(?![\s,;:)\]}}]|\.?$|\.\s{'|' + stop if stop else ''})"
    kinds = []
    for opening, closing in QUOTES:
        if marks and opening[0] not in marks:
            continue
        step = rf"(?:(?!{closing})[^\r\n]|{closing}{ends})"
        kinds.append(rf"{opening}\s?(?=\S)({step}{{1,{MAX_NAME}}}?)\s?{closing}")
    return "(?:" + "|".join(kinds) + ")"


def captured(found: re.Match[str]) -> str | None:
    """The name in whichever group caught it; the group `within` is for what the sentence says it was looked for in."""
    within = found.re.groupindex.get("within")
    groups = enumerate(found.groups(), start=1)
    return next((group for index, group in groups if group is not None and index != within), None)


def within(found: re.Match[str], name: "Name", order: "Order") -> "Name":
    """The name, qualified by what the sentence says it was looked for in, if it was not qualified itself."""
    place = found.groupdict().get("within")
    if not place or name.schema or name.database:
        return name
    return Name(name.name, database=place) if order == "database" else Name(name.name, schema=place)


Order = Literal["schema", "database", "colon"]
"""What stands before the name: its schema (and before that its database), or its database alone as in MySQL."""


@dataclass(frozen=True)
class Name:
    """A relation's name, unquoted, and what qualified it."""

    name: str
    schema: str | None = None
    database: str | None = None


_PART = re.compile(r'"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|\[((?:[^\]]|\]\])+)\]|([^."`\[\]]+)')
_LIST = re.compile(r"[\w$.]+(?:,[\w$.]+)+")
_JOINTS = ('"."', "`.`", "].[", "'.'")


def _parts(raw: str) -> list[str]:
    """The parts of a qualified name; dots inside quotes do not part."""
    for joint in _JOINTS:
        if joint in raw and raw[0] not in "\"`['":
            return raw.split(joint)
    if not any(mark in raw for mark in '"`['):
        return raw.split(".")
    parts: list[str] = []
    at = 0
    while at < len(raw):
        found = _PART.match(raw, at)
        if found is None:
            return raw.split(".")
        double, back, bracket, plain = found.groups()
        if double is not None:
            parts.append(double.replace('""', '"'))
        elif back is not None:
            parts.append(back.replace("``", "`"))
        else:
            parts.append(bracket.replace("]]", "]") if bracket is not None else plain)
        at = found.end()
        if at < len(raw) and raw[at] != ".":
            return raw.split(".")
        while at < len(raw) and raw[at] == ".":
            at += 1
    return parts


def name_of(raw: str, order: Order) -> Name:
    """`shop.orders` -> name orders, schema shop (or database shop); what cannot be parted stays whole."""
    raw = raw.replace('\\"', '"')
    if order == "database":
        if _LIST.fullmatch(raw):  # MySQL lists all that it was to drop and does not have
            raw = raw.partition(",")[0]
        database, dot, name = raw.partition(".")
        if any(mark in raw for mark in '"`[') or "'.'" in raw:
            parts = _parts(raw)
            return Name(parts[-1], database=parts[-2] if len(parts) > 1 else None)
        return Name(name, database=database) if database and dot and name else Name(raw)
    if order == "colon" and ":" in raw:
        project, _, rest = raw.rpartition(":")
        qualified = name_of(rest, "schema")
        return Name(qualified.name, qualified.schema, project)
    parts = [part for part in _parts(raw) if part] if ".." in raw else _parts(raw)
    if not all(parts) or not parts:
        return Name(raw)
    if ".." in raw and len(parts) > 1:  # SQL Server: the default schema of that database
        return Name(parts[-1], database=parts[-2])
    if len(parts) == 1:
        return Name(parts[0])
    if len(parts) == 2:  # noqa: PLR2004
        return Name(parts[1], schema=parts[0])
    return Name(parts[-1], schema=parts[-2], database=".".join(parts[:-2]))
