"""Playbook step 6: what the logs say around the onset, every purpose in one request."""

from collections.abc import Sequence
from datetime import UTC, datetime

from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.instant import clock, written
from playbook.evidence.issue import Issue
from playbook.evidence.json import Json
from playbook.evidence.log_window import Window, around_event, around_onset
from playbook.evidence.logs import START_UP, LogLine, Logs, Search
from playbook.evidence.prescription import LogSearch, Prescription
from playbook.evidence.releases import Releases
from playbook.evidence.service import LogFields, Service, Services
from playbook.evidence.unavailable import Unavailable
from playbook.schema.migrate_log import migration_runs
from playbook.sources.elastic import Elastic
from playbook.sources.reading import at, count, flag, items, link, moment, rows, text

SIZE = 200
"""Lines of one search: a migrate command writes a line for each migration, a rollout a few for each host."""

TIMEOUT = "10s"
"""After which Elasticsearch answers with what it has and says so; it has no time limit of its own."""

PIVOT = "10m"
"""At this distance from the onset a line counts half: a deploy and its migrate job lie within some minutes of it."""

SHOWN = 4_000
"""Characters of one message that are kept, half from each end: a trace says its cause at its ends."""

SAME_TRACE = "same trace"


def logs(
    inquiry: Inquiry,
    issue: Issue,
    event: Event | None,
    frequency: Frequency | None,
    releases: Releases | None,
    services: Services,
    prescription: Prescription,
    elastic: Elastic,
) -> Logs | None:
    """Logs around the onset.

    One search for each purpose of the playbook and one for the event's trace, in one request. Lines are oldest
    first. A fact without lines means: looked, found nothing. Raises `Unavailable` where no search was answered, and
    where the index holds no document of that time at all: then it is the wrong index, or another time field.
    """
    service = services.of(issue.project)
    fields = service.log_fields or services.log_fields
    window = around_onset(inquiry, issue, event, frequency, releases)
    purposes = [search.purpose for search in prescription.searches]
    bodies = [_body(search, window, service, fields) for search in prescription.searches]
    if event and event.trace_id:
        purposes.append(SAME_TRACE)
        bodies.append(_trace_body(event.trace_id, around_event(event, window), fields))
    if not bodies:
        raise Unavailable("the playbook looks for nothing in the logs, and the event has no trace id")
    answers = _answers(elastic.search(service.log_index, [*bodies, _anything(window, fields)]))
    if len(answers) > len(bodies) and _found_nothing(answers[-1]):
        raise Unavailable(
            f"the logs hold no document with a `{fields.timestamp}` between {clock(window.start)} and "
            f"{clock(window.end)}: set `log_index` or `log_fields` in diagnose.toml to where and how they are kept"
        )
    pairs = zip(purposes, [*answers, *[None] * len(purposes)], strict=False)
    searches = tuple(_search(purpose, answer, fields, service.log_service, issue.url) for purpose, answer in pairs)
    if all(search.unavailable for search in searches):
        raise Unavailable(f"no search of the logs was answered: {searches[0].unavailable}")
    found = [line for search in searches for line in search.lines]
    return Logs(
        url=searches[0].url,
        start=window.start,
        end=window.end,
        searches=searches,
        migration_runs=migration_runs(found),
    )


def _body(search: LogSearch, window: Window, service: Service, fields: LogFields) -> dict[str, Json]:
    """One purpose. Only a start-up is the service's own line: a migrate job, a deploy tool and a database log under
    names of their own, so filtering them by service would turn "elsewhere" into "never". The environment is never
    filtered by: logs and Sentry are often told different words for it (`prod`, `production`); each line carries it.
    """
    phrases: list[Json] = [{"match_phrase": {fields.message: phrase}} for phrase in search.phrases]
    filters = _in(window, fields)
    if phrases:
        filters.append({"bool": {"should": phrases, "minimum_should_match": 1}})
    if search.levels:
        spelled: list[Json] = [
            form for level in search.levels for form in (level.lower(), level.upper(), level.title())
        ]
        filters.append({"terms": {fields.level: spelled}})
    if service.log_service and search.purpose == START_UP:
        filters.append({"term": {fields.service: service.log_service}})
    return _query(filters, window, fields)


def _trace_body(trace_id: str, window: Window, fields: LogFields) -> dict[str, Json]:
    return _query([*_in(window, fields), {"term": {fields.trace: trace_id}}], window, fields)


def _anything(window: Window, fields: LogFields) -> dict[str, Json]:
    """Whether there is any document at all; which one it is, nobody asks."""
    return {"query": {"bool": {"filter": _in(window, fields)}}, "size": 0, "track_total_hits": 1, "timeout": TIMEOUT}


def _found_nothing(answer: Json) -> bool:
    """Whether the whole search was answered, with nothing; an index that is not there is told by each search."""
    return not _why_unavailable(answer) and not _why_partial(answer, 0, LogFields()) and _total(answer) == 0


