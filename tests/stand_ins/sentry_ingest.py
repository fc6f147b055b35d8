"""What an SDK sends becomes what Sentry's API answers: `lineno` is `lineNo` there, and the machine is a container.

SDK side: develop.sentry.dev/sdk/data-model ("Envelopes", "Event Payloads"). API side: getsentry/sentry,
`src/sentry/api/serializers/models/event.py`, `src/sentry/interfaces/`, `src/sentry/eventtypes/error.py`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

LONGEST_TITLE = 100
"""Characters of a value's first line in a title."""

LONGEST_VALUE = 1024
"""Characters of a value in `metadata`."""

LONGEST_TAG = 200

PLACES = (
    (re.compile(r"(?:/[\w.+@~-]+)*/srv/(?!app/|venv/)[\w.-]+/[\w.+-]+(?=/|\b)"), "/srv/app"),
    (re.compile(r"(?:/[\w.+@~-]+)*/site-packages\b"), "/srv/venv/site-packages"),
    (re.compile(r"(?:/[\w.+@~-]+)*/python3\.\d+(?=/)"), "/usr/lib/python3"),
    (re.compile(re.escape(str(Path(__file__).parents[2]))), "/usr/lib/python3"),
)
"""Where things of this machine are in a container: a build (…/srv/SERVICE/VERSION), packages, Python itself, and for
want of a better one the scripts that stand for a server's own."""

Places = Sequence[tuple[re.Pattern[str], str]]


def items(envelope: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Header and payload of each item of an envelope; the envelope's own header comes first, with no payload."""
    head, _, rest = envelope.partition(b"\n")
    yield json.loads(head), b""
    while rest.strip(b"\n"):
        line, _, rest = rest.lstrip(b"\n").partition(b"\n")
        header = json.loads(line)
        length = header.get("length")
        if length is None:
            payload, _, rest = rest.partition(b"\n")
        else:
            payload, rest = rest[:length], rest[length + 1 :]
        yield header, payload


def events_of(envelope: bytes) -> list[dict[str, Any]]:
    """The error events of an envelope; transactions, sessions, reports of the client are left."""
    return [json.loads(payload) for header, payload in items(envelope) if header.get("type") == "event"]


def api_event(sent: dict[str, Any], places: Places = PLACES) -> dict[str, Any]:
    """The event in the shape of `GET …/events/{id}/`, as far as it can be known from itself: issue, project and
    neighbours are left empty."""
    told: dict[str, Any] = _moved(sent, places)
    metadata = _metadata(told)
    values = [_value(value) for value in (told.get("exception") or {}).get("values") or [] if value]
    return {
        "id": told["event_id"],
        "eventID": told["event_id"],
        "groupID": None,
        "projectID": "",
        "dateCreated": told["timestamp"],
        "dateReceived": told["timestamp"],
        "message": _message(told),
        "title": _title(metadata),
        "location": metadata.get("filename"),
        "culprit": _culprit(told),
        "platform": told.get("platform", "other"),
        "type": "error" if values else "default",
        "metadata": metadata,
        "tags": [{"key": key, "value": value} for key, value in sorted(_tags(told).items())],
        "user": _user(told),
        "contexts": {
            name: {**one, "type": one.get("type", name)} for name, one in (told.get("contexts") or {}).items()
        },
        "context": told.get("extra") or {},
        "sdk": {name: (told.get("sdk") or {}).get(name) for name in ("name", "version")},
        "packages": told.get("modules") or {},
        "release": {"version": told["release"]} if told.get("release") else None,
        "dist": told.get("dist"),
        "entries": list(_entries(told, values)),
        "errors": [],
        "crashFile": None,
        "_meta": {},
        "fingerprints": [],
        "nextEventID": None,
        "previousEventID": None,
        "size": len(json.dumps(sent)),
    }


def _moved(value: Any, places: Places) -> Any:
    if isinstance(value, str):
        if "/" in value:
            for pattern, place in places:
                value = pattern.sub(place, value)
        return value
    if isinstance(value, dict):
        return {name: _moved(one, places) for name, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, places) for one in value]
    return value


def _message(told: dict[str, Any]) -> str:
    entry = told.get("logentry") or {}
    return str(entry.get("formatted") or entry.get("message") or told.get("message") or "")


def _last(told: dict[str, Any]) -> dict[str, Any] | None:
    values = [value for value in (told.get("exception") or {}).get("values") or [] if value]
    return values[-1] if values else None


def _crash(value: dict[str, Any]) -> dict[str, Any]:
    """The last in-app frame, else the last (`get_crash_frame_from_event_data`)."""
    frames = (value.get("stacktrace") or {}).get("frames") or [{}]
    return next((frame for frame in reversed(frames) if frame.get("in_app")), frames[-1])


def _metadata(told: dict[str, Any]) -> dict[str, Any]:
    last = _last(told)
    if last is None:
        return {"title": _first_line(_message(told)) or "<unlabeled event>"}
    frame = _crash(last)
    found = {"type": last.get("type"), "value": (last.get("value") or "")[:LONGEST_VALUE]}
    places = {"filename": frame.get("filename"), "function": frame.get("function")}
    return {name: one for name, one in {**found, **places}.items() if one is not None}


def _title(metadata: dict[str, Any]) -> str:
    if "title" in metadata:
        return str(metadata["title"])
    kind, line = metadata.get("type"), _first_line(metadata["value"])
    if not kind:
        return str(metadata.get("function") or "<unknown>")
    return f"{kind}: {line}" if line else str(kind)


