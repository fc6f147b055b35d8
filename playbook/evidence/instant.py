"""A moment in UTC, written the same way on every supported Python."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, PlainSerializer


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def written(moment: datetime) -> str:
    """`2026-11-20T10:01:02.345Z`: milliseconds only where there are any."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    return text.replace("+00:00", "Z")


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc), PlainSerializer(written, return_type=str, when_used="json")]


def clock(moment: datetime) -> str:
    """`20 Nov 10:01 UTC`, as a person at night reads a moment; the link beside it leads to the second."""
    return f"{moment.astimezone(UTC):%d %b %H:%M} UTC"


def lasting(seconds: float) -> str:
    """A duration as one would say it: `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`."""
    whole = round(abs(seconds))
    if whole < 120:  # noqa: PLR2004 - below two minutes, seconds still tell something
        return f"{whole} s"
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if hours < 1:
        return f"{minutes} min"
    if days < 1:
        return f"{hours} h {minutes % 60} min"
    return f"{days} d {hours % 24} h"
