"""Where in a recording's answers the evidence stands that a citation leads to: by its link and its quoted words.

Most quotes are the words of the evidence itself. Some are told of it (*last event 20 Nov 10:11 UTC*, *57 events, none
before the first*): then it is the moments named, or the figures that were counted.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from playbook.diagnosis import Citation
from playbook.evidence.instant import clock, written

GONE = object()
"""What stands for a removed part, until it is swept out."""


@dataclass(frozen=True)
class Spot:
    """A place in JSON: `holder[key]`."""

    holder: Any
    key: Any

    @property
    def value(self) -> Any:
        return self.holder[self.key]


@dataclass(frozen=True)
class Moment:
    """A moment in JSON: as text, in milliseconds or in seconds since 1970."""

    spot: Spot
    at: datetime

    @property
    def told(self) -> str:
        """As diagnoses write it."""
        return clock(self.at)

    def move(self, by: timedelta) -> None:
        value, later = self.spot.value, self.at + by
        scale = 1000 if not isinstance(value, str) and value > MILLIS else 1
        self.spot.holder[self.spot.key] = written(later) if isinstance(value, str) else round(later.timestamp() * scale)


ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*(?:Z|[+-]\d\d:\d\d)")
MILLIS, SECONDS, LATEST = 10**12, 10**9, 10**13


def cited(answers: list[Any], citation: Citation) -> list[Spot]:
    """Every place where the cited evidence stands; [] where it is not to be found."""
    asked = [Spot(one, "answer") for one in answers if one["unavailable"] is None and one["answer"] is not None]
    of = {
        source: [spot for spot in asked if spot.holder["question"]["source"] == source.lower()]
        for source in ("Elasticsearch", "GitHub", "Sentry")
    }
    match citation.source:
        case "Elasticsearch":
            return _logs(of["Elasticsearch"], citation)
        case "GitHub":
            return _code(of["GitHub"], of["Sentry"], citation)
        case "Sentry":
            return _sentry(of["Sentry"], citation)
    return []


def _logs(asked: list[Spot], citation: Citation) -> list[Spot]:
    """A document, in all the searches that found it, and those in which another server says the same words; else a
    search as a whole."""
    found = [spot for one in asked for spot in _inside(one) if _is(spot.value, url=citation.url)]
    documents = [spot for spot in found if "_source" in spot.value]
    words = {_folded(one.value) for spot in documents for one in _leaves(spot) if _says(one.value, citation.quote)}
    alike = [
        spot
        for one in asked
        for spot in _inside(one)
        if _is(spot.value, _source=...)
        and any(isinstance(leaf.value, str) and _folded(leaf.value) in words for leaf in _leaves(spot))
    ]
    return alike or [spot for spot in found if "hits" in spot.value]


def _code(asked: list[Spot], sentry: list[Spot], citation: Citation) -> list[Spot]:
    """A line of a file: what was read of it, and the file in every patch. Else a commit, a comparison, a history."""
    if path := re.search(r"/blob/[^/]+/([^#]+)", citation.url):
        file = unquote(path[1])
        read = [spot for one in asked for spot in _inside(one) if _is(spot.value, url=citation.url)]
        names = {spot.value[name] for spot in read for name in ("relation", "to") if spot.value.get(name)}
        stands = [
            Spot(holder, place)
            for one in asked
            if isinstance(holder := _field(one.value, "standing"), list)
            for place, name in enumerate(holder)
            if name in names
        ]
        patched = [spot for one in asked for spot in _inside(one) if _is(spot.value, filename=file)]
        moved = [spot for one in asked for spot in _inside(one) if _is(spot.value, previous_filename=file)]
        return [*read, *stands, *patched, *moved]
    of_it = [
        spot
        for one in asked
        for spot in (one, *_inside(one))
        if _is(spot.value, html_url=citation.url) or _is(spot.value, url=citation.url, migrations=...)
    ]
    sha = citation.url.rpartition("/")[2]
    suspected = [
        spot
        for one in sentry
        if one.holder["question"]["call"].endswith("/committers/")
        for spot in _inside(one)
        if _is(spot.value, id=sha)
    ]
    return [*of_it, *suspected]


def _sentry(asked: list[Spot], citation: Citation) -> list[Spot]:
    """The words where they stand; else what is told in words of its own, each by its form."""
    own = any(_is(one.value, permalink=citation.url) for one in asked)
    others = [
        spot
        for one in asked
        if _call(one) == "issues/" and not own
        for spot in _inside(one)
        if _is(spot.value, permalink=citation.url) and _says(spot.value.get("title"), citation.quote)
    ]
    if others:
        return others
    for form, find in TOLD:
        if told := form.search(citation.quote):
            found = find(asked, told, citation)
            if found:
                return found
    return [spot for one in asked for spot in _leaves(one) if _says(spot.value, citation.quote)]


def _deploy(asked: list[Spot], told: re.Match[str], citation: Citation) -> list[Spot]:
    rows = [spot for one in asked for spot in _inside(one) if _is(spot.value, dateFinished=..., environment=...)]
    return [spot for spot in rows if any(one.told == told[1] for one in moments_in(spot.value, "dateFinished"))]


def _first_seen(asked: list[Spot], told: re.Match[str], citation: Citation) -> list[Spot]:
    """When the release was first seen, wherever Sentry tells of the release."""
    version = unquote(citation.url.rstrip("/").rpartition("/")[2])
    rows = [spot for one in asked for spot in _inside(one) if _is(spot.value, version=version, dateCreated=...)]
    return [Spot(spot.value, "dateCreated") for spot in rows]


def _seen(asked: list[Spot], told: re.Match[str], citation: Citation) -> list[Spot]:
    """The moments that are named: those of the issue, and of its hourly figures."""
    own = [one for one in asked if _is(one.value, permalink=citation.url)]
    named = [moment.spot for one in own for moment in moments_in(one.value) if moment.told in citation.quote]
    return [spot for spot in named if spot.key in ("firstSeen", "lastSeen") or isinstance(spot.holder, list)]


def _counted(asked: list[Spot], told: re.Match[str], citation: Citation) -> list[Spot]:
    """What the shape was seen in: the issue's figures, or its newest events."""
    own = [Spot(one.value, "stats") for one in asked if _is(one.value, permalink=citation.url, stats=...)]
    return [*own, *(one for one in asked if re.fullmatch(r"issues/[^/]+/events/", _call(one)))]


