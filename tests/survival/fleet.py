"""Replicas of the bot over one database, and a Slack that delivers again what was not acknowledged."""

import hashlib
import hmac
import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import requests

from tests.slack.office import SENTRY_URL, an_alert
from tests.stand_ins.slack_server import SlackServer
from tests.survival.replica import SECRET, Order

INCIDENT = Path(__file__).parents[1] / "lab" / "incidents" / "lock_timeout" / "recording.json"
START_SECONDS = 60.0  # until a replica hears Slack; it takes two, more while others compile beside it
DELIVERY_SECONDS = 3.0  # Slack waits so long for an acknowledgement
AGAIN_SECONDS = 0.2  # between two deliveries of the same; Slack's own wait is a minute, and so is nobody's patience
DELIVERIES = 300


@dataclass
class Replica:
    """One process; `port` is where it hears Slack."""

    name: str
    process: subprocess.Popen[str]
    port: int

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        self.process.kill()
        self.process.wait(10)

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    def close(self) -> None:
        """Its pipes; for a process that has ended."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


@dataclass
class Fleet:
    """The replicas of one bot; Slack's clock is off by `skew` seconds."""

    slack: SlackServer
    order: Order
    folder: Path
    replicas: dict[str, Replica] = field(default_factory=dict)
    tried: Iterator[int] = field(default_factory=itertools.count)
    skew: float = 0.0

    def start(self, name: str, **given: Any) -> Replica:
        """Starts a replica of that name and waits until it hears."""
        return self.starting(name, **given)()

    def starting(self, name: str, **given: Any) -> "Starting":
        """Starts a replica; calling what this gives waits until it hears."""
        with (self.folder / f"{name}.log").open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.survival.replica"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        order = self.order.model_copy(update={"replica": name, **given})
        assert process.stdin is not None
        process.stdin.write(order.model_dump_json() + "\n")
        process.stdin.flush()
        return Starting(self, name, process)

    def stop(self) -> None:
        """Ends every replica, by its process."""
        for replica in self.replicas.values():
            if replica.lives:
                replica.process.terminate()
        for replica in self.replicas.values():
            try:
                replica.process.wait(15)
            except subprocess.TimeoutExpired:
                replica.kill()
            replica.close()

    def deliver(self, event: Mapping[str, Any], event_id: str) -> int:
        """Delivers an event until somebody acknowledges it, as Slack does; gives how often that took."""
        body = json.dumps(
            {
                "type": "event_callback", "event_id": event_id, "event": event, "team_id": "T0TEST",
                "api_app_id": "A0TEST",
                "authorizations": [{"team_id": "T0TEST", "user_id": "U0DIAGNOSE", "is_bot": True}],
            }
        )  # fmt: skip
        for delivery in range(1, DELIVERIES):
            if self.post(body) == 200:
                return delivery
            time.sleep(AGAIN_SECONDS)
        raise AssertionError("nobody acknowledged the event")

    def alert(self, issue: int, event_id: str, ts: str = "1795168000.000100") -> int:
        """Sentry's alert for that issue."""
        return self.deliver(an_alert(ts, issue), event_id)

    def command(self, text: str, trigger: str) -> float:
        """A person's `/diagnose`, which Slack sends once only: how long its acknowledgement took, in seconds.

        What the person is told is among the stand-in's `answers`.
        """
        given = {
            "command": "/diagnose", "text": text, "channel_id": "C1", "user_id": "U0ASKER", "team_id": "T0TEST",
            "trigger_id": trigger, "response_url": self.slack.response_url(), "api_app_id": "A0TEST",
        }  # fmt: skip
        began = time.monotonic()
        status = self.post(urlencode(given), "application/x-www-form-urlencoded")
        assert status == 200, f"Slack was told {status}"
        return time.monotonic() - began

    def post(self, body: str, form: str = "application/json", skew: float = 0.0) -> int:
        """Posts to one of the living, signed by a clock that is off by so much: the HTTP status, 0 for none in time."""
        living = [one for one in list(self.replicas.values()) if one.lives]
        if not living:
            return 0
        address = f"http://127.0.0.1:{living[next(self.tried) % len(living)].port}/slack/events"
        headers = {"Content-Type": form, **_signed(body, skew + self.skew)}
        try:
            return requests.post(address, data=body, headers=headers, timeout=DELIVERY_SECONDS).status_code
        except requests.RequestException:
            return 0

    def logs(self) -> str:
        """What all replicas wrote."""
        return "".join(log.read_text(encoding="utf-8") for log in sorted(self.folder.glob("*.log")))


@dataclass
class Starting:
    """A replica on its way."""

    fleet: Fleet
    name: str
    process: subprocess.Popen[str]

    def __call__(self) -> Replica:
        said: list[str] = []
        answers = self.process.stdout
        assert answers is not None
        reader = threading.Thread(target=lambda: said.append(answers.readline()), daemon=True)
        reader.start()
        reader.join(START_SECONDS)
        if not said or not said[0].strip():
            self.process.kill()
            raise AssertionError(f"{self.name} did not start: {self.fleet.logs()[-2_000:]}")
        replica = Replica(self.name, self.process, int(said[0]))
        before = self.fleet.replicas.get(self.name)
        self.fleet.replicas[self.name] = replica
        if before is not None:
            before.close()
        return replica


@contextmanager
def fleet(database: str, folder: Path, **given: Any) -> Iterator[Fleet]:
    """A Slack and no replica yet; all of them are gone afterwards."""
    with SlackServer() as slack:
        order = Order(
            database=database, replica="", slack=slack.url, recording=str(INCIDENT), sentry_url=SENTRY_URL, **given
        )
        opened = Fleet(slack, order, folder)
        try:
            yield opened
        finally:
            opened.stop()


def _signed(body: str, skew: float) -> dict[str, str]:
    stamp = str(int(time.time() + skew))
    digest = hmac.new(SECRET.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
