"""Each envelope goes to one of the bot's sockets and is acknowledged in time, delivered again, or given up."""

import itertools
import json
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.playground.slack import json_in
from bot.playground.slack.times import Times
from bot.playground.slack.timetable import Timetable
from bot.playground.slack.traffic import Traffic

MOST_QUEUED = 100  # events that wait for a bot that is not connected; older ones are dropped first
MOST_OPEN = 2_000  # envelopes that wait for an acknowledgement; a bot that never answers must not fill the memory

Answered = Callable[[Mapping[str, Any]], None]


class Connection(Protocol):
    """One socket of the bot; `send` never waits."""

    def send(self, text: str) -> None: ...


@dataclass
class _Envelope:
    id: str
    kind: str
    name: str
    summary: str
    payload: Mapping[str, Any]
    accepts: bool
    answered: Answered
    lapsed: Callable[[], None]
    queued: float
    attempt: int = 0
    exchange: int = 0
    cancel: Callable[[], None] = lambda: None

    def text(self) -> str:
        told: dict[str, Any] = {"envelope_id": self.id, "payload": self.payload, "type": self.kind}
        told["accepts_response_payload"] = self.accepts
        if self.kind == "events_api":
            told |= {"retry_attempt": self.attempt, "retry_reason": "timeout" if self.attempt else ""}
        return json.dumps(told, ensure_ascii=False)


class Envelopes:
    """Safe for any number of threads; `told` hears when the first socket comes and the last one goes."""

    def __init__(
        self, times: Times, timetable: Timetable, traffic: Traffic, told: Callable[[bool], None] = lambda _: None
    ) -> None:
        self._times, self._timetable, self._traffic, self._told = times, timetable, traffic, told
        self._lock = threading.RLock()
        self._settled = threading.Condition(self._lock)
        self._connections: list[Connection] = []
        self._turn = itertools.count()
        self._open: dict[str, _Envelope] = {}
        self._queue: deque[_Envelope] = deque(maxlen=MOST_QUEUED)
        self._closed = False

    @property
    def connected(self) -> bool:
        return bool(self._connections)

    def join(self, connection: Connection) -> None:
        """From now on the socket gets its share; what waited for one is delivered."""
        with self._lock:
            first = not self._connections
            self._connections.append(connection)
            waiting, oldest = list(self._queue), time.monotonic() - self._times.keep
            self._queue.clear()
            if first:
                self._told(True)
            for one in waiting:
                if one.queued >= oldest:
                    self._deliver(one)

    def leave(self, connection: Connection) -> None:
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)
                if not self._connections:
                    self._told(False)

    def close(self, seconds: float = 0.0) -> bool:
        """Delivers nothing any more, and waits so long for what the bot is still acknowledging; False if it did not.

        A bot that hung up before would answer into a dead socket.
        """
        with self._lock:
            self._closed = True
            self._queue.clear()
            return self._settled.wait_for(lambda: not self._open, seconds)

    def event(self, payload: Mapping[str, Any], summary: str = "") -> None:
        """Delivers an event, again until it is acknowledged; it waits a while for a bot that is not connected."""
        name = f"events_api/{payload.get('event', {}).get('type', '')}"
        one = self._new("events_api", name, summary, payload, False, lambda _: None, lambda: None)
        with self._lock:
            self._deliver(one)

    def interaction(
        self,
        kind: str,
        name: str,
        summary: str,
        payload: Mapping[str, Any],
        *,
        accepts: bool = False,
        answered: Answered = lambda _: None,
        lapsed: Callable[[], None] = lambda: None,
    ) -> bool:
        """Delivers a command or an interaction once; False when no bot is connected.

        `answered` gets the payload of the acknowledgement, `lapsed` is called when none came in time.
        """
        one = self._new(kind, name, summary, payload, accepts, answered, lapsed)
        with self._lock:
            if not self._connections or self._closed:
                return False
            self._deliver(one)
            return True

    def acknowledge(self, text: str) -> None:
        """A frame of the bot; whatever is not an acknowledgement of an open envelope means nothing."""
        try:
            told = json_in.read(text)
        except ValueError:
            return
        name = told.get("envelope_id") if isinstance(told, dict) else None
        with self._lock:
            one = self._open.pop(name, None) if isinstance(name, str) else None
            self._settled.notify_all()
        if one is None:
            return
        one.cancel()
        payload = told.get("payload")
        self._traffic.ended(one.exchange, payload, ok=True)
        one.answered(payload if isinstance(payload, dict) else {})

    def _new(
        self,
        kind: str,
        name: str,
        summary: str,
        payload: Mapping[str, Any],
        accepts: bool,
        answered: Answered,
        lapsed: Callable[[], None],
    ) -> _Envelope:
        now = time.monotonic()
        return _Envelope(str(uuid.uuid4()), kind, name, summary, payload, accepts, answered, lapsed, now)

    def _deliver(self, one: _Envelope) -> None:
        """Under the lock."""
        if self._closed:
            return
        if not self._connections:
            self._queue.append(one)
            return
        summary = one.summary + (f" (delivery {one.attempt + 1})" if one.attempt else "")
        one.exchange = self._traffic.began("slack→bot", one.name, summary, one.payload)
        self._open[one.id] = one
        while len(self._open) > MOST_OPEN:
            dropped = self._open.pop(next(iter(self._open)))
            dropped.cancel()
            self._traffic.ended(dropped.exchange, None, ok=False, error="dropped: too many wait to be acknowledged")
        one.cancel = self._timetable.after(self._times.acknowledge, lambda: self._lapse(one))
        self._connections[next(self._turn) % len(self._connections)].send(one.text())

    def _lapse(self, one: _Envelope) -> None:
        with self._lock:
            if self._open.pop(one.id, None) is None:
                return
            self._settled.notify_all()
            told = f"not acknowledged within {self._times.acknowledge:g} s"
            self._traffic.ended(one.exchange, None, ok=False, error=told)
            if one.kind == "events_api" and one.attempt < len(self._times.redeliver):
                pause = self._times.redeliver[one.attempt]
                one.attempt += 1
                self._timetable.after(pause, lambda: self._again(one))
                return
        one.lapsed()

    def _again(self, one: _Envelope) -> None:
        with self._lock:
            one.queued = time.monotonic()
            self._deliver(one)