def _baseline(asked: list[Spot], told: re.Match[str], citation: Citation) -> list[Spot]:
    """What the issue was compared with."""
    return [one for one in asked if _call(one) == "events/"]


def _segment(asked: list[Spot], told: re.Match[str], citation: Citation) -> list[Spot]:
    tags = [one for one in asked if _call(one).endswith("/tags/")]
    return [spot for one in tags for spot in _inside(one) if _is(spot.value, key=told[1], value=told[2], count=...)]


def _listed(asked: list[Spot], told: re.Match[str], citation: Citation) -> list[Spot]:
    """The list in which no other issue was found."""
    return [one for one in asked if _call(one) == "issues/"]


def _tag(asked: list[Spot], told: re.Match[str], citation: Citation) -> list[Spot]:
    events = [one for one in asked if _is(one.value, eventID=...) and citation.url.rstrip("/").endswith(_id(one))]
    rows = [spot for one in events for spot in _inside(one) if _is(spot.value, key=told[1], value=told[2])]
    bare = [Spot(one.value, told[1]) for one in events if one.value.get(told[1]) == told[2]]
    return [*rows, *bare]


def _frame(asked: list[Spot], told: re.Match[str], citation: Citation) -> list[Spot]:
    line = int(told[1])
    return [spot for one in asked for spot in _inside(one) if _is(spot.value, lineNo=line, function=told[2])]


CLOCK = r"\d\d [A-Z][a-z]{2} \d\d:\d\d UTC"
Find = Callable[[list[Spot], re.Match[str], Citation], list[Spot]]
TOLD: tuple[tuple[re.Pattern[str], Find], ...] = (
    (re.compile(rf"^deployed ({CLOCK})$"), _deploy),
    (re.compile(rf"^release first seen ({CLOCK})$"), _first_seen),
    (re.compile(rf"\b(?:first|last)\b.* {CLOCK}"), _seen),
    (
        re.compile(r"^a segment is a value with|events carry a place|its servers began with|other events of the"),
        _baseline,
    ),
    (re.compile(r"^no other open issue|^none of [\d,]+ other issues|^[\d,]+ of the same"), _listed),
    (re.compile(r"^([\w.]+)=(.*): [\d,]+ of [\d,]+ events here"), _segment),
    (re.compile(r":(\d+) in (\S+)$"), _frame),
    (re.compile(r"^([\w.]+):? (\S.*)$"), _tag),
    (re.compile(r"no silence|improbable|beyond chance|\bquiet\b|no shape is named|no events in"), _counted),
)
"""How the product tells what it has counted or compared (its `cite` calls, `finding`s and `rule`s)."""


def moments_in(value: Any, key: Any = None) -> Iterator[Moment]:
    """Every moment in the JSON, or in one field of it; those of buckets and log documents are numbers."""
    spots = _leaves(Spot({0: value}, 0)) if key is None else iter((Spot(value, key), *_leaves(Spot(value, key))))
    for spot in spots:
        found = spot.value
        if isinstance(found, str) and ISO.fullmatch(found):
            yield Moment(spot, datetime.fromisoformat(found))
        elif isinstance(found, int) and not isinstance(found, bool) and SECONDS < found < LATEST:
            seconds = found / 1000 if found > MILLIS else found
            yield Moment(spot, datetime.fromtimestamp(seconds, UTC))


def _inside(spot: Spot) -> Iterator[Spot]:
    """Every place below, outermost first."""
    value = spot.value
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, _ in pairs:
        yield Spot(value, key)
        yield from _inside(Spot(value, key))


def _leaves(spot: Spot) -> Iterator[Spot]:
    return (one for one in _inside(spot) if not isinstance(one.value, dict | list))


def _is(value: Any, /, **fields: Any) -> bool:
    """Whether it is an object with these fields; `...` is any value but null."""
    return isinstance(value, dict) and all(
        value.get(name) is not None if wanted is ... else value.get(name) == wanted for name, wanted in fields.items()
    )


def _says(text: object, quote: str) -> bool:
    """Quotes are shortened, and their white space is folded."""
    return isinstance(text, str) and all(_folded(part) in _folded(text) for part in quote.split("…") if part.strip())


def _folded(text: str) -> str:
    return " ".join(text.split())


def _field(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _call(spot: Spot) -> str:
    return str(spot.holder["question"]["call"])


def _id(spot: Spot) -> str:
    return str(spot.value["eventID"])
