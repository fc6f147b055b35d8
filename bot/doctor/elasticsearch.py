"""Elasticsearch: the way in, the index, and every configured field, by the kind of search that a diagnosis makes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import TypeAdapter, ValidationError

from bot.access import elastic_access
from bot.doctor.check import Check, findings
from bot.doctor.finding import Finding, Subject, broken, missing, not_configured, not_tried, ok
from bot.settings import Mapping, Settings, WrongSettings
from playbook.evidence.json import Json
from playbook.evidence.service import LogFields
from playbook.sources.budget import Budget
from playbook.sources.door import Door
from playbook.sources.elastic import Elastic
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_client import elastic_door

SERVICE: Subject = "Elasticsearch"
CLOCK_MINUTES = 5
"""How far in the future a log line may lie: further, and the logs' clock, ours or a time zone is wrong."""

STALE_HOURS = 24
"""How old the newest log line may be: older, and nothing arrives in this index any more."""

NEEDED = ("timestamp", "message")
"""Fields without which no line can be found; the others only narrow a search."""


@dataclass(frozen=True)
class LogPlace:
    """One index with its field names, and the services that are looked for in it."""

    index: str
    fields: LogFields
    services: tuple[str, ...]


def examine(settings: Settings, mapping: Mapping, budget: Budget) -> list[Finding]:
    """Every finding about Elasticsearch, for each index that is configured."""
    try:
        access = elastic_access(settings)
    except WrongSettings:
        return [not_tried(SERVICE, "everything", "its settings are wrong, see above")]
    if access is None:
        sentence = "without it no log is looked at (step 6), and cards say so"
        fix = "set ELASTICSEARCH_URL and ELASTICSEARCH_API_KEY (docs/settings.md)"
        return [not_configured(SERVICE, "everything", sentence, fix, needed=False)]
    door = elastic_door(access, budget)
    begun = findings([Check(SERVICE, "way in", partial(_way_in, access, door))], budget)
    if any(one.state == "broken" for one in begun):
        return begun
    places = log_places(settings, mapping)
    return [*begun, *findings([Check(SERVICE, one.index, partial(_place, door, one)) for one in places], budget)]


def log_places(settings: Settings, mapping: Mapping) -> list[LogPlace]:
    """Every index that a diagnosis may search, the default one first, each with its fields."""
    services: dict[tuple[str, LogFields], list[str]] = {(settings.elasticsearch_index, mapping.log_fields): []}
    for _, project in sorted(mapping.projects.items()):
        place = project.log_index or settings.elasticsearch_index, project.log_fields or mapping.log_fields
        named = services.setdefault(place, [])
        named += [project.log_service] if project.log_service else []
    return [LogPlace(index, fields, tuple(sorted(set(named)))) for (index, fields), named in services.items()]


def _way_in(access: ElasticAccess, door: Door) -> Sequence[Finding]:
    Elastic(door).search(None, [{"size": 0}])
    how = "API key" if access.api_key else "user and password" if access.username else "request without an API key"
    return [ok(SERVICE, "way in", f"{access.host} answers and accepts the {how}")]


def _place(door: Door, place: LogPlace) -> Sequence[Finding]:
    """All questions about one index in one `_msearch`, as a diagnosis asks its own."""
    fields = place.fields.model_dump()
    newest: dict[str, Json] = {
        "size": 1,
        "sort": [{place.fields.timestamp: {"order": "desc", "unmapped_type": "date"}}],
        "_source": [place.fields.timestamp],
    }
    asked: list[dict[str, Json]] = [newest]
    asked += [{"size": 0, "query": {"exists": {"field": field}}} for field in fields.values()]
    asked += [{"size": 0, "query": {"term": {place.fields.service: name}}} for name in place.services]
    answers = Elastic(door).search(place.index, asked)
    first, *rest = answers if isinstance(answers, list) else [None]
    refusal = _refusal(place, first)
    if refusal is not None:
        return [refusal]
    if _count(first) == 0:
        sentence = f"{place.index} matches no index, or none with a log line in it"
        return [missing(SERVICE, f"index {place.index}", sentence, _where(place))]
    return [
        ok(SERVICE, f"index {place.index}", "is there, and holds log lines"),
        *_freshness(place, first),
        *_fields(place, fields, rest),
        *_services(place, rest[len(fields) :]),
    ]


