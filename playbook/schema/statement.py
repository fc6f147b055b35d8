"""What one text says of one relation: a statement that makes or removes it, or that it is there already.

Logs hold statements that were planned, refused or rolled back, and statements about a relation of the same name in
another schema; those are told apart here, so that no signal takes them for a deed.
"""

import re
from typing import Literal

from playbook.evidence.missing_relation import SCHEMA_IS_DATABASE, MissingRelation

Certainty = Literal["surely", "perhaps"]

LINE_LENGTH = 4_000
"""Characters of a log line that are read: statements name their relation at the beginning."""

DEFAULT_SCHEMAS = ("public", "dbo", "main")
"""Where an unqualified name lies unless somebody changed it: PostgreSQL, SQL Server, SQLite."""

PASSING_SCHEMA = re.compile(r"pg_temp|tempdb|temp$", re.IGNORECASE)

_BEFORE = r"\\?[\"'`\[]?"
_QUALIFIER = r"(?P<qualifier>(?:\\?[\"'`\[]?[\w$]{1,63}\\?[\"'`\]]?\.){0,2})"
_LISTED = r"(?:[\w$.\"'`\[\]\\]{1,200}\s{0,20},\s{0,20}){0,20}"
_KIND = r"(?:table|(?:materialized\s{1,20})?view)\s{1,20}"

NOT_DONE = re.compile(
    r"\b(?:cannot|can't|could\s?n[o']t|could\s+not|error|fatal|fail(?:ed|s|ure)?|denied|must\s+be\s+owner|would"
    r"|dry[- ]?run|plan(?:ned)?|rollback|rolled\s+back|skip(?:ped|ping)|notice|explain|sqlmigrate|does\s?n[o']t\s+exist"
    r"|does\s+not\s+exist)\b",
    re.IGNORECASE,
)
"""Words of databases and tools around a statement that did not take effect, or was only shown."""

COMMENT = re.compile(r"(?:^|\n)\s{0,40}(?:--|#|//|/\*)[^\n]{0,400}$")


def same_schema(relation: MissingRelation, schema: str | None) -> bool | None:
    """Whether a name in that schema (None: unqualified) is this relation's place; None where nobody told."""
    mine = relation.schema_name or (relation.database if relation.dialect in SCHEMA_IS_DATABASE else None)
    if schema is None:
        return True if mine is None or mine.casefold() in DEFAULT_SCHEMAS or not relation.schema_name else None
    if PASSING_SCHEMA.match(schema):
        return False
    if mine is not None:
        return mine.casefold() == schema.casefold()
    return True if schema.casefold() in DEFAULT_SCHEMAS else None


def makes(relation: MissingRelation, text: str) -> bool:
    """Whether the text holds a statement that creates the relation, fills it anew, or gives another one its name."""
    made = (
        rf"\bcreate\s{{1,20}}(?:or\s{{1,20}}replace\s{{1,20}})?(?:unlogged\s{{1,20}}|foreign\s{{1,20}})?"
        rf"(?:{_KIND}|sequence\s{{1,20}})(?:if\s{{1,20}}not\s{{1,20}}exists\s{{1,20}})?"
        rf"|\bselect\b[^;]{{1,300}}\binto\s{{1,20}}|\brename\b[^;]{{0,300}}\bto\s{{1,20}}"
    )
    return any(same_schema(relation, schema) is not False for schema, _ in _named(relation, f"(?:{made})", text))


