"""Where Elasticsearch is and who asks: wrong settings are refused before anything is asked, and no secret is shown."""

import re
from typing import Self
from urllib.parse import urlsplit

from elastic_transport.client_utils import parse_cloud_id
from pydantic import ConfigDict, FilePath, SecretStr, field_validator, model_validator

from playbook.evidence.fact import Value


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


def _address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        raise ValueError("is not an address such as https://logs.example.com:9200")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must hold no user, password or query, only an address")
    return value.strip().rstrip("/")
