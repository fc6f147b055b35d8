"""A stand-in for Elasticsearch's `_msearch`, for what a real one cannot be made to do: API keys and faults."""

import json
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from urllib.parse import parse_qs, unquote, urlsplit

from tests.stand_ins.loopback import Asked, Loopback, Reply, as_json

PRODUCT = {"x_elastic_product": "Elasticsearch"}

Document = Mapping[str, object]


class ElasticServer(Loopback):
    """`indices` holds documents by index. A search is answered with every document that holds all the words of its
    `match_phrase`, `match` and `multi_match` conditions (any one of them in a `should`) and lies in its time range,
    newest first.

    `parts` replaces the answer of the search in that place: an error, failed shards, `timed_out`.
    """

    def __init__(
        self,
        indices: Mapping[str, Sequence[Document]] | None = None,
        *,
        authorization: str = "ApiKey es-key-of-the-test",
        delay: float = 0.0,
    ) -> None:
        super().__init__(delay)
        self.indices = dict(indices or {})
        self.authorization = authorization
        self.parts: dict[int, dict[str, object]] = {}
        self.url = self.origin

    def answer(self, asked: Asked) -> Reply:
        if asked.headers.get("authorization") != self.authorization:
            return as_json(an_error("security_exception", "unable to authenticate", 401), 401, **PRODUCT)
        if asked.path == "/":
            return as_json({"error": "Incorrect HTTP method for uri [/]", "status": 405}, 405, **PRODUCT)
        if not asked.path.endswith("/_msearch"):
            return as_json({"error": f"no handler found for uri [{asked.path}]"}, 400, **PRODUCT)
        index = unquote(asked.path.removesuffix("/_msearch").strip("/"))
        lines = [json.loads(line) for line in asked.body.decode().splitlines()]
        lenient = parse_qs(urlsplit(asked.target).query).get("allow_no_indices") != ["false"]
        answers = [self._part(place, index, body, lenient) for place, body in enumerate(lines[1::2])]
        return as_json({"took": 3, "responses": answers}, **PRODUCT)

    def _part(self, place: int, index: str, body: Mapping[str, object], lenient: bool) -> dict[str, object]:
        if place in self.parts:
            return self.parts[place]
        named = {name: docs for name, docs in self.indices.items() if fnmatchcase(name, index)}
        if not named and not (lenient and "*" in index):
            return an_error("index_not_found_exception", f"no such index [{index}]", 404, index=index)
        found = [
            (name, str(place), document)
            for name, documents in named.items()
            for place, document in enumerate(documents)
            if _holds(json.dumps(document).lower(), document, body.get("query"))
        ]
        found.sort(key=lambda one: str(one[2].get("@timestamp", "")), reverse=True)
        size = body.get("size", 10)
        hits = [
            {"_index": name, "_id": identity, "_score": None, "_source": document, "sort": [document.get("@timestamp")]}
            for name, identity, document in found
        ]
        return a_part(hits[: size if isinstance(size, int) else 10], len(found))


def a_part(hits: Sequence[object] = (), total: int = 0, relation: str = "eq", **more: object) -> dict[str, object]:
    """One answer of a `_msearch` that worked; `timed_out=True` or `_shards={…}` makes it a partial one."""
    whole = {"total": 2, "successful": 2, "skipped": 0, "failed": 0}
    body = {"total": {"value": total, "relation": relation}, "max_score": None, "hits": list(hits)}
    return {"took": 2, "timed_out": False, "_shards": whole, "hits": body, "status": 200, **more}


def an_error(kind: str, reason: str, status: int, **more: object) -> dict[str, object]:
    """An error as Elasticsearch says it, of one search or of the whole request."""
    told = {"type": kind, "reason": reason, **more}
    return {"error": {"root_cause": [told], **told}, "status": status}


def _holds(text: str, document: Document, query: object) -> bool:
    """Enough of the query language for the searches a run makes."""
    if isinstance(query, list):
        return all(_holds(text, document, one) for one in query)
    if not isinstance(query, dict):
        return True
    for kind, inner in query.items():
        if kind == "should" and isinstance(inner, list) and inner:
            if not any(_holds(text, document, one) for one in inner):
                return False
        elif kind in {"match_phrase", "match", "multi_match", "term", "terms"}:
            if not any(word.lower() in text for word in _words(inner)):
                return False
        elif kind == "range" and isinstance(inner, dict):
            if not all(_inside(str(document.get(name, "")), limits) for name, limits in inner.items()):
                return False
        elif kind not in {"must_not", "minimum_should_match", "boost"} and not _holds(text, document, inner):
            return False
    return True


def _words(inner: object) -> list[str]:
    if isinstance(inner, str):
        return [inner]
    if isinstance(inner, dict):
        kept = inner.get("query", inner.get("value"))
        return _words(kept if kept is not None else [value for name, value in inner.items() if name != "fields"])
    return [word for one in inner for word in _words(one)] if isinstance(inner, list) else []


def _inside(moment: str, limits: object) -> bool:
    if not isinstance(limits, dict):
        return True
    after = str(limits.get("gte", limits.get("gt", "")))
    until = str(limits.get("lte", limits.get("lt", "~")))
    return after <= moment <= until
