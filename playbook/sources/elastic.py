"""Elasticsearch as one question: every search of a run in one `_msearch`; nothing here touches the network."""

from playbook.evidence.json import Json
from playbook.sources.door import Door, Question


class Elastic:
    """The logs. `index`, field names and links come from settings, by way of `LogPlace`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def search(self, index: str | None, bodies: list[dict[str, Json]]) -> Json:
        """One answer for each search body, in order, as `_msearch` gives them: `{"status", "timed_out", "_shards",
        "hits": {"total": {"value", "relation"}, "hits": [{"_index", "_id", "_source", "sort"}]}}` or
        `{"status", "error": {"type", "reason"}}`. `index` None means the configured one.

        The door adds `"url"` to each hit (Kibana or the document itself) and to each answer (the whole search).
        Raises `Unavailable` when the cluster as a whole did not answer.
        """
        return self._door(
            Question(source="elasticsearch", call="msearch", arguments={"index": index, "searches": list(bodies)})
        )
