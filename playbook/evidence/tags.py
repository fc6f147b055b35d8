"""The tags of the issue: playbook step 8."""

import re
from typing import ClassVar

from playbook.evidence.fact import Fact, Value


class TagValue(Value):
    """One value and how many events carry it; None where the server does not count."""

    value: str
    count: int | None = None


class Tag(Value):
    """One tag key with its most frequent values; `total` counts the events that carry the key at all, `unique` how
    many values there are; None where the server does not say."""

    key: str
    values: tuple[TagValue, ...]
    total: int | None = None
    unique: int | None = None


class Tags(Fact):
    """Every tag of the issue that is not personal."""

    source: ClassVar[str] = "Sentry"

    tags: tuple[Tag, ...]

    def tag(self, key: str) -> Tag | None:
        """The tag of that key, None where the issue has no such tag."""
        return next((tag for tag in self.tags if tag.key == key), None)

    def values(self, key: str) -> tuple[TagValue, ...]:
        """The values of one key, most frequent first; () where the issue has no such tag."""
        tag = self.tag(key)
        return tag.values if tag else ()

    @property
    def finding(self) -> str:
        told = [
            f"{key}: " + ", ".join(one.value for one in self.values(key)[:3])
            for key in ("environment", "release", "server_name")
            if self.values(key)
        ]
        return " · ".join(told) or f"{len(self.tags)} tags, none of environment, release or server"


def is_personal(key: str) -> bool:
    """Whether a tag of that key names a person, where they sit or what they typed; tenants and servers do not."""
    words = _WORDS.findall(_HUMPS.sub(r"\1_\2", key[:LONGEST_KEY]).lower())
    return not PERSONAL.isdisjoint(words)


LONGEST_KEY = 200
"""Characters of a tag's key that are read; Sentry allows 200 (docs.sentry.io, Searchable Properties)."""

PERSONAL = frozenset(
    {"user", "users", "userid", "username", "fullname", "firstname", "lastname", "visitor", "email", "mail", "phone"}
    | {"ip", "ips", "ipaddress", "addr", "remoteaddr", "forwarded"}
    | {"session", "sessionid", "cookie", "query", "querystring", "password", "token", "secret"}
)
"""Words of a key (`user.id`, `http.query`, `clientIp`) whose values are about a person."""

_WORDS = re.compile(r"[^\W_]+")
_HUMPS = re.compile(r"([a-z0-9])([A-Z])")
