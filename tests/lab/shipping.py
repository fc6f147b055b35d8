"""Log documents in a real Elasticsearch, kept as one team or another keeps its logs.

A program writes Elastic Common Schema (ECS) documents; what a team's shipper makes of them is a `Place`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from playbook.evidence.service import LogFields
from tests.real_elasticsearch import RealElasticsearch

Document = Mapping[str, Any]

SETTINGS = {"number_of_shards": 1, "number_of_replicas": 0, "translog.durability": "async"}
"""Nothing outlives the test, so no document waits for the disk."""

KEYWORD = {"type": "keyword", "ignore_above": 1024}

ECS_MAPPINGS: Mapping[str, Any] = {
    "date_detection": False,
    "dynamic_templates": [{"strings_as_keyword": {"match_mapping_type": "string", "mapping": KEYWORD}}],
    "properties": {
        "@timestamp": {"type": "date"},
        "message": {"type": "text"},
        "log": {"properties": {"level": KEYWORD}},
        "service": {"properties": {"name": KEYWORD, "environment": KEYWORD}},
        "host": {"properties": {"name": KEYWORD}},
        "trace": {"properties": {"id": KEYWORD}},
        "error": {
            "properties": {
                "type": KEYWORD,
                "message": {"type": "text"},
                "stack_trace": {"type": "keyword", "index": False, "doc_values": False},
            }
        },
    },
}
"""As elastic.co's "ECS field reference" and its template `ecs@mappings` have them. `match_only_text` and `wildcard` are
not in the small build, so the types that came before them stand here: `text`, and a `keyword` without an index."""

ODD_FIELDS = LogFields(
    timestamp="ts", message="msg", level="severity", service="app", environment="stage", host="node", trace="trace"
)

ODD_MAPPINGS: Mapping[str, Any] = {
    "dynamic": False,
    "properties": {
        "ts": {"type": "date"},
        "msg": {"type": "text"},
        "severity": {"type": "keyword"},
        "app": {"type": "keyword"},
        "stage": {"type": "keyword"},
        "node": {"type": "keyword"},
        "trace": {"type": "keyword"},
    },
}

STAGES = {"production": "prod", "staging": "stg", "development": "dev"}
"""The words of a team that never told its log shipper what it calls the environments in Sentry."""


@dataclass(frozen=True)
class Place:
    """How logs are kept: `index` is the name made from a happening's, `fields` what `diagnose.toml` must say of the
    documents (None where they are ECS), `kept` what the shipper makes of an ECS document."""

    name: str
    stream: bool
    index: str
    mappings: Mapping[str, Any]
    fields: LogFields | None
    kept: Callable[[Document], Document]


@dataclass(frozen=True)
class Shipped:
    """Where the documents are: `index` is what the bot is told to search, `count` how many there are."""

    index: str
    place: Place
    count: int

    @property
    def fields(self) -> LogFields | None:
        """What the bot is told of the documents' fields; None where they have the ones it knows."""
        return self.place.fields


def ship(elastic: RealElasticsearch, place: Place, name: str, documents: Sequence[Document]) -> Shipped:
    """The documents can be found when this returns. Documents that were shipped under this name before must have been
    dropped: nothing is ever added to them (`RuntimeError`)."""
    index = place.index.format(name=name.lower())
    if not elastic.has(f"/{index}"):
        _make(elastic, place, index)
    elastic.keep(index, [place.kept(document) for document in documents])
    return Shipped(index, place, len(documents))


def drop(elastic: RealElasticsearch, shipped: Shipped) -> None:
    """Its documents are gone. It stays, empty: the small build has no way to delete a data stream, and the next one
    of this name is shipped in a tenth of the time."""
    (index,) = elastic.send("GET", f"/{shipped.index}/_settings")
    elastic.forget(index, shipped.count)


def _make(elastic: RealElasticsearch, place: Place, index: str) -> None:
    """An empty one. Here a data stream is made by its first document, so one is put in and taken out again."""
    if not place.stream:
        elastic.send("PUT", f"/{index}", {"settings": SETTINGS, "mappings": place.mappings})
        return
    template = {
        "index_patterns": [place.index.format(name="*")],
        "data_stream": {},
        "priority": 500,
        "template": {"settings": SETTINGS, "mappings": place.mappings},
    }
    elastic.send("PUT", f"/_index_template/{place.name}", template)
    elastic.keep(index, [{"@timestamp": "1970-01-01T00:00:00Z"}])
    drop(elastic, Shipped(index, place, 1))


def _as_it_is(document: Document) -> Document:
    return document


def _odd(document: Document) -> Document:
    """Milliseconds since 1970 as a number, levels in capitals, an environment's short name, one level of fields."""
    moment, level, stage = (
        document["@timestamp"],
        _at(document, "log", "level"),
        _at(document, "service", "environment"),
    )
    kept = {
        "ts": _millis(moment),
        "msg": document.get("message"),
        "severity": level and level.upper(),
        "app": _at(document, "service", "name"),
        "stage": STAGES.get(stage, stage) if stage else None,
        "node": _at(document, "host", "name"),
        "trace": _at(document, "trace", "id"),
        "exception": _at(document, "error", "message"),
    }
    return {name: value for name, value in kept.items() if value is not None}


def _at(document: Document, *path: str) -> str | None:
    """The value there, also where a part of its path is one dotted name (`log.level`, as ecs-logging writes it)."""
    dotted = document.get(".".join(path))
    if dotted is not None:
        return str(dotted)
    inner = document.get(path[0])
    return _at(inner, *path[1:]) if len(path) > 1 and isinstance(inner, Mapping) else None


def _millis(moment: str) -> int:
    since = datetime.fromisoformat(moment) - datetime(1970, 1, 1, tzinfo=UTC)
    return round(since.total_seconds() * 1000)


ECS = Place("ecs", True, "logs-shop.{name}-production", ECS_MAPPINGS, None, _as_it_is)
ODD = Place("odd", False, "applog_{name}", ODD_MAPPINGS, ODD_FIELDS, _odd)
PLACES = (ECS, ODD)