def _refusal(place: LogPlace, answer: Json) -> Finding | None:
    error = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(error, dict):
        return None
    kind = str(error.get("type"))
    what = f"index {place.index}"
    if kind == "index_not_found_exception":
        return missing(SERVICE, what, f"{place.index} matches no index", _where(place))
    if kind == "security_exception":
        fix = f"grant the key `read` on {place.index}"
        return missing(SERVICE, what, f"the key may not read {place.index}", fix)
    return broken(SERVICE, what, f"a search of {place.index} fails with {kind[:100]}", _where(place))


def _where(place: LogPlace) -> str:
    return f"correct ELASTICSEARCH_INDEX, or log_index in diagnose.toml, where it says {place.index}"


def _freshness(place: LogPlace, answer: Json) -> Iterator[Finding]:
    what, at = f"clock of {place.index}", _newest(answer)
    if at is None:
        return
    ahead = at - datetime.now(UTC)
    if ahead > timedelta(minutes=CLOCK_MINUTES):
        sentence = f"the newest log line lies {_length(ahead)} in the future, so lines are looked for at the wrong time"
        yield broken(SERVICE, what, sentence, "check the clocks, and that the shipper sends UTC", needed=False)
    elif -ahead > timedelta(hours=STALE_HOURS):
        sentence = f"the newest log line is {_length(-ahead)} old, so nothing seems to arrive any more"
        yield broken(SERVICE, what, sentence, f"check the log shipper, or {_where(place)}", needed=False)
    else:
        yield ok(SERVICE, what, f"the newest log line is of {at:%Y-%m-%d %H:%M} UTC")


def _newest(answer: Json) -> datetime | None:
    """From `sort`, where Elasticsearch gives milliseconds (or what the document holds, in a text field)."""
    match answer:
        case {"hits": {"hits": [{"sort": [int() | float() | str() as told, *_]}, *_]}}:
            try:
                at = TypeAdapter(datetime).validate_python(told)
            except ValidationError:
                return None
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        case _:
            return None


def _length(span: timedelta) -> str:
    hours = span.total_seconds() / 3600
    return (
        f"{hours * 60:.0f} minutes"
        if hours < 1
        else f"{hours:.0f} hours"
        if hours < 2 * STALE_HOURS
        else f"{span.days} days"
    )


def _fields(place: LogPlace, fields: dict[str, str], answers: Sequence[Json]) -> Iterator[Finding]:
    there = []
    for (key, field), answer in zip(fields.items(), answers, strict=False):
        if _count(answer):
            there.append(field)
            continue
        loss = "no line can be found" if key in NEEDED else f"lines are not told apart by {key}"
        sentence = f"no line in {place.index} has the field {field}, so {loss}"
        fix = f"set log_fields.{key} in diagnose.toml to the field's real name"
        yield missing(SERVICE, f"field {field}", sentence, fix, needed=key in NEEDED)
    if there:
        yield ok(SERVICE, f"fields of {place.index}", f"are there: {', '.join(there)}")


def _services(place: LogPlace, answers: Sequence[Json]) -> Iterator[Finding]:
    for name, answer in zip(place.services, answers, strict=False):
        if _count(answer):
            yield ok(SERVICE, f"service {name}", f"has log lines in {place.index}")
        else:
            sentence = f"no line in {place.index} has {name} in {place.fields.service}"
            fix = "set log_service of that project in diagnose.toml to its name in the logs"
            yield missing(SERVICE, f"service {name}", sentence, fix, needed=False)


def _count(answer: Json) -> int:
    match answer:
        case {"hits": {"total": {"value": int() as count}}}:
            return count
        case _:
            return 0
