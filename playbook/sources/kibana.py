"""A search and a document as links a person can open: in Kibana where there is one, otherwise at Elasticsearch itself.

The query travels inside the link, so that it is the same search that was made, not one like it
(https://www.elastic.co/docs/explore-analyze/discover, rison: https://github.com/Nanonid/rison).
"""

import json
import re
from urllib.parse import quote, urlencode

from playbook.evidence.fact import LONGEST_LINK
from playbook.evidence.json import Json


def search_link(elastic: str, kibana: str | None, index: str, body: dict[str, Json]) -> str:
    """The whole search, or past `LONGEST_LINK` its range of time or its index only.

    `elastic` and `kibana` are addresses without a slash at the end.
    """
    bare = f"{elastic}/{quote(index, safe=',*')}/_search"
    if kibana:
        meta: Json = {"type": "custom", "disabled": False, "negate": False}
        state: dict[str, Json] = {"filters": [{"meta": meta, "query": body.get("query") or {"match_all": {}}}]}
        link = _discover(kibana, body, state)
        return link if len(link) <= LONGEST_LINK else _discover(kibana, body, {})
    asked = urlencode({"source_content_type": "application/json", "source": json.dumps(body, separators=(",", ":"))})
    return f"{bare}?{asked}" if len(bare) + len(asked) < LONGEST_LINK else bare


def document_link(elastic: str, kibana: str | None, index: str, identity: str, body: dict[str, Json]) -> str:
    """One document of the search."""
    if kibana:
        words = f'_id : "{_escaped(identity)}" and _index : "{_escaped(index)}"'
        return _discover(kibana, body, {"query": {"language": "kuery", "query": words}})
    return f"{elastic}/{quote(index, safe='')}/_doc/{quote(identity, safe='')}"


def _discover(kibana: str, body: dict[str, Json], state: dict[str, Json]) -> str:
    start, end = _span(body)
    time: dict[str, Json] = {"time": {"from": start, "to": end}}
    return f"{kibana}/app/discover#/?_g={quote(_rison(time), safe=_PLAIN)}&_a={quote(_rison(state), safe=_PLAIN)}"


_PLAIN = "(),:!*@$/"
"""What rison needs to stay readable; its quotes are encoded, since many programs end a link at a quote."""


def _span(query: Json) -> tuple[str, str]:
    """The range of time the search was bounded to; Discover shows nothing outside its own range."""
    if isinstance(query, list):
        query = {str(at): part for at, part in enumerate(query)}
    if not isinstance(query, dict):
        return "now-24h", "now"
    for bounds in (bound for bound in [query.get("range")] if isinstance(bound, dict)):
        for limits in (limit for limit in bounds.values() if isinstance(limit, dict)):
            start, end = limits.get("gte", limits.get("gt")), limits.get("lte", limits.get("lt"))
            if isinstance(start, str) and isinstance(end, str):
                return start, end
    found = (_span(part) for part in query.values() if isinstance(part, dict | list))
    return next((span for span in found if span != ("now-24h", "now")), ("now-24h", "now"))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')


def _rison(value: Json) -> str:
    """Kibana keeps its state in the address as rison: JSON with quotes and braces that need no escaping."""
    match value:
        case None:
            return "!n"
        case bool():
            return "!t" if value else "!f"
        case str():
            return "'" + re.sub(r"([!'])", r"!\1", value) + "'"
        case dict():
            return "(" + ",".join(f"{_rison(key)}:{_rison(part)}" for key, part in value.items()) + ")"
        case list():
            return "!(" + ",".join(_rison(part) for part in value) + ")"
    return str(value)
