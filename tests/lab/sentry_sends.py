"""Run in a process of its own: fails as it is told, at moments of the past, and lets a real SDK report it.

Reads `{"dsn": …, "failures": [{"at", "kind", "release", "environment", "server", "user"}, …]}` from standard input.
"""

import json
import logging
import sys
from datetime import datetime
from pathlib import Path

import sentry_sdk
import time_machine


def main() -> None:
    sys.path.insert(0, str(Path.cwd()))
    import orders  # type: ignore[import-not-found]  # noqa: PLC0415 - the release's own

    told = json.load(sys.stdin)
    with time_machine.travel(datetime.fromisoformat(told["failures"][0]["at"]), tick=True) as clock:
        for failure in told["failures"]:
            clock.move_to(datetime.fromisoformat(failure["at"]))
            names = {name: failure[name] for name in ("release", "environment")}
            sentry_sdk.init(told["dsn"], server_name=failure["server"], **names)
            sentry_sdk.get_isolation_scope().clear()
            if failure["user"]:
                sentry_sdk.set_user({"id": failure["user"]})
            sentry_sdk.set_tag("tenant", failure.get("tenant", "one"))
            _fail(orders, failure["kind"])
            sentry_sdk.flush(timeout=10)


def _fail(orders: object, kind: str) -> None:
    if kind == "warning":
        logging.getLogger("shop").error("order %s is odd", 4)
        return
    try:
        getattr(orders, kind)()
    except (LookupError, OSError, RuntimeError) as error:
        sentry_sdk.capture_exception(error)


if __name__ == "__main__":
    main()
