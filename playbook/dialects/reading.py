"""A *relation missing* error is recognised by what the database said, and the relation read from it.

A sentence counts only if no longer sentence of the same catalogue fits around it (`column … of relation … does not
exist`) and nothing says that it was no error (`NOTICE: … skipping`). Of several, the first that names a relation is
the subject: aborted transactions and wrappers around it name none.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import playbook.dialects
from playbook.dialects.form import Code, Dialect, Form
from playbook.dialects.naming import CLOSING, Name, captured, name_of, quoted, within
from playbook.dialects.unwrapping import cut, stages, unbroken
from playbook.dialects.wording import compiled
from playbook.evidence.error import Error
from playbook.evidence.missing_relation import Kind, MissingRelation

REACH = 700
"""Characters looked at on either side of an anchor: a whole sentence with the longest name in it."""
PLACES = 24
"""Anchors looked at in one text for one form: the first and the last half of them. Bounds hostile text."""
QUOTE = 300
"""Characters of the quoted sentence: what a card can show."""

_NO_ERROR = re.compile(r"(?:^|[.:])(?:\w*Warning|(?!\w*(?:Table|Relation))\w*DoesNotExist|\w*ValidationError)$")
_BELONGS_TO = re.compile(r"(?:^|\W)(?:of|for|on)\s+(?:the\s+)?$", re.IGNORECASE)
_METADATA = re.compile(
    r"\btype\W{1,9}(?:(?:array|object)_relation|(?:select|insert|update|delete)_permission)"
    r"|\binconsistent[ _](?:object|metadata)",
    re.IGNORECASE,
)
"""Hasura on its own metadata, not on the database."""
_ELSEWHERE = re.compile(r"\s+(?:in|on|for)\s+(?:the\s+)?(?:source|metadata|model|entity|class|type)\b", re.IGNORECASE)
_NOTE = re.compile(r"\bNote\W{1,4}$|\b(?:Note|Warning)\W{1,4}\(?(?:Code )?\d{4}\W{1,5}$", re.IGNORECASE)
_STATEMENT = re.compile(r"\[?\(?\b(?:SQL|LINE \d+|Query|Position)\s?:.*", re.DOTALL)


@dataclass(frozen=True)
class Sighting:
    """One sentence found in one text."""

    start: int
    end: int
    name: Name | None
    kind: Kind
    dialect: str | None
    quote: str
    native: bool = True
    """Whether the name stands in the quotes that this product itself writes."""
    refused: bool = False
    """Whether it is part of a look-alike."""


@cache
def dialects() -> tuple[Dialect, ...]:
    """Every dialect file's declaration, in the order of the files' names."""
    names = sorted(module.name for module in pkgutil.iter_modules(playbook.dialects.__path__))
    modules = [importlib.import_module(f"playbook.dialects.{name}") for name in names]
    return tuple(module.DIALECT for module in modules if hasattr(module, "DIALECT"))


@cache
def _by_anchor() -> dict[str, list[tuple[Form, Dialect]]]:
    found: dict[str, list[tuple[Form, Dialect]]] = {}
    for dialect in dialects():
        for form in dialect.reads:
            found.setdefault(form.anchors[0], []).append((form, dialect))
    return found


def missing_relation(errors: Sequence[Error], url: str = "") -> MissingRelation | None:
    """The relation that the database says it does not have, or None where that is not what it says.

    `errors` are the exceptions of a chain in any order, possibly with the issue's own type and value; the first that
    names the relation wins over one that does not.
    """
    sightings = [sighting for error in errors if (sighting := _read(error)) is not None]
    if not sightings:
        return None
    best = next((sighting for sighting in sightings if sighting.name is not None), sightings[0])
    return MissingRelation(
        url=url,
        name=best.name.name if best.name else None,
        schema_name=best.name.schema if best.name else None,
        database=best.name.database if best.name else None,
        kind=best.kind,
        dialect=best.dialect,
        quote=best.quote,
    )


def _read(error: Error) -> Sighting | None:
    kind_of_error = (error.type or "").strip()
    if _NO_ERROR.search(kind_of_error):
        return None
    if _METADATA.search(cut(error.value)):
        return None
    nameless: Sighting | None = None
    for text in stages(error.value):
        found = list(_sightings(text, kind_of_error))
        sighting = _first([one for one in found if not one.refused])
        if sighting is not None and sighting.name is not None:
            return sighting
        nameless = nameless or sighting
        if found:
            return nameless  # the other stages say the same sentences again, less legibly
    return _unwrapped(error.value, kind_of_error) or _by_code(kind_of_error, error.value)


def _unwrapped(value: str, kind_of_error: str) -> Sighting | None:
    """What a terminal broke in the middle of a word: only what names a relation is taken."""
    text = unbroken(next(stages(value)))
    sighting = _first([one for one in _sightings(text, kind_of_error) if not one.refused]) if text else None
    return sighting if sighting and sighting.name else None


def _first(sightings: list[Sighting]) -> Sighting | None:
    """The first sentence that names a relation, else the first at all; of overlapping ones the longest."""
    found = sorted(sightings, key=lambda one: (one.name is None, one.start, one.start - one.end))
    if not found:
        return None
    first = found[0]
    around = [one for one in found if one.start <= first.start and one.end >= first.end]
    return max(around, key=lambda one: (one.end - one.start, one.native))


def _sightings(text: str, kind_of_error: str) -> Iterator[Sighting]:
    low = text.lower()
    if len(low) != len(text):
        low = "".join(letter if len(letter.lower()) != 1 else letter.lower() for letter in text)
    for anchor, forms in _by_anchor().items():
        if anchor not in low:
            continue
        for form, dialect in forms:
            if all(word in low for word in form.anchors[1:]):
                yield from _of_form(form, dialect, text, low, kind_of_error)


def _of_form(form: Form, dialect: Dialect, text: str, low: str, kind_of_error: str) -> Iterator[Sighting]:
    if form.needs and not compiled(form.needs).search(kind_of_error + "\n" + text):
        return
    for start, end in _windows(low, form.anchors[0]):
        for found in _matches(compiled(form.source), text, start, end):
            raw = captured(found)
            if raw is not None and form.to_line_end:
                raw = _before_the_drivers_words(raw)
            name = within(found, name_of(raw.strip(), form.order), form.order) if raw and raw.strip() else None
            sentence = " ".join(found.group(0).split())[:QUOTE]
            refused = _refused(found, text)
            native = not form.opening or form.opening in found.group(0)
            foreign = (
                form.opening == '"' and raw is not None and text[found.start() : found.end()].find(f"'{raw}'") >= 0
            )
            product = None if foreign else dialect.product
            yield Sighting(found.start(), found.end(), name, form.kind, product, sentence, native, refused)


def _matches(pattern: re.Pattern[str], text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """At most `PLACES` matches of one window."""
    for _ in range(PLACES):
        found = pattern.search(text, start, end)
        if found is None or found.end() == found.start():
            return
        yield found
        start = found.end()


def _windows(low: str, anchor: str) -> list[tuple[int, int]]:
    """The stretches around an anchor, joined where they overlap."""
    places: list[int] = []
    at = low.find(anchor)
    while at >= 0 and len(places) < PLACES:
        places.append(at)
        at = low.find(anchor, at + 1)
    if at >= 0:
        last: list[int] = []
        at = low.rfind(anchor)
        while at > places[-1] and len(last) < PLACES // 2:
            last.append(at)
            at = low.rfind(anchor, 0, at)
        places = places[: PLACES // 2] + sorted(last)
    windows: list[tuple[int, int]] = []
    for place in places:
        start, end = max(0, place - REACH), place + REACH
        if windows and start <= windows[-1][1]:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


@cache
def _covers() -> dict[str, list[Form]]:
    found: dict[str, list[Form]] = {}
    for cover in {cover.source: cover for dialect in dialects() for cover in dialect.covers}.values():
        found.setdefault(cover.anchors[0], []).append(cover)
    return found


@cache
def _notice() -> re.Pattern[str]:
    notices = sorted({re.escape(notice) for dialect in dialects() for notice in dialect.notices})
    return re.compile(rf"(?<!\w)(?:{'|'.join(notices)})\s{{0,9}}[:：]\s{{0,9}}$")


def _refused(found: re.Match[str], text: str) -> bool:
    start, end = found.span()
    before = text[max(0, start - 60) : start]
    if _BELONGS_TO.search(before) or _NOTE.search(before) or _notice().search(before):
        return True
    if _ELSEWHERE.match(text, end):
        return True
    return any(_covered(found, cover, text) for cover in _candidates(text[max(0, start - REACH) : end + REACH].lower()))


def _candidates(nearby: str) -> Iterator[Form]:
    for anchor, covers in _covers().items():
        if anchor in nearby:
            yield from (cover for cover in covers if all(word in nearby for word in cover.anchors))


def _covered(found: re.Match[str], cover: Form, text: str) -> bool:
    """Whether the cover fits around what was found, and says more: further words, or a second name."""
    start, end = found.span()
    two_names = any(mark in (captured(found) or "") for mark in CLOSING)
    for around in compiled(cover.source).finditer(text, max(0, start - REACH), end + REACH):
        longer = around.end() - around.start() > end - start
        if around.start() <= start and around.end() >= end and (longer or two_names):
            return True
    return False


MORE_WORDS = 2
"""Words after the first in a name that nobody quoted."""
_DRIVERS_WORDS = re.compile(
    r"""\s\((?:code|SQL|Connection|\d|errno)|:\s|:$|[,;"')\]`]|\s\[|\s(?:in|at|while|when|near)\s|\s[-=]{1,2}>?\s|\s\w+=|\s\^|[|!<>]""",
    re.IGNORECASE,
)


def _before_the_drivers_words(raw: str) -> str:
    if raw[:1] in "\"'`[":
        found = re.match(quoted(), raw)
        inner = captured(found) if found else None
        return inner or raw
    words = _DRIVERS_WORDS.split(raw, maxsplit=1)[0].rstrip(" .").split(" ")
    return " ".join(words) if _one_name(words) else words[0]


def _one_name(words: list[str]) -> bool:
    """Whether words without quotes are one name (`Order Details`), not a name and what a page says next to it."""
    first, *more = words
    if len(more) > MORE_WORDS or (more and "_" in first):
        return False
    return all(word[:1].isupper() == first[:1].isupper() for word in more)


_WORD = re.compile(r"[^\W\d_]{2}")


def _by_code(kind_of_error: str, value: str) -> Sighting | None:
    """By its code, where the words are of a language we have no catalogue of, or where there are none."""
    text = next(stages(value))[: 4 * REACH]
    sentence = next((line.strip() for line in _STATEMENT.sub("", text).splitlines() if _WORD.search(line)), "")
    for dialect in dialects():
        for code in dialect.codes:
            found = compiled(code.source).search(kind_of_error + "\n" + text)
            if found is None or _fit(code.unless, sentence) or _fit(code.unless_anywhere, text):
                continue
            quote = " ".join((sentence or found.group(0)).split())[:QUOTE]
            return Sighting(0, 0, _only_name(sentence, code), code.kind, dialect.product, quote)
    return None


def _fit(forms: tuple[Form, ...], text: str) -> bool:
    return any(compiled(form.source).search(text) for form in forms)


_NO_NAME = re.compile(r"[\dA-Z]?\d{4}|\d*|.*[=\n].*|.*\s.*\s.*\s.*", re.DOTALL)


def _only_name(sentence: str, code: Code) -> Name | None:
    """The one quoted name of a sentence; states, numbers and whole sentences in quotes are none."""
    quoted_ones = {captured(found) or "" for found in compiled(quoted()).finditer(sentence)}
    names = sorted(one for one in quoted_ones if not _NO_NAME.fullmatch(one) and one not in code.source)
    return name_of(names[0], code.order) if len(names) == 1 else None
