"""What an app writes on the back of a message for other apps, kept and told as Slack does it.

https://docs.slack.dev/messaging/message-metadata
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.playground.slack import json_in
from bot.playground.slack.refused import Refused

LARGEST = 16_000  # bytes of an event_payload. Ours: Slack has an error for one that is too large, and names no size
_EVENT_TYPE = re.compile(r"[A-Za-z0-9_-]+")


def metadata_of(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The `metadata` of a call, as an object or as text of one; None where there is none, or none that is kept.

    An `event_type` with other characters than letters, digits, `_` and `-` is dropped without a word, and the message
    is posted all the same (https://github.com/slackapi/bolt-python/issues/863). Raises `invalid_metadata_format` and
    `metadata_too_large`.
    """
    told = given.get("metadata")
    if isinstance(told, str):
        try:
            told = json_in.read(told) if told else None
        except ValueError:
            raise Refused("invalid_metadata_format") from None
    if told is None or told == {}:
        return None
    if not isinstance(told, Mapping):
        raise Refused("invalid_metadata_format")
    kind, payload = told.get("event_type"), told.get("event_payload")
    if not isinstance(kind, str) or not isinstance(payload, Mapping) or not all(map(_plain, payload.values())):
        raise Refused("invalid_metadata_format")
    if len(json.dumps(payload).encode()) > LARGEST:
        raise Refused("metadata_too_large")
    return {"event_type": kind, "event_payload": dict(payload)} if _EVENT_TYPE.fullmatch(kind) else None


def metadata_told(message: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """The message as a history tells it: without `include_all_metadata`, only the name of the event."""
    told = dict(message)
    if "metadata" in told and not whole:
        told["metadata"] = {"event_type": told["metadata"]["event_type"]}
    return told


def _plain(value: object) -> bool:
    """What a payload may hold: text, numbers, booleans, flat objects and lists of these."""
    if isinstance(value, list):
        return all((isinstance(one, Mapping) and _flat(one)) or _scalar(one) for one in value)
    return _scalar(value) or (isinstance(value, Mapping) and _flat(value))


def _flat(value: Mapping[str, Any]) -> bool:
    return all(map(_scalar, value.values()))


def _scalar(value: object) -> bool:
    return isinstance(value, str | int | float)
