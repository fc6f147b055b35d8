"""Run in a process of its own, in a release's folder: one job of the billing worker, at the lab's moment.

The job is JSON on standard input: `{"at": ISO moment, "command": [arguments of alembic]}`, or
`{"visits": [[ISO moment, job], …]}`.
"""

import json
import sys
from datetime import datetime
from pathlib import Path

import time_machine


def main() -> None:
    job = json.load(sys.stdin)
    sys.path.insert(0, str(Path.cwd()))
    if "command" in job:
        _command(job["command"], datetime.fromisoformat(job["at"]))
    else:
        _visits([(datetime.fromisoformat(moment), name) for moment, name in job["visits"]])


def _command(arguments: list[str], at: datetime) -> None:
    import alembic.config  # noqa: PLC0415 - only what the job needs

    time_machine.travel(at, tick=True).start()
    sys.argv = ["alembic", *arguments]
    alembic.config.main(argv=arguments, prog="alembic")


def _visits(visits: list[tuple[datetime, str]]) -> None:
    import sentry_sdk  # noqa: PLC0415
    from billing import worker  # noqa: PLC0415 - the release's own

    with time_machine.travel(visits[0][0], tick=True) as clock:
        sys.argv = ["billing-worker"]
        worker.begin()
        for moment, name in visits:
            clock.move_to(moment)
            worker.work(name)
        sentry_sdk.flush(timeout=10)


if __name__ == "__main__":
    main()
