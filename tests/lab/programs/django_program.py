"""Run in a process of its own, in a release's folder: one job of a Django project, at the lab's moment.

The job is JSON on standard input: `{"at": ISO moment, "command": [arguments of manage.py]}`, or
`{"visits": [[ISO moment, path], …]}`.
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import time_machine


def main() -> None:
    job = json.load(sys.stdin)
    sys.path.insert(0, str(Path.cwd()))
    os.environ["DJANGO_SETTINGS_MODULE"] = job["settings"]
    if "command" in job:
        _command(job["command"], datetime.fromisoformat(job["at"]))
    else:
        _visits([(datetime.fromisoformat(moment), path) for moment, path in job["visits"]])


def _command(arguments: list[str], at: datetime) -> None:
    """An exception leaves by the interpreter's own hook, through which the SDK reports it."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - after the settings are named

    time_machine.travel(at, tick=True).start()
    sys.argv = ["manage.py", *arguments]
    execute_from_command_line(sys.argv)


def _visits(visits: list[tuple[datetime, str]]) -> None:
    import django  # noqa: PLC0415
    import sentry_sdk  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    with time_machine.travel(visits[0][0], tick=True) as clock:
        sys.argv = ["gunicorn", "shop.wsgi"]
        django.setup()
        client = Client(raise_request_exception=False)
        for moment, path in visits:
            clock.move_to(moment)
            client.get(path)
        sentry_sdk.flush(timeout=10)


if __name__ == "__main__":
    main()
