"""Reads JSON that may hold anything: every getter gives the value it names, or nothing, and never raises.

Sentry, GitHub and Elasticsearch all leave fields out, send null, or another type than documented; a step that
reads through these getters cannot fail on it. A path is a row of keys: `text(issue, "metadata", "value")`;
numbers count from 0 and, negative, from the end.
"""

from datetime import UTC, datetime
from math import isfinite
from urllib.parse import urlsplit

from playbook.evidence.json import Json

LONGEST = 65_536
"""Characters of one text that are kept: eight times what Sentry keeps of an exception's value (8,192)."""

MOST = 2**63 - 1
"""The largest number any of these services keeps (signed 64 bits); what is larger is neither count nor id."""

FIRST_YEAR, LAST_YEAR = 1990, 2200
"""Years between which a moment is believed: outside, it is a broken clock or another unit."""

FIRST, LAST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (FIRST_YEAR, LAST_YEAR))


def at(value: Json, *path: str | int) -> Json:
    """What stands at the end of the path; None where anything on the way is missing or of another type."""
    for key in path:
        if isinstance(value, dict) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
            value = value[key]
        else:
            return None
    return value


def text(value: Json, *path: str | int) -> str | None:
    """A text that is not blank, as it stands, cut at `LONGEST`; whole numbers (ids) as their digits."""
    found = at(value, *path)
    if isinstance(found, int) and not isinstance(found, bool) and abs(found) <= MOST:
        return str(found)
    if not isinstance(found, str) or not found[:LONGEST].strip():
        return None
    # JSON can spell half of a surrogate pair, which no encoder takes back.
    return found[:LONGEST].encode("utf-8", "replace").decode("utf-8")


def integer(value: Json, *path: str | int) -> int | None:
    """A whole number, also where it comes as digits (Sentry's `count`) or as a float without a fraction."""
    found = at(value, *path)
    if isinstance(found, bool):
        return None
    if isinstance(found, float):
        found = int(found) if isfinite(found) and found == int(found) else None
    if isinstance(found, str):
        digits = found.strip()
        plain = len(digits) < len(str(MOST)) + 2 and digits.isascii() and digits.removeprefix("-").isdigit()
        found = int(digits) if plain else None
    return found if isinstance(found, int) and abs(found) <= MOST else None


def count(value: Json, *path: str | int) -> int | None:
    """A whole number of things: never negative."""
    found = integer(value, *path)
    return found if found is not None and found >= 0 else None


def flag(value: Json, *path: str | int) -> bool | None:
    """A true or a false, and nothing that merely looks like one."""
    found = at(value, *path)
    return found if isinstance(found, bool) else None


def moment(value: Json, *path: str | int) -> datetime | None:
    """A moment in UTC from ISO 8601 (without a zone: UTC, as all three services mean it) or Unix seconds."""
    found = at(value, *path)
    if isinstance(found, str):
        return _read_moment(found.strip())
    if isinstance(found, bool) or not isinstance(found, int | float) or not FIRST <= found <= LAST:
        return None
    return datetime.fromtimestamp(found, UTC)


def _read_moment(written: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(written)
    except ValueError:
        return None
    if not FIRST_YEAR < read.year < LAST_YEAR:
        return None
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def link(value: Json, *path: str | int) -> str | None:
    """An http or https address with a host; anything else (GlitchTip's `Not implemented`) is none."""
    found = (text(value, *path) or "").strip()
    try:
        parts = urlsplit(found)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username
    except ValueError:
        return None
    return found if good and not any(sign.isspace() or sign in '<>|"`' for sign in found) else None


def items(value: Json, *path: str | int) -> list[Json]:
    """A list as it stands, nulls and all; [] where there is none."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def rows(value: Json, *path: str | int) -> list[dict[str, Json]]:
    """The objects of a list, in order; others are dropped. `rows(answer, "rows")` for a page of Sentry."""
    return [row for row in items(value, *path) if isinstance(row, dict)]
