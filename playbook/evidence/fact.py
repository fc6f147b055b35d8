"""Every fact is a frozen value that says where anyone can check it again."""

from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

LONGEST_LINK = 2_000
"""Characters of a link that is made for people to press, and of one that the card shows: browsers and Slack take more,
many proxies do not. A longer one can be cited all the same; it is then named, and not linked."""


class Value(BaseModel):
    """A frozen part of a fact; unknown fields are refused, so a saved fact that drifted is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(Value):
    """What one step found out. `url` is where a person can read the same; `source` names the service asked."""

    source: ClassVar[str]
    url: str

    @property
    def finding(self) -> str:
        """The fact in one line, for the progress display and the evidence view."""
        raise NotImplementedError

    @property
    def shortfalls(self) -> tuple[str, ...]:
        """What this fact could not see although it was looked for: sentences that become gaps on the card."""
        return ()


class Derived(Value):
    """A value made of facts alone, asked for by its type as a fact is.

    Its class method `of` makes it; what `of` asks for is asked for by whoever asks for the value.
    """

    of: ClassVar[Callable[..., Any]]
