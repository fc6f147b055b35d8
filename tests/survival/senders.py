"""Slack's side of a storm, in a process of its own: many senders, kept connections, signed events, each until heard.

It reads one line of JSON (a `Mission`'s) and writes one for each part of the storm and each bot, then one for each bot.
It knows nothing of the bot's own code: what it measures is HTTP, and its start costs nothing.
"""

import asyncio
import hashlib
import hmac
import json
import random
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ALERT = Path(__file__).parents[1] / "recorded" / "slack" / "issue_alert.json"
HEARD_SECONDS = 3.0  # Slack waits so long for an acknowledgement, then it delivers again
AGAIN_SECONDS = 0.2  # between two deliveries of the same; Slack's own wait is a minute
TRIES = 20
FIRST_ISSUE = 1_000
OK = 200


@dataclass(frozen=True)
class Mission:
    """`events` distinct alerts over `issues`, `twice` of them delivered twice, by so many `senders` at once.

    `bots` are the ports of each bot's replicas, by its name. They hear the same events, `part` by part in turns, so
    that what else the machine does hits each of them alike.
    """

    bots: dict[str, list[int]]
    secret: str
    events: int
    issues: int
    seed: int
    twice: int = 0
    senders: int = 50
    part: int = 500
    prefix: str = "Ev"


@dataclass
class Heard:
    """How a bot heard: seconds of each delivery that was acknowledged, and how often one had to be made again."""

    seconds: list[float] = field(default_factory=list)
    again: dict[str, int] = field(default_factory=dict)
    lost: int = 0


def deliveries(mission: Mission) -> list[tuple[int, int]]:
    """The number and the issue of each event in the order of delivery; half of the second deliveries come at the same
    time as the first, the others any time later."""
    chance = random.Random(mission.seed)  # noqa: S311 - to be repeated, not to be secret
    numbers = list(range(mission.events))
    issues = [FIRST_ISSUE + number % mission.issues for number in numbers]
    chance.shuffle(issues)
    order: list[tuple[float, int]] = [(float(number), number) for number in numbers]
    for place, number in enumerate(chance.sample(numbers, mission.twice)):
        order.append((number + 0.5 if place % 2 else chance.uniform(number, mission.events), number))
    return [(number, issues[number]) for _, number in sorted(order)]


def bodies(mission: Mission) -> Iterator[bytes]:
    """What Slack would send: a recorded alert of Sentry, as that of each issue, in a channel of the issue's own.

    In one channel they would share one card, for they come together and have one cause.
    """
    recorded = json.dumps(json.loads(ALERT.read_text(encoding="utf-8")))
    known = json.loads(recorded)
    number_in_it, ts_in_it, channel = "5551234567", known["ts"], known["channel"]
    uuid_in_it = "0f3c7a52-1d2b-4c11-9d6e-0a4f5b6c7d8e"
    for number, issue in deliveries(mission):
        event = recorded.replace(number_in_it, str(issue)).replace(ts_in_it, f"1795168863.{number:06d}")
        event = event.replace(channel, f"C0ALERTS{issue}").replace(uuid_in_it, str(uuid.UUID(int=number)))
        envelope = {
            "type": "event_callback", "event_id": f"{mission.prefix}{number}", "team_id": "T0TEST",
            "api_app_id": "A0TEST", "event_time": 1795168863,
            "authorizations": [{"team_id": "T0TEST", "user_id": "U0DIAGNOSE", "is_bot": True}],
        }  # fmt: skip
        yield f'{json.dumps(envelope)[:-1]}, "event": {event}}}'.encode()


class Line:
    """One sender's connection, which is kept from one delivery to the next."""

    def __init__(self, port: int, secret: str) -> None:
        self._port, self._secret = port, secret.encode()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def deliver(self, body: bytes, heard: Heard) -> None:
        """Until it is acknowledged."""
        for _ in range(TRIES):
            began = time.perf_counter()
            try:
                async with asyncio.timeout(HEARD_SECONDS):
                    status = await self._post(body)
            except (OSError, EOFError, TimeoutError) as failed:
                await self.close()
                why = type(failed).__name__
            else:
                if status == OK:
                    heard.seconds.append(time.perf_counter() - began)
                    return
                why = str(status)
            heard.again[why] = heard.again.get(why, 0) + 1
            await asyncio.sleep(AGAIN_SECONDS)
        heard.lost += 1

    async def _post(self, body: bytes) -> int:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(self._head(body) + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await reader.readexactly(int(fields.get("content-length", "0")))
        if fields.get("connection") == "close":
            await self.close()
        return int(head.split(" ", 2)[1])

    def _head(self, body: bytes) -> bytes:
        stamp = str(int(time.time()))
        digest = hmac.new(self._secret, f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        lines = (
            "POST /slack/events HTTP/1.1", f"Host: 127.0.0.1:{self._port}", "Content-Type: application/json",
            f"Content-Length: {len(body)}", f"X-Slack-Request-Timestamp: {stamp}", f"X-Slack-Signature: v0={digest}",
        )  # fmt: skip
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def storm(mission: Mission) -> None:
    """Sends everything, and tells of each part as it is done."""
    waiting = list(bodies(mission))
    lines = {
        name: [Line(ports[number % len(ports)], mission.secret) for number in range(mission.senders)]
        for name, ports in mission.bots.items()
    }
    heard = {name: Heard() for name in mission.bots}
    names = list(mission.bots)
    for start in range(0, len(waiting), mission.part):
        part = waiting[start : start + mission.part]
        for name in names:
            began, before = time.perf_counter(), len(heard[name].seconds)
            rest = iter(part)
            await asyncio.gather(*(_send(line, rest, heard[name]) for line in lines[name]))
            seconds = time.perf_counter() - began
            tell(bot=name, sent=start + len(part), heard=len(heard[name].seconds) - before, seconds=seconds)
        names.reverse()
    for name, one in heard.items():
        for line in lines[name]:
            await line.close()
        tell(bot=name, **asdict(one))


async def _send(line: Line, rest: Iterable[bytes], heard: Heard) -> None:
    for body in rest:
        await line.deliver(body, heard)


def tell(**told: Any) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(storm(Mission(**json.loads(sys.stdin.readline()))))
