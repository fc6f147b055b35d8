"""The tags of the issue: playbook step 8."""

from typing import ClassVar

from playbook.evidence.fact import Fact, Value


class TagValue(Value):
    """One value and how many events carry it; None where the server does not count."""

    value: str
    count: int | None = None


class Tag(Value):
    """One tag key with its most frequent values; `total` counts the events that carry the key at all."""

    key: str
    values: tuple[TagValue, ...]
    total: int | None = None


class Tags(Fact):
    """Every tag of the issue that is not personal."""

    source: ClassVar[str] = "Sentry"

    tags: tuple[Tag, ...]

    def values(self, key: str) -> tuple[TagValue, ...]:
        """The values of one key, most frequent first; () where the issue has no such tag."""
        return next((tag.values for tag in self.tags if tag.key == key), ())

    @property
    def finding(self) -> str:
        told = [
            f"{key}: " + ", ".join(one.value for one in self.values(key)[:3])
            for key in ("environment", "release", "server_name")
            if self.values(key)
        ]
        return " · ".join(told) or f"{len(self.tags)} tags, none of environment, release or server"
