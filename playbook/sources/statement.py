"""Finds the SQL statement that an event carries: SDKs, ORMs and servers put it in six places, or nowhere.

A statement in the exception's own text is the one that failed. One found elsewhere (breadcrumbs, spans, extra data)
may be another of the same request: it counts only if it names something that the error names too.
"""

import re
from collections.abc import Iterator, Sequence

from playbook.evidence.error import Error
from playbook.evidence.json import Json
from playbook.sources.reading import at, rows, text

LONGEST = 4_000
"""Characters of a statement that are kept."""

KEYS = ("sql", "query", "statement", "db.statement", "db.query.text")
"""Under which names people and SDKs send a statement along (OpenTelemetry's `db.*` among them)."""

_IN_TEXT = (
    re.compile(r"\[SQL: (.+?)\](?=\s*(?:\n|$))", re.DOTALL),  # SQLAlchemy: docs.sqlalchemy.org/errors
    re.compile(r"\((?:Connection: [^,()]{1,60}, )?SQL: (.+)\)", re.DOTALL),  # Laravel's QueryException
)
_SERVER_LINE = re.compile(r"^(?:LINE|ZEILE|LIGNE|LÍNEA|LINHA|RIGA|СТРОКА|行) ?\d{1,5}: ?(.+)$", re.MULTILINE)
_BEGINS = re.compile(
    r"\s*(?:select|insert|update|delete|with|merge|replace|create|alter|drop|truncate)\b", re.IGNORECASE
)
_NAMED = re.compile(r"\b(?:from|join|into|update|table)\s+((?:[\w$\"`.\[\]]+))", re.IGNORECASE)
_WORD = re.compile(r"[\w$]+")


def statement_of(event: Json, errors: Sequence[Error]) -> str | None:
    """The statement that failed, as the event has it; a part of it where only the server's `LINE 1:` tells it."""
    for error in reversed(errors):
        for form in _IN_TEXT:
            found = form.search(error.value)
            if found:
                return found[1].strip()[:LONGEST]
    named = {word.lower() for error in errors for word in _WORD.findall(error.value)}
    for candidate in _candidates(event):
        tables = {word.lower() for name in _NAMED.findall(candidate) for word in _WORD.findall(name)[-1:]}
        if _BEGINS.match(candidate) and tables & named:
            return candidate.strip()[:LONGEST]
    lines = [found for error in errors if (found := _SERVER_LINE.search(error.value))]
    return lines[-1][1].strip()[:LONGEST] if lines else None


def _candidates(event: Json) -> Iterator[str]:
    """Texts that may be the statement, nearest to the failure first."""
    entries = rows(event, "entries")
    crumbs = [row for entry in entries if entry.get("type") == "breadcrumbs" for row in rows(entry, "data", "values")]
    for crumb in reversed(crumbs):
        category = text(crumb, "category") or ""
        if category == "query" or category.startswith(("db", "sql", "django.db")):
            yield from _texts(text(crumb, "message"), *(text(crumb, "data", key) for key in KEYS))
    spans = [row for entry in entries if entry.get("type") == "spans" for row in rows(entry, "data")]
    for span in reversed(spans):
        if (text(span, "op") or "").startswith("db"):
            yield from _texts(text(span, "description"), *(text(span, "data", key) for key in KEYS))
    contexts = at(event, "contexts")
    places = [at(event, "context"), *(contexts.values() if isinstance(contexts, dict) else ())]
    for place in places:
        yield from _texts(*(text(place, key) for key in KEYS))


def _texts(*found: str | None) -> Iterator[str]:
    yield from (one[:LONGEST] for one in found if one)
