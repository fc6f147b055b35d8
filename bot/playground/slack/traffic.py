"""The inspector's memory: each exchange between bot and Slack, either way, bounded in number and in size."""

import json
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_EXCHANGES = 300  # what a person scrolls through; two hundred alerts make a few thousand
MOST_BYTES = 8_000_000  # of all bodies together: the page's own memory, many times over
LONGEST_BODY = 200_000  # bytes of one body; a full view has 250 kB at most, a card about 10
LONGEST_SUMMARY = 120  # characters of an exchange's line
MASK = "…"
_TICKET = re.compile(r"(ticket=)[0-9a-f]+")
SECRET_NAMES = frozenset({"token", "authorization", "client_secret", "signing_secret"})


@dataclass
class Exchange:
    """One request and, once there is one, its answer; bodies are JSON as text."""

    n: int
    at: float
    way: str
    name: str
    summary: str
    request: str
    began: float = field(default_factory=time.monotonic)
    answer: str | None = None
    ms: float | None = None
    ok: bool | None = None
    error: str | None = None

    @property
    def size(self) -> int:
        return len(self.request.encode()) + len((self.answer or "").encode())

    def shown(self) -> dict[str, Any]:
        """Without bodies, as the page lists it."""
        names = ("n", "at", "way", "name", "summary", "ms", "ok", "error", "size")
        return {name: getattr(self, name) for name in names}


class Traffic:
    """Safe for any number of threads; `told` hears of each exchange when it begins and when it ends."""

    def __init__(
        self,
        told: Callable[[dict[str, Any]], None] = lambda _: None,
        secrets: tuple[str, ...] = (),
        most_exchanges: int = MOST_EXCHANGES,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._told, self._secrets = told, secrets
        self._most, self._most_bytes = most_exchanges, most_bytes
        self._lock = threading.Lock()
        self._exchanges: OrderedDict[int, Exchange] = OrderedDict()
        self._bytes = 0
        self._last = 0

    def began(self, way: str, name: str, summary: str, request: object) -> int:
        """Notes a request; the number is for `ended`."""
        text = self._text(request)
        with self._lock:
            self._last += 1
            one = Exchange(self._last, time.time(), way, name, self._hidden(summary)[:LONGEST_SUMMARY], text)
            self._exchanges[one.n] = one
            self._bytes += one.size
            self._trim()
            shown = one.shown()
        self._told(shown)
        return one.n

    def ended(self, n: int, answer: object, *, ok: bool, error: str | None = None) -> None:
        """Notes the answer, unless the request has left the memory meanwhile."""
        text = None if answer is None else self._text(answer)
        with self._lock:
            one = self._exchanges.get(n)
            if one is None:
                return
            self._bytes -= one.size
            one.answer, one.ok, one.error = text, ok, error
            one.ms = round((time.monotonic() - one.began) * 1000, 1)
            self._bytes += one.size
            self._trim()
            shown = one.shown()
        self._told(shown)

    def shown(self) -> list[dict[str, Any]]:
        """All that are remembered, oldest first."""
        with self._lock:
            return [one.shown() for one in self._exchanges.values()]

    def whole(self, n: int) -> dict[str, Any] | None:
        """One exchange with its bodies; None when it has left the memory."""
        with self._lock:
            one = self._exchanges.get(n)
            if one is None:
                return None
            answer = None if one.answer is None else json.loads(one.answer)
            return {**one.shown(), "request": json.loads(one.request), "answer": answer}

    def _trim(self) -> None:
        while len(self._exchanges) > 1 and (len(self._exchanges) > self._most or self._bytes > self._most_bytes):
            _, gone = self._exchanges.popitem(last=False)
            self._bytes -= gone.size

    def _hidden(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, secret.split("-", maxsplit=1)[0] + "-" + MASK)
        return text

    def _text(self, body: object) -> str:
        text = json.dumps(masked(body), ensure_ascii=False, default=str)
        text = self._hidden(text)
        text = _TICKET.sub(rf"\1{MASK}", text)
        size = len(text.encode())
        if size <= LONGEST_BODY:
            return text
        note = f"This body has {size:,} bytes; the first {LONGEST_BODY:,} are shown."
        beginning = text.encode()[:LONGEST_BODY].decode(errors="ignore")
        return json.dumps({"cut": note, "beginning": beginning}, ensure_ascii=False)


def masked(value: object) -> object:
    """The same without what a token or password could stand in."""
    if isinstance(value, Mapping):
        return {
            str(key): MASK if str(key).lower() in SECRET_NAMES and isinstance(inner, str) else masked(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(inner) for inner in value]
    return value
