"""Every search of a run in one `_msearch` through the 8.x client; what one search could not see stays with that search.

The 8.x client speaks to servers of 8.x and 9.x; a 9.x client is refused by 8.x. It asks for nothing beforehand
(neither `GET /` nor the list of nodes) and follows no redirect.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Self
from urllib.parse import urlsplit

from elastic_transport import HttpHeaders, NodeConfig, Urllib3HttpNode
from elastic_transport.client_utils import parse_cloud_id, url_to_node_config
from elasticsearch import (
    ApiError,
    ConnectionTimeout,
    Elasticsearch,
    SerializationError,
    SSLError,
    TransportError,
    UnsupportedProductError,
)
from pydantic import ConfigDict, FilePath, SecretStr, field_validator, model_validator
from urllib3.exceptions import NameResolutionError, NewConnectionError

from playbook.evidence.fact import Value
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.deadline import within
from playbook.sources.door import Door, Question
from playbook.sources.kibana import document_link, search_link

SEARCH_SECONDS = 20.0
"""For the whole `_msearch`, in seconds: a search of logs that takes longer holds up the card for everybody."""

SERVER_SHARE = 0.8
"""The part of that time after which the server is told to stop: it then gives what it found, and says so."""

MOST_HITS = 500
"""Documents of one search; the card shows a handful, a migration's log holds a few dozen lines."""

LARGEST_ANSWER = 64_000_000
"""In bytes: all searches of a run, each full of long log lines."""


class ElasticAccess(Value):
    """Where Elasticsearch is (`urls` of one cluster, or `cloud_id`) and who asks (API key, or user and password).

    `ca_file` is a PEM file; `index` is what is searched where a project names none of its own; `kibana_url` is the
    address of Kibana with its space (`https://kibana.example.com/s/ops`), for links.
    """

    model_config = ConfigDict(hide_input_in_errors=True)

    urls: tuple[str, ...] = ()
    cloud_id: str | None = None
    api_key: SecretStr | None = None
    username: str | None = None
    password: SecretStr | None = None
    ca_file: FilePath | None = None
    verify: bool = True
    index: str = "logs-*"
    kibana_url: str | None = None

    @field_validator("urls")
    @classmethod
    def _are_addresses(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_address(value) for value in values)

    @field_validator("kibana_url")
    @classmethod
    def _is_address(cls, value: str | None) -> str | None:
        return _address(value) if value else None

    @field_validator("api_key")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        key = value.get_secret_value().strip() if value else ""
        if not re.fullmatch(r"[A-Za-z0-9+/=_-]*", key):
            raise ValueError("is not an API key in its encoded form (the one that Kibana shows as Base64)")
        return SecretStr(key) if key else None

    @model_validator(mode="after")
    def _has_one_way_in(self) -> Self:
        if bool(self.urls) == bool(self.cloud_id):
            raise ValueError("Elasticsearch wants either its addresses or a cloud id")
        if self.api_key and self.username:
            raise ValueError("Elasticsearch wants either an API key or a user with a password, not both")
        if bool(self.username) != bool(self.password):
            raise ValueError("Elasticsearch wants a user and a password together")
        if self.cloud_id and not parse_cloud_id(self.cloud_id).es_address:
            raise ValueError("the cloud id names no Elasticsearch")
        return self

    @property
    def address(self) -> str:
        """Of the cluster's first node, without a slash at the end and without credentials."""
        place = parse_cloud_id(self.cloud_id).es_address if self.cloud_id else None
        return f"https://{place[0]}:{place[1]}" if place else self.urls[0]

    @property
    def host(self) -> str:
        """Host, and port where one is given, for people to read."""
        return urlsplit(self.address).netloc


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
            raise Unavailable(_foreign(access.host))
        return [_linked(access, index, *pair) for pair in zip(asked.searches, answers, strict=True)]

    return ask


class _Asked(Value):
    index: str | None = None
    searches: list[dict[str, Json]]


class _Node(Urllib3HttpNode):
    """Keeps a deprecation the server mentions from becoming a Python warning, which no reader of the card can heed."""

    def perform_request(self, *args: Any, **kwargs: Any) -> Any:
        response = super().perform_request(*args, **kwargs)
        if len(response.body) > LARGEST_ANSWER:
            raise Unavailable(f"the logs' answer is larger than {LARGEST_ANSWER // 1_000_000} MB and was not read")
        headers = {name: value for name, value in response.meta.headers.items() if name.lower() != "warning"}
        meta = replace(response.meta, headers=HttpHeaders(headers))
        return response._replace(meta=meta, body=_writable(response.body))


def _writable(body: bytes) -> bytes:
    """JSON without halves of surrogate pairs: a log line can spell one, and no encoder would write it out again."""
    if b"\\ud" not in body.lower():
        return body
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


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
        client = _client(access, seconds)
        answer = within(
            seconds,
            lambda: client.msearch(index=index, searches=lines, ignore_unavailable=False, allow_no_indices=False),
        )
    except ApiError as error:
        raise Unavailable(_refused(error, access)) from error
    except (TransportError, OSError) as error:
        raise Unavailable(_broken(error, access, seconds)) from error
    except (ValueError, RecursionError) as error:
        raise Unavailable(_foreign(access.host)) from error
    answers = answer.body.get("responses") if isinstance(answer.body, dict) else None
    return answers if isinstance(answers, list) else []


