"""What a person or an alert pointed at, and nothing that could not be looked up."""

import unicodedata
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from playbook.evidence.fact import Value

LARGEST_ISSUE_ID = 2**63 - 1  # Sentry keeps issue ids in a signed 64-bit column

UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of controls, direction marks, zero-width joiners, unassigned and line separators."""

SHORT_ID = r"[A-Z0-9_][A-Z0-9_-]{0,99}-[0-9A-TV-Z]{1,13}"
"""Project slug (up to 100 characters), dash, number in Crockford's base 32: no U; O, I, L read as 0, 1, 1."""


def _fits_the_column(digits: str) -> str:
    if int(digits) > LARGEST_ISSUE_ID:
        raise ValueError("is larger than any Sentry issue id")
    return digits


def _is_plain(text: str) -> str:
    if "/" in text or any(unicodedata.category(sign) in UNSEEN for sign in text):
        raise ValueError("holds a slash or an invisible character, which no Sentry environment does")
    return text


IssueId = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,18}$"), AfterValidator(_fits_the_column)]


class IssueRef(Value):
    """One issue (`issue_id`, decimal digits, or `short_id`, upper case) or event (`event_id`, 32 hex digits).

    `event_id` beside an issue: the link named that very event; `latest` and `recommended` name none.
    `environment`: the one the link was narrowed to, None if to none or several. `organization`: the slug in
    the link, to show and to check against the configured one; never a part of an address that is asked.
    """

    issue_id: IssueId | None = None
    short_id: Annotated[str, Field(pattern=f"^{SHORT_ID}$")] | None = None
    event_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    environment: Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_is_plain)] | None = None
    organization: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")] | None = None

    @model_validator(mode="after")
    def _names_one_thing(self) -> Self:
        if self.issue_id is not None and self.short_id is not None:
            raise ValueError("a reference names an issue by its id or by its short id, not by both")
        if self.issue_id is None and self.short_id is None and self.event_id is None:
            raise ValueError("a reference names an issue or an event")
        return self

    @property
    def target(self) -> str:
        """What is pointed at, without the point of view: equal for two links to one issue."""
        return self.issue_id or self.short_id or f"event {self.event_id}"

    def __str__(self) -> str:
        """As one would say it: `SHOP-42`, `issue 5551234567`, `issue 42, event 9f…, in prod`."""
        said = [f"issue {self.issue_id}" if self.issue_id else self.short_id]
        said.append(f"event {self.event_id}" if self.event_id else None)
        said.append(f"in {self.environment}" if self.environment else None)
        return ", ".join(part for part in said if part)