def _total(answer: Json) -> int | None:
    total = count(answer, "hits", "total", "value")
    return total if total is not None else count(answer, "hits", "total")


def _in(window: Window, fields: LogFields) -> list[Json]:
    return [{"range": {fields.timestamp: {"gte": written(window.start), "lte": written(window.end)}}}]


def _query(filters: list[Json], window: Window, fields: LogFields) -> dict[str, Json]:
    """The lines closest to the window's centre come first: where a page cannot hold them all, those are the ones to
    have (elastic.co, "Distance feature query"; it needs no scripts, and gives no score where the field is not mapped).
    """
    closeness: Json = {
        "distance_feature": {"field": fields.timestamp, "pivot": PIVOT, "origin": written(window.centre)}
    }
    return {
        "query": {"bool": {"filter": filters, "should": [closeness]}},
        "sort": ["_score", {fields.timestamp: {"order": "asc", "unmapped_type": "date"}}],
        "size": SIZE,
        "timeout": TIMEOUT,
    }


def _answers(answer: Json) -> list[Json]:
    return items(answer) or items(answer, "responses")


def _search(purpose: str, answer: Json, fields: LogFields, mapped: str | None, own_url: str) -> Search:
    """One answer as what it found and what it could not see."""
    url = link(answer, "url") or own_url
    why = _why_unavailable(answer)
    if why:
        return Search(purpose=purpose, total=0, unavailable=why, url=url)
    hits = rows(answer, "hits", "hits")
    lines = [line for hit in hits if (line := _line(hit, fields, mapped, url)) is not None]
    return Search(
        purpose=purpose,
        total=max(_total(answer) or 0, len(hits)),
        total_is_floor=text(answer, "hits", "total", "relation") == "gte",
        lines=tuple(sorted(lines, key=lambda line: line.at)),
        partial=_why_partial(answer, len(hits) - len(lines), fields),
        url=url,
    )


def _why_unavailable(answer: Json) -> str | None:
    if at(answer, "error") is not None:
        kind, reason = text(answer, "error", "type"), text(answer, "error", "reason") or text(answer, "error")
        return " ".join(f"Elasticsearch refused the search: {reason or kind or 'without a reason'}".split())[:300]
    if not isinstance(at(answer, "hits"), dict):
        return "Elasticsearch did not answer this search"
    if count(answer, "_shards", "total") == 0:
        return "no index matches the configured one: set `log_index` in diagnose.toml to where the logs are"
    return None


def _why_partial(answer: Json, unreadable: int, fields: LogFields) -> str | None:
    failed, total = count(answer, "_shards", "failed"), count(answer, "_shards", "total")
    told = []
    if flag(answer, "timed_out"):
        told.append(f"cut off after {TIMEOUT.removesuffix('s')} seconds, so lines may be missing")
    if failed:
        told.append(f"{failed} of {total or 'its'} shards failed, so lines may be missing")
    if unreadable:
        told.append(f"{unreadable} documents have no readable `{fields.message}` or `{fields.timestamp}` field")
    return "; ".join(told) or None


def _line(hit: Json, fields: LogFields, mapped: str | None, url: str) -> LogLine | None:
    source = at(hit, "_source")
    message, when = _field(source, fields.message), _moment(source, hit, fields)
    said = text(message) if not isinstance(message, list) else "\n".join(text(part) or "" for part in message)
    if when is None or not said:
        return None
    writer = text(_field(source, fields.service))
    return LogLine(
        at=when,
        message=said if len(said) <= SHOWN else f"{said[: SHOWN // 2]}…{said[-SHOWN // 2 :]}",
        level=text(_field(source, fields.level)),
        service=writer,
        environment=text(_field(source, fields.environment)),
        host=text(_field(source, fields.host)),
        trace_id=text(_field(source, fields.trace)),
        own=mapped is not None and writer == mapped,
        url=link(hit, "url") or url,
    )


def _field(source: Json, name: str) -> Json:
    """A field by its dotted name, however the document nests it: `{"log.level": …}`, `{"log": {"level": …}}`."""
    return _nested(source, name.split("."))


def _nested(source: Json, parts: Sequence[str]) -> Json:
    if not parts:
        return source
    for cut in range(len(parts), 0, -1):
        inner = at(source, ".".join(parts[:cut]))
        found = _nested(inner, parts[cut:]) if inner is not None else None
        if found is not None:
            return found
    return None


def _moment(source: Json, hit: Json, fields: LogFields) -> datetime | None:
    """The document's time: ISO text, or milliseconds since 1970 as Elasticsearch sorts by."""
    found = moment(_field(source, fields.timestamp))
    if found is not None:
        return found
    millis = count(_field(source, fields.timestamp)) or count(hit, "sort", 0)
    return moment(datetime.fromtimestamp(millis / 1000, UTC).isoformat()) if millis and millis < 1 << 43 else None