def _client(access: ElasticAccess, seconds: float) -> Elasticsearch:
    secret = access.api_key.get_secret_value() if access.api_key else None
    login = (access.username, access.password.get_secret_value()) if access.username and access.password else None
    tls: dict[str, Any] = {"verify_certs": access.verify, "ssl_show_warn": False} if not access.verify else {}
    if access.ca_file and access.verify:
        tls["ca_certs"] = str(access.ca_file)
    return Elasticsearch(
        hosts=[_node(access.address if access.cloud_id else url) for url in access.urls or (access.address,)],
        api_key=secret, basic_auth=login, request_timeout=seconds, node_class=_Node,
        max_retries=max(len(access.urls) - 1, 0), retry_on_timeout=False, retry_on_status=(502, 503, 504), **tls,
    )  # fmt: skip


def _node(address: str) -> NodeConfig:
    return url_to_node_config(address, use_default_ports_for_scheme=True)


def _linked(access: ElasticAccess, index: str, body: dict[str, Json], answer: Json) -> dict[str, Json]:
    """One search's answer as it came, with the links."""
    if not isinstance(answer, dict):
        raise Unavailable(_foreign(access.host))
    answer = {**answer, "url": search_link(access.address, access.kibana_url, index, body)}
    if "error" in answer:
        return answer
    found = answer.get("hits")
    if not isinstance(found, dict):
        raise Unavailable(_foreign(access.host))
    hits = found.get("hits")
    if not isinstance(hits, list) or not isinstance(answer.get("_shards"), dict):
        raise Unavailable(_foreign(access.host))
    return {**answer, "hits": {**found, "hits": [_hit(access, body, hit) for hit in hits]}}


def _hit(access: ElasticAccess, body: dict[str, Json], hit: Json) -> dict[str, Json]:
    if not isinstance(hit, dict):
        raise Unavailable(_foreign(access.host))
    index, identity = hit.get("_index"), hit.get("_id")
    if not isinstance(index, str) or not isinstance(identity, str):
        raise Unavailable(_foreign(access.host))
    return {**hit, "url": document_link(access.address, access.kibana_url, index, identity, body)}


def _address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("is not an address such as https://logs.example.com:9200")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold no user, password or query, only an address")
    return value.strip().rstrip("/")


def _foreign(host: str) -> str:
    return f"what answers at {host} is not Elasticsearch's search; check ELASTICSEARCH_URL"


def _broken(error: Exception, access: ElasticAccess, seconds: float) -> str:
    """Why there was no answer at all; the exception's own text is left out, it can hold what was sent."""
    host = access.host
    if isinstance(error, ConnectionTimeout | TimeoutError):
        return f"Elasticsearch at {host} did not answer within {seconds:.0f} seconds; check again in a minute"
    if isinstance(error, SSLError):
        return f"the certificate of {host} is not trusted; name its authority's PEM file in ELASTICSEARCH_CA"
    if isinstance(error, SerializationError):
        return f"Elasticsearch at {host} sent an answer that is cut off or not JSON; check again in a minute"
    if isinstance(error, OSError):
        return "the file of ELASTICSEARCH_CA cannot be read as PEM certificates; check the path"
    if isinstance(error.__cause__, NameResolutionError):
        return f"the name {host} cannot be resolved; check ELASTICSEARCH_URL and the network"
    if isinstance(error.__cause__, NewConnectionError):
        return f"Elasticsearch at {host} cannot be reached (connection refused); check ELASTICSEARCH_URL"
    return f"Elasticsearch at {host} broke off before its answer was complete; check again in a minute"


def _refused(error: ApiError, access: ElasticAccess) -> str:
    host, status = access.host, error.meta.status
    if isinstance(error, UnsupportedProductError) or status in {406, 415}:
        return f"the server at {host} is not Elasticsearch 8 or 9 (OpenSearch is not supported), or a proxy changed it"
    who = "API key" if access.api_key else "user and password" if access.username else "request without an API key"
    match status:
        case 401:
            return f"Elasticsearch at {host} does not accept the {who} (401); set a valid ELASTICSEARCH_API_KEY"
        case 403:
            return f"the {who} may not search the logs at {host} (403); it needs: {_privilege(error)}"
        case 404:
            return f"there is no search at {host} (404); check the path in ELASTICSEARCH_URL, or the cloud id"
        case 413:
            return f"Elasticsearch at {host} finds the search too large (413)"
        case 429:
            return f"Elasticsearch at {host} is overloaded (429); check again in a minute"
    if 300 <= status < 400:  # noqa: PLR2004 - the class of redirects
        return f"{host} redirects elsewhere ({status}), as a log-in page does; correct ELASTICSEARCH_URL"
    if status >= 500:  # noqa: PLR2004 - the class of server errors
        return f"Elasticsearch at {host} failed ({status}); check again in a minute"
    return f"Elasticsearch at {host} refused the search ({status})"


def _privilege(error: ApiError) -> str:
    """The privilege and index that the server itself names, `read` where it names none."""
    text = str(error.body)[:4_000]
    index = re.search(r"on indices \[([\w.*,: -]{1,80})\]", text)
    granted = re.search(r"index privileges? \[([\w,]{1,80})\]", text)
    return f"{granted.group(1) if granted else 'read'} on {index.group(1) if index else 'the index of the logs'}"
