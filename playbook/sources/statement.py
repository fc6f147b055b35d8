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

MOST_STATEMENTS = 50
"""Statements about relations that are kept of one event: a request makes a handful."""

KEYS = ("sql", "query", "statement", "db.statement", "db.query.text")
"""Under which names people and SDKs send a statement along (OpenTelemetry's `db.*` among them)."""

LINE_MARKERS = {
    "en": ("LINE {}: ",), "cs": ("ŘÁDKA {}: ",), "de": ("ZEILE {}: ",), "el": ("ΓΡΑΜΜΗ {}: ",), "es": ("LÍNEA {}: ",),
    "fr": ("LIGNE {} : ",), "he": ("השורה  {}: ",), "it": ("RIGA {}: ",), "ja": ("行 {}: ",), "ka": ("ხაზი {}: ",),
    "ko": ("줄 {}: ",), "pl": ("LINIA {}: ",), "pt_BR": ("LINHA {}: ",), "ru": ("СТРОКА {}: ",), "sv": ("RAD {}: ",),
    "tr": ("SATIR {}: ",), "uk": ("РЯДОК {}: ",), "zh_CN": ("第{}行", "第 {} 行: "), "zh_TW": ("行 {}: ",),
}  # fmt: skip
"""What libpq, and so each client made with it, writes before the line of the statement that the server points at: the
translations of its `LINE %d: ` (Debian's libpq5 15.18 and 15.20, `libpq5-15.mo`; he, pl, pt_BR and tr from
src/interfaces/libpq/po of earlier PostgreSQL). Only zh_CN has had two, one of them without a colon."""

_IN_TEXT = (
    re.compile(r"\[SQL: (.+?)\](?=\s*(?:\n|$))", re.DOTALL),  # SQLAlchemy: docs.sqlalchemy.org/errors
    re.compile(r"\((?:Connection: [^,()]{1,60}, )?SQL: (.+)\)", re.DOTALL),  # Laravel's QueryException
)
_WORDS = sorted({form.split("{}")[0].strip() for forms in LINE_MARKERS.values() for form in forms} - {"第"})
_SERVER_LINE = re.compile(
    rf"^(?:(?:{'|'.join(_WORDS)})[ \xa0]{{0,2}}\d{{1,5}}[ \xa0]?: ?"
    r"|第 ?\d{1,5} ?行(?:: ?)?(?=[!-~]))"  # what follows without a colon must not be a Chinese sentence
    r"(.+)$",
    re.MULTILINE,
)
_BEGINS = re.compile(
    r"\s*(?:select|insert|update|delete|with|merge|replace|create|alter|drop|truncate)\b", re.IGNORECASE
)
_NAMED = re.compile(r"\b(?:from|join|into|update|table)\s+((?:[\w$\"`.\[\]]+))", re.IGNORECASE)
_WORD = re.compile(r"[\w$]+")
_QUERY = re.compile(r"query$|db|sql|django\.db")
_MAKES = re.compile(
    r"\s{0,200}(?:(?:/\*[^*]{0,500}\*/|--[^\n]{0,500}\n)\s{0,200}){0,5}"
    r"(?:(?:create|drop|alter|rename|declare)\b|select\b[^;]{1,300}\binto\s)",
    re.IGNORECASE,
)


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


def schema_statements(event: Json) -> tuple[str, ...]:
    """The statements of the event's breadcrumbs that make, drop or rename a relation, oldest first.

    What one request, job or script of the process asked before it failed; SDKs keep the last hundred of all crumbs.
    """
    found = [
        one.strip() for crumb in _queries(event) for one in _texts(text(crumb, "message"))[:1] if _MAKES.match(one)
    ]
    return tuple(found[-MOST_STATEMENTS:])


def _queries(event: Json) -> list[dict[str, Json]]:
    """The breadcrumbs of database queries, oldest first."""
    crumbs = [
        row for one in rows(event, "entries") if one.get("type") == "breadcrumbs" for row in rows(one, "data", "values")
    ]
    return [crumb for crumb in crumbs if _QUERY.match(text(crumb, "category") or "")]


def _candidates(event: Json) -> Iterator[str]:
    """Texts that may be the statement, nearest to the failure first."""
    entries = rows(event, "entries")
    for crumb in reversed(_queries(event)):
        yield from _texts(text(crumb, "message"), *(text(crumb, "data", key) for key in KEYS))
    spans = [row for entry in entries if entry.get("type") == "spans" for row in rows(entry, "data")]
    for span in reversed(spans):
        if (text(span, "op") or "").startswith("db"):
            yield from _texts(text(span, "description"), *(text(span, "data", key) for key in KEYS))
    contexts = at(event, "contexts")
    places = [at(event, "context"), *(contexts.values() if isinstance(contexts, dict) else ())]
    for place in places:
        yield from _texts(*(text(place, key) for key in KEYS))


def _texts(*found: str | None) -> list[str]:
    return [one[:LONGEST] for one in found if one]
