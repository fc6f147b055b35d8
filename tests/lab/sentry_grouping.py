"""Which events are one issue: Sentry's rule for exceptions and messages of Python.

getsentry/sentry, `src/sentry/grouping/strategies/newstyle.py` (`frame`, `single_exception`, `chained_exception`),
`message.py`, and `configurations.py` (`contextline_platforms` names Python); in words at
docs.sentry.io/concepts/data-management/event-grouping. Left out: stack trace and fingerprint rules, merging by hand.

An exception counts by its type and its in-app frames, each by module (else file name), function and source line; one
without such frames by its type and the beginning of its value. A chain is the row of its exceptions. Where no frame of
the chain is in-app, all frames count. An event without exceptions counts by its message before the parameters are put
in. An SDK's own `fingerprint` goes before all that.
"""

import hashlib
import json
import re
from itertools import islice, pairwise
from typing import Any

LINES = 2
"""Lines of a message that count (`trim_message_for_grouping`)."""

LONGEST_SOURCE = 120
"""Characters of a source line above which it does not count."""

SAME_PLACE = ("abs_path", "module", "filename", "function", "lineno")

_PARAMETERS = re.compile(
    r"(?P<uuid>\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b)"
    r"|(?P<date>\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?)"
    r"|(?P<hex>\b(?:0x[0-9a-fA-F]+|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{8,})\b)"
    r"|(?P<float>-?\b\d+\.\d+\b)"
    r"|(?P<int>-?\b\d+\b)"
    r"|(?<==)\s*(?P<quoted_str>'[^'\n]*'|\"[^\"\n]*\")"
)


def grouping(sent: dict[str, Any]) -> str:
    """32 hexadecimal digits that events of one issue share; `sent` is the event as the SDK sent it."""
    default = _default(sent)
    fingerprint = sent.get("fingerprint") or ["{{ default }}"]
    parts = [default if re.fullmatch(r"\{\{\s*default\s*\}\}", str(one)) else str(one) for one in fingerprint]
    return hashlib.md5(json.dumps(parts).encode(), usedforsecurity=False).hexdigest()


def _default(sent: dict[str, Any]) -> Any:
    values = [value for value in (sent.get("exception") or {}).get("values") or [] if value]
    if not values:
        return ["message", _trimmed(_template(sent))]
    only_app = any(frame.get("in_app") for value in values for frame in _frames(value))
    return ["exception", [_exception(value, only_app) for value in values]]


def _template(sent: dict[str, Any]) -> str:
    entry = sent.get("logentry") or {}
    return str(entry.get("message") or entry.get("formatted") or sent.get("message") or "")


def _exception(value: dict[str, Any], only_app: bool) -> list[Any]:
    frames = _frames(value)
    same = [False, *(_place(before) == _place(after) for before, after in pairwise(frames))]
    counted = [
        _frame(frame)
        for frame, again in zip(frames, same, strict=True)
        if not again and (frame.get("in_app") or not only_app)
    ]
    synthetic = (value.get("mechanism") or {}).get("synthetic")
    kind = None if synthetic else value.get("type")
    return [kind, counted or _trimmed(str(value.get("value") or ""))]


def _frames(value: dict[str, Any]) -> list[dict[str, Any]]:
    return [frame for frame in (value.get("stacktrace") or {}).get("frames") or [] if frame]


def _place(frame: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(frame.get(name) for name in SAME_PLACE)


def _frame(frame: dict[str, Any]) -> tuple[str | None, ...]:
    source = frame.get("context_line") or ""
    line = " ".join(source.expandtabs(2).split()) if len(source) <= LONGEST_SOURCE else ""
    file = re.split(r"[/\\]", frame.get("filename") or "")[-1].lower()
    return (frame.get("module") or file, frame.get("function"), line)


def _trimmed(message: str) -> str:
    kept = "\n".join(islice((line for line in message.splitlines() if line.strip()), LINES))
    return _PARAMETERS.sub(lambda found: f"<{found.lastgroup}>", kept)
