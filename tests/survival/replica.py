"""A replica of the bot in a process of its own, which can be killed: HTTP mode, a recorded incident, a real database.

It reads one line of JSON (an `Order`) and writes one: the port on which it hears Slack. SIGTERM stops it as it stops
`diagnose serve`.
"""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import time_machine
import uvicorn

from bot.doors import Kept, desk_of, http_mode, web_client
from bot.http_door import uvicorn_options
from bot.listen.alert import SENTRY_APP
from bot.observe.logs import log_to_standard_error
from bot.runs import database
from bot.runs.database import address, opened
from bot.runs.tempo import Tempo
from bot.serve import leave_what_stays_alone
from playbook.evidence.fact import Value
from playbook.evidence.issue_ref import IssueRef
from playbook.gather import Progress, Tell
from playbook.investigate import Investigation, replay
from playbook.sources.recording import Recording

SECRET = "the-secret-of-this-test"
STOP_SECONDS = 5.0  # that runs may take after SIGTERM


class Order(Value):
    """Who a replica is, and how fast its world goes: `step` seconds for each step of an investigation."""

    database: str
    replica: str
    slack: str
    recording: str
    sentry_url: str
    step: float = 0.03
    beat: float = 0.3
    dead: float = 3.0
    pace: float = 0.05
    poll: float = 0.05
    at_once: int = 4
    clock: float = 0.0  # seconds by which this replica's clock is off
    migrations: str = ""  # where those of another version are


def main() -> None:
    """Until SIGTERM, or until it is killed, or until whoever ordered it is gone."""
    order = Order.model_validate_json(sys.stdin.readline())
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(1)), daemon=True).start()
    if order.clock:
        time_machine.travel(datetime.now(UTC) + timedelta(seconds=order.clock)).start()
    # uvicorn stops on SIGTERM, and then sends it once more to whoever listened before it.
    signal.signal(signal.SIGTERM, lambda *_: None)
    log_to_standard_error()
    if order.migrations:
        other = database.migrations()
        other.set_main_option("script_location", order.migrations)
        patch.object(database, "migrations", return_value=other).start()
    kept = Kept(opened(address(order.database, Path())), order.replica)
    desk = desk_of(
        investigator(order),
        web_client("xoxb-test", order.slack),
        kept,
        order.sentry_url,
        {SENTRY_APP},
        tempo=Tempo(order.at_once, order.poll, order.beat, order.dead),
        pace_seconds=order.pace,
    )
    leave_what_stays_alone()
    app = http_mode(web_client("xoxb-test", order.slack), SECRET, desk)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        uvicorn.Server(uvicorn.Config(app, log_config=None, **uvicorn_options())).run(sockets=[listening])
    assert desk.durable is not None
    desk.durable.close(STOP_SECONDS)


def investigator(order: Order) -> Callable[[IssueRef, datetime, Tell], Investigation]:
    """Replays the recorded incident as that of the asked issue, as slowly as the order says."""
    text = Path(order.recording).read_text(encoding="utf-8")
    issue = replay(Recording.model_validate_json(text), lambda _: None).diagnosis.issue

    def investigate(ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
        def slowly(progress: Progress) -> None:
            tell(progress)
            time.sleep(order.step)

        number = str(ref.issue_id or ref.target.rpartition("-")[2])
        # Each in an environment of its own, or all of them would be one incident and share one card.
        asked = text.replace(issue.id, number).replace(issue.short_id, f"SHOP-{number}")
        asked = asked.replace("production", f"region{number}")
        return replay(Recording.model_validate_json(asked), slowly)

    return investigate


if __name__ == "__main__":
    main()