def makes_temporary(relation: MissingRelation, text: str) -> bool:
    """Whether the text holds a statement that makes a relation of that name for the session alone.

    Only PostgreSQL takes `GLOBAL TEMPORARY` for that; Oracle, HANA and H2 define a lasting table by it.
    """
    other = relation.schema_name and relation.dialect not in SCHEMA_IS_DATABASE
    if other and not PASSING_SCHEMA.match(relation.schema_name or ""):
        return False
    reach = "local|private|global" if relation.dialect == "postgresql" else "local|private|set|multiset"
    made = (
        rf"\bcreate\s{{1,20}}(?:or\s{{1,20}}replace\s{{1,20}})?(?:(?:{reach})\s{{1,20}})?"
        rf"(?:temp|temporary|volatile)\s{{1,20}}(?:{_KIND}|sequence\s{{1,20}})(?:if\s{{1,20}}not\s{{1,20}}exists\s{{1,20}})?"
        r"|\bdeclare\s{1,20}(?:global|local)\s{1,20}temporary\s{1,20}table\s{1,20}"
        r"|\bselect\b[^;]{1,300}\binto\s{1,20}(?:local\s{1,20})?temp(?:orary)?\s{1,20}(?:table\s{1,20})?"
    )
    found = _named(relation, f"(?:{made})", text)
    return any(schema is None or PASSING_SCHEMA.match(schema) or same_schema(relation, schema) for schema, _ in found)


def mentions(relation: MissingRelation, text: str) -> int:
    """How often the text names the relation."""
    return len(_named(relation, r"(?<![\w$.])", text))


def removes(relation: MissingRelation, text: str) -> Certainty | None:
    """Whether the text is a statement that dropped or renamed the relation; a refused or intended one is not.

    Only *perhaps* where it says `IF EXISTS` (then it need not have been there) or another schema than the usual one.
    """
    dropped = rf"\bdrop\s{{1,20}}{_KIND}(?:if\s{{1,20}}exists\s{{1,20}})?{_LISTED}"
    renamed = rf"\b(?:alter|rename)\s{{1,20}}{_KIND}(?:if\s{{1,20}}exists\s{{1,20}})?(?:only\s{{1,20}})?"
    to = r"\\?[\"'`\]]?\s{1,20}(?:rename\s{1,20})?to\b"
    found: list[Certainty] = []
    for pattern, after in ((dropped, ""), (renamed, to)):
        for schema, match in _named(relation, pattern, text, after):
            around = text[: match.start()] + text[match.end() : LINE_LENGTH]
            same = same_schema(relation, schema)
            if same is False or NOT_DONE.search(around) or COMMENT.search(text[: match.start()]):
                continue
            sure = same and not re.search(r"if\s+exists", match[0], re.IGNORECASE)
            found.append("surely" if sure else "perhaps")
    return ("surely" if "surely" in found else "perhaps") if found else None


def says_it_exists(relation: MissingRelation, text: str) -> bool:
    """Whether a database refused to create the relation because it has it (PostgreSQL 42P07, MySQL 1050, …)."""
    after = r"\\?[\"'`\]»”]?\s{1,20}already\s{1,20}exists"
    return any(
        same_schema(relation, schema) for schema, _ in _named(relation, r"\b(?:relation|table)\s{1,20}", text, after)
    )


def says_it_is_missing(relation: MissingRelation, text: str) -> bool:
    """Whether the text reports the same error: what lacks the relation is not what should have made it."""
    told = " ".join(text[:LINE_LENGTH].split())
    return bool(relation.quote) and " ".join(relation.quote.split()) in told


def _named(
    relation: MissingRelation, before: str, text: str, after: str = ""
) -> list[tuple[str | None, re.Match[str]]]:
    """Each place where the pattern, the relation's name and what follows stand together, with the schema it tells."""
    if relation.name is None:
        return []
    name = rf"(?P<quote>{_BEFORE})(?P<name>{re.escape(relation.name)})"
    end = r"(?![\w$]|\\?[\"'`\]]?\.\\?[\"'`\[\w])"
    found = []
    for match in re.finditer(before + _QUALIFIER + name + end + after, text[:LINE_LENGTH], re.IGNORECASE):
        if relation.dialect == "postgresql" and '"' in match["quote"] and match["name"] != relation.name:
            continue  # quoted, PostgreSQL keeps the case: two names
        parts = [part for part in re.split(r"[\"'`\[\].\\]+", match["qualifier"]) if part]
        found.append((parts[-1] if parts else None, match))
    return found


def writes(statement: str) -> bool:
    """Whether it changes rows: such a statement goes to the primary, as a read replica would refuse it."""
    return WRITES.match(statement) is not None


WRITES = re.compile(r"\s*(?:insert|update|delete|merge|replace)\b", re.IGNORECASE)
