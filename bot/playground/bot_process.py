"""The bot in a process of its own, so that it can really be killed: `python -m bot.playground.bot_process`.

What it needs is told to it in one line of JSON on its standard input, tokens included, which so stand in no list of
processes. It ends when that input does: a workspace that was itself killed leaves no bot behind.
"""

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from pydantic import BaseModel, ConfigDict

from bot.demo import incidents as recordings
from bot.observe.logs import log_to_standard_error
from bot.playground.at_work import Workplace, at_work, watched
from bot.playground.recorded import MODES, Mode, Sources, incidents, investigator, sentry_of
from playbook.evidence.unavailable import Unavailable
from playbook.sources.door import SourceName

ASK_SECONDS = 5.0  # for how the sources are: this very machine answers in a few milliseconds
LAST_WORD_SECONDS = 0.2  # for the acknowledgements that are on their way at the end
DOES_NOT_ANSWER = "The workspace that says how its sources behave does not answer; is it still running?"


class Order(BaseModel):
    """What the process is told: where the workspace is, and which recordings the bot reads at which pace."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address: str
    bot_token: str
    app_token: str
    recordings: Path | None
    pace: float
    data: Path


class AskedSources(Sources):
    """Sources whose modes the workspace knows: a visitor sets them there, while this process may be dead."""

    def __init__(self, address: str, sleep: Callable[[float], object], pace: float) -> None:
        super().__init__(sleep, pace)
        self._address = f"{address}/page/sources"
        self._opener = build_opener(ProxyHandler({}))  # or a proxy of the environment would be asked for 127.0.0.1

    def modes(self) -> dict[SourceName, Mode]:
        """As they are at this moment; raises `Unavailable` where the workspace does not say."""
        try:
            with self._opener.open(self._address, timeout=ASK_SECONDS) as answer:
                told = json.loads(answer.read())
        except (URLError, OSError, ValueError) as silent:
            raise Unavailable(DOES_NOT_ANSWER) from silent
        known: tuple[SourceName, ...] = get_args(SourceName)
        return {name: next((mode for mode in MODES if told.get(name) == mode), "recorded") for name in known}


def main() -> None:
    """Works until its standard input ends or it is told to stop."""
    order = Order.model_validate_json(sys.stdin.readline())
    over = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the workspace's, which then ends this input
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    threading.Thread(target=_await_the_end, args=(over,), name="input", daemon=True).start()
    log_to_standard_error(logging.WARNING)
    known = incidents(recordings(order.recordings))
    sources = AskedSources(order.address, over.wait, order.pace)
    place = Workplace(order.address, order.bot_token, order.app_token, sentry_of(known), order.data)
    states = watched()
    investigate = investigator(known, sources, states.door)
    with at_work(place, investigate, lambda: time.sleep(LAST_WORD_SECONDS), states):
        over.wait()
    sys.stdout.flush()
    os._exit(0)  # a thread that still waits for Slack must not keep the process


def _await_the_end(over: threading.Event) -> None:
    while sys.stdin.readline():
        pass
    over.set()


if __name__ == "__main__":
    main()
