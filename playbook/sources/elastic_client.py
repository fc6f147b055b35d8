"""Every search of a run in one `_msearch` through the 8.x client; what one search could not see stays with that search.

The 8.x client speaks to servers of 8.x and 9.x; a 9.x client is refused by 8.x. It asks for nothing beforehand
(neither `GET /` nor the list of nodes) and follows no redirect.
"""

import json
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from elastic_transport import ApiResponseMeta, BaseNode, HttpHeaders, NodeConfig
from elastic_transport.client_utils import url_to_node_config
from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    Elasticsearch,
    SerializationError,
    TransportError,
)
from elasticsearch import (
    ConnectionError as Unreached,
)

from playbook.evidence.fact import Value
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import Door, Question
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_errors import broken, foreign, refused, unreadable
from playbook.sources.json_body import parsed
from playbook.sources.kibana import document_link, search_link
from playbook.sources.punctual import GATEWAY, NoAnswer, PunctualSession

SEARCH_SECONDS = 20.0
"""For the whole `_msearch`, in seconds: a search of logs that takes longer holds up the card for everybody."""

SERVER_SHARE = 0.8
"""The part of that time after which the server is told to stop: it then gives what it found, and says so."""

MOST_HITS = 500
"""Documents of one search; the card shows a handful, a migration's log holds a few dozen lines."""

LARGEST_ANSWER = 64_000_000
"""In bytes: all searches of a run, each full of long log lines."""


def elastic_door(access: ElasticAccess, budget: Budget) -> Door:
    """Answers the question of `sources.elastic`: a list with one answer for each search, in order."""

    def ask(question: Question) -> Json:
        if question.call != "msearch":
            raise ValueError(f"Elasticsearch is not asked for {question.call}")
        asked = _Asked.model_validate(question.arguments)
        seconds = min(SEARCH_SECONDS, budget.left())
        if seconds <= 0:
            raise Unavailable("the time of this run was used up before Elasticsearch could be asked; check again")
        index = asked.index or access.index
        if not asked.searches:
            return []
        answers = _search(access, index, [_bounded(body, seconds) for body in asked.searches], seconds)
        if len(answers) != len(asked.searches):
            raise Unavailable(foreign(access.host))
        return [_linked(access, index, *pair) for pair in zip(asked.searches, answers, strict=True)]

    return ask


class _Asked(Value):
    index: str | None = None
    searches: list[dict[str, Json]]


class _Received(NamedTuple):
    """What a node gives; the client's own class of it is not for others to name."""

    meta: ApiResponseMeta
    body: bytes


class _Node(BaseNode):
    """The client's way out for one search, over our own session: it counts `request_timeout` from when it is made.

    What the client comes with reads an answer of any size to its end, and bounds only each read.
    """

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        self._ends = time.monotonic() + (config.request_timeout or 0.0)

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: object = None,  # noqa: ARG002 - of each attempt; `_ends` bounds all of them together
    ) -> Any:
        began = time.monotonic()
        seconds = max(self._ends - began, 0.01)
        try:
            with PunctualSession() as session:
                session.trust_env = False  # a proxy for the web is none for the logs, as the client's own nodes see it
                response, received = session.fetch(
                    method,
                    self.base_url + target,
                    headers={**self.headers, **(headers or {})},
                    body=body,
                    seconds=seconds,
                    most_bytes=LARGEST_ANSWER,
                    verify=str(self.config.ca_certs) if isinstance(self.config.ca_certs, str) else True,
                )
        except NoAnswer as none:
            raise (ConnectionTimeout if none.why == "late" else Unreached)(none.why) from none
        if len(received) > LARGEST_ANSWER:
            raise Unavailable(f"the logs' answer is larger than {LARGEST_ANSWER // 1_000_000} MB and was not read")
        # A deprecation that the server mentions would become a Python warning, which no reader of the card can heed.
        told = HttpHeaders({name: value for name, value in response.headers.items() if name.lower() != "warning"})
        meta = ApiResponseMeta(
            status=response.status_code,
            http_version="1.1",
            headers=told,
            duration=time.monotonic() - began,
            node=self.config,
        )
        return _Received(meta, _writable(received))


