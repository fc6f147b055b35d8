"""Where Sentry is and who asks: one origin, so that it can be said of every request whether the token may go there."""

from urllib.parse import quote, urlsplit

import requests
from pydantic import ConfigDict, FilePath, SecretStr, field_validator

from playbook.evidence.fact import Value

DEFAULT_PORTS = {"http": 80, "https": 443}


class SentryAccess(Value):
    """`url` is the server's address without `/api/0`; on sentry.io it is the region's, which an issue link does not
    tell. `ca_file` is a PEM file of the authority behind its certificate, where that is a private one."""

    model_config = ConfigDict(hide_input_in_errors=True)

    url: str
    organization: str
    token: SecretStr
    ca_file: FilePath | None = None

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        request = requests.PreparedRequest()
        try:
            request.prepare_url(url.strip(), None)
        except ValueError:
            raise ValueError("SENTRY_URL is no address; it must be one such as https://us.sentry.io") from None
        parts = urlsplit(request.url or "")
        if parts.scheme not in DEFAULT_PORTS:
            raise ValueError("SENTRY_URL must begin with https:// (or http://)")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise ValueError("SENTRY_URL must hold no user, password or query, only the address of the server")
        path = parts.path.rstrip("/").removesuffix("/api/0")
        return f"{parts.scheme}://{parts.netloc}{path}"

    @field_validator("organization")
    @classmethod
    def _slug(cls, organization: str) -> str:
        slug = organization.strip()
        if slug in {"", ".", ".."}:
            raise ValueError("SENTRY_ORG must be the organization's slug, as its URLs have it")
        return slug

    @field_validator("token")
    @classmethod
    def _printable(cls, token: SecretStr) -> SecretStr:
        secret = token.get_secret_value().strip()
        if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
            raise ValueError("SENTRY_TOKEN is empty or holds a blank or another character that no token has")
        return SecretStr(secret)

    @property
    def host(self) -> str:
        """Host, and port where one is given, for people to read."""
        return urlsplit(self.url).netloc

    @property
    def api(self) -> str:
        """The API's address without a slash at the end; made of the setting and nothing else."""
        return f"{self.url}/api/0"

    @property
    def scope(self) -> str:
        """The organization's path below `api`, with a slash at both ends."""
        return f"/organizations/{quote(self.organization, safe='')}/"

    def is_home(self, url: str) -> bool:
        """Whether `url` is of the very same scheme, host and port."""
        try:
            return _origin(url) == _origin(self.url)
        except ValueError:
            return False


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