def _first_line(text: str) -> str:
    line = next(iter(text.splitlines()), "")
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 3] + "..."


def _culprit(told: dict[str, Any]) -> str:
    last = _last(told)
    if told.get("transaction") or last is None:
        return told.get("transaction") or ""
    frame = _crash(last)
    named = frame.get("module") or frame.get("filename") or ""
    return f"{named} in {frame['function']}" if named and frame.get("function") else named


def _tags(told: dict[str, Any]) -> dict[str, str]:
    """What Sentry makes tags of by itself, and the SDK's own."""
    own = told.get("tags") or {}
    runtime = (told.get("contexts") or {}).get("runtime") or {}
    user = told.get("user") or {}
    mechanism = (_last(told) or {}).get("mechanism") or {}
    handled = mechanism.get("handled")
    named = next((f"{key}:{user[key]}" for key in ("id", "username", "email") if user.get(key)), None)
    made = {
        **{name: told.get(name) for name in ("environment", "release", "dist", "server_name", "transaction", "logger")},
        "level": told.get("level", "error"),
        "runtime": " ".join(str(runtime[key]) for key in ("name", "version") if runtime.get(key)),
        "runtime.name": runtime.get("name"),
        "mechanism": mechanism.get("type"),
        "handled": None if handled is None else ("yes" if handled else "no"),
        "url": (told.get("request") or {}).get("url"),
        "user": named or (f"ip:{user['ip_address']}" if user.get("ip_address") else None),
    }
    every = {**made, **(own if isinstance(own, dict) else dict(own))}
    return {key: str(value)[:LONGEST_TAG] for key, value in every.items() if value not in (None, "")}


def _user(told: dict[str, Any]) -> dict[str, Any] | None:
    user = {name: value for name, value in (told.get("user") or {}).items() if value is not None}
    if not user:
        return None
    known = ("id", "email", "username", "ip_address", "name")
    more = {name: value for name, value in user.items() if name not in known}
    return {**{name: None if user.get(name) is None else str(user[name]) for name in known}, "data": more}


def _entries(told: dict[str, Any], values: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    if message := _message(told):
        entry = told.get("logentry") or {}
        told_as = {"formatted": message, "message": entry.get("message"), "params": entry.get("params")}
        yield {"type": "message", "data": told_as}
    if values:
        frames = [frame for value in values for frame in (value["stacktrace"] or {}).get("frames") or []]
        system = any(frame["inApp"] for frame in frames)
        yield {"type": "exception", "data": {"values": values, "hasSystemFrames": system, "excOmitted": None}}
    if threads := [one for one in (told.get("threads") or {}).get("values") or [] if one]:
        shown = [{**_THREAD, **one, "stacktrace": _stack(one), "rawStacktrace": None} for one in threads]
        yield {"type": "threads", "data": {"values": shown}}
    if crumbs := _breadcrumbs(told):
        yield {"type": "breadcrumbs", "data": {"values": crumbs}}
    if request := told.get("request"):
        yield {"type": "request", "data": _request(request)}


_THREAD = {"id": None, "name": None, "crashed": None, "current": None, "state": None, "heldLocks": None}


def _value(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": value.get("type"),
        "value": value.get("value"),
        "module": value.get("module"),
        "mechanism": value.get("mechanism"),
        "threadId": value.get("thread_id"),
        "rawStacktrace": None,
        "stacktrace": _stack(value),
    }


def _stack(value: dict[str, Any]) -> dict[str, Any] | None:
    frames = [_frame(frame) for frame in (value.get("stacktrace") or {}).get("frames") or [] if frame]
    system = any(frame["inApp"] for frame in frames)
    whole = {"frames": frames, "framesOmitted": None, "registers": None, "hasSystemFrames": system}
    return whole if frames else None


def _frame(frame: dict[str, Any]) -> dict[str, Any]:
    line = frame.get("lineno")
    before, after = frame.get("pre_context") or [], frame.get("post_context") or []
    code = [*before, frame.get("context_line") or "", *after]
    return {
        "filename": frame.get("filename"),
        "absPath": _in_container(frame.get("abs_path")),
        "module": frame.get("module"),
        "package": None,
        "platform": None,
        "function": frame.get("function"),
        "lineNo": line,
        "colNo": None,
        "inApp": frame.get("in_app"),
        "context": [] if line is None else [[line - len(before) + at, text] for at, text in enumerate(code)],
        "vars": frame.get("vars") or {},
        "errors": None,
        "trust": None,
    }


def _in_container(path: str | None) -> str | None:
    """A path that belongs to no known place is Python's."""
    if path is None or not path.startswith("/") or path.startswith(("/srv/", "/usr/")):
        return path
    return f"/usr/lib/python3/{Path(path).name}"


def _breadcrumbs(told: dict[str, Any]) -> list[dict[str, Any]]:
    crumbs = (told.get("breadcrumbs") or {}).get("values") or []
    return [{"type": "default", "level": "info", "event_id": None, **crumb} for crumb in crumbs if crumb]


def _request(request: dict[str, Any]) -> dict[str, Any]:
    pairs = {name: sorted((request.get(name) or {}).items()) for name in ("headers", "cookies")}
    return {
        "apiTarget": None,
        "method": request.get("method"),
        "url": request.get("url", ""),
        "query": re.findall(r"([^=&]+)=([^&]*)", request.get("query_string") or ""),
        "fragment": None,
        "data": request.get("data"),
        "headers": pairs["headers"],
        "cookies": pairs["cookies"],
        "env": request.get("env"),
        "inferredContentType": None,
    }