def _writable(body: bytes) -> bytes:
    """JSON without halves of surrogate pairs: a log line can spell one, and no encoder would write it out again."""
    if b"\\ud" not in body.lower():
        return body
    try:
        return json.dumps(parsed(body.decode()), ensure_ascii=False).encode()
    except ValueError:
        return body


def _bounded(body: Mapping[str, Any], seconds: float) -> dict[str, Any]:
    """The search with an end in time and size."""
    wanted = body.get("size", 10)
    size = min(wanted, MOST_HITS) if isinstance(wanted, int) else MOST_HITS
    return {"timeout": f"{seconds * SERVER_SHARE * 1000:.0f}ms", **body, "size": size}


def _search(access: ElasticAccess, index: str, bodies: list[dict[str, Any]], seconds: float) -> list[Json]:
    """What the cluster answered. A missing index is an error of its search, never zero hits: hence both `False`."""
    lines: list[dict[str, Any]] = []
    for body in bodies:
        lines += [{}, body]
    try:
        answer = _client(access, seconds).msearch(
            index=index, searches=lines, ignore_unavailable=False, allow_no_indices=False
        )
    except ApiError as error:
        raise Unavailable(refused(error, access)) from error
    except SerializationError as error:
        raise Unavailable(unreadable(access.host)) from error
    except TransportError as error:
        why = error.__cause__.why if isinstance(error.__cause__, NoAnswer) else "unclear"
        raise Unavailable(broken(why, access.host, seconds)) from error
    except (ValueError, RecursionError) as error:
        raise Unavailable(foreign(access.host)) from error
    answers = answer.body.get("responses") if isinstance(answer.body, dict) else None
    return answers if isinstance(answers, list) else []


def _client(access: ElasticAccess, seconds: float) -> Elasticsearch:
    login = (access.username, access.password.get_secret_value()) if access.username and access.password else None
    return Elasticsearch(
        hosts=[
            url_to_node_config(url, use_default_ports_for_scheme=True).replace(
                request_timeout=seconds, ca_certs=str(access.ca_file) if access.ca_file else None
            )
            for url in access.urls or (access.address,)
        ],
        api_key=access.api_key.get_secret_value() if access.api_key else None,
        basic_auth=login,
        node_class=_Node,
        max_retries=max(len(access.urls) - 1, 0),
        retry_on_timeout=False,
        retry_on_status=GATEWAY,
    )


def _linked(access: ElasticAccess, index: str, body: dict[str, Json], answer: Json) -> dict[str, Json]:
    """One search's answer as it came, with the links."""
    if not isinstance(answer, dict):
        raise Unavailable(foreign(access.host))
    answer = {**answer, "url": search_link(access.address, access.kibana_url, index, body)}
    if "error" in answer:
        return answer
    found = answer.get("hits")
    if not isinstance(found, dict):
        raise Unavailable(foreign(access.host))
    hits = found.get("hits")
    if not isinstance(hits, list) or not isinstance(answer.get("_shards"), dict):
        raise Unavailable(foreign(access.host))
    return {**answer, "hits": {**found, "hits": [_hit(access, body, hit) for hit in hits]}}


def _hit(access: ElasticAccess, body: dict[str, Json], hit: Json) -> dict[str, Json]:
    if not isinstance(hit, dict):
        raise Unavailable(foreign(access.host))
    index, identity = hit.get("_index"), hit.get("_id")
    if not isinstance(index, str) or not isinstance(identity, str):
        raise Unavailable(foreign(access.host))
    return {**hit, "url": document_link(access.address, access.kibana_url, index, identity, body)}
