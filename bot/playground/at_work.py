"""The bot as `diagnose serve` puts it together, connected to the workspace as it would be to Slack."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.app import Investigator
from bot.assembly import Kept, desk_of, web_client
from bot.doors import hang_up, socket_mode
from bot.listen.alert import SENTRY_APP
from bot.observe.logs import log_to_standard_error
from bot.observe.metrics import Metrics
from bot.observe.states import States
from bot.playground.recorded import LATENCY
from bot.runs.database import address, opened

REPLICA = "rehearsal"
STOP_SECONDS = 4.0  # that runs under way may still take at the end; nobody waits longer for a rehearsal


@dataclass(frozen=True)
class Workplace:
    """Where the bot connects, with which tokens; `data` is the folder in which it keeps what outlives it."""

    address: str
    bot_token: str
    app_token: str
    sentry_url: str
    data: Path


def watched() -> States:
    """Of recorded sources: each is there, and nothing has been asked yet."""
    return States(dict.fromkeys(LATENCY, True), Metrics())


@contextmanager
def at_work(
    place: Workplace, investigate: Investigator, last_word: Callable[[], object], states: States | None = None
) -> Iterator[None]:
    """The same doors, the same socket; `last_word` is called when the runs have ended and the socket is still open.

    `states` knows how the sources do, for the Home tab.
    """
    client = web_client(place.bot_token, f"{place.address}/api/")
    # A bot that was begun again is the same replica, so that it goes on with its own runs at once.
    kept = Kept(opened(address(None, place.data)), REPLICA)
    desk = desk_of(
        investigate,
        client,
        kept,
        place.sentry_url,
        {SENTRY_APP},
        workspace=place.address,
        sources=states or tuple,
    )
    bot = socket_mode(client, place.app_token, desk)
    bot.connect()  # type: ignore[no-untyped-call] # Bolt leaves it untyped
    try:
        yield
    finally:
        with _unheard(bot.client.logger):
            desk.messages.give_up()
            _bounded(desk.runs.close)
            bot.client.auto_reconnect_enabled = False
            last_word()
            hang_up(bot)
            kept.engine.dispose()


@contextmanager
def _unheard(sockets: logging.Logger) -> Iterator[None]:
    """What is not shown any more, and a socket that ends while it is read, is no news at the end."""
    log_to_standard_error(logging.CRITICAL)
    before, sockets.disabled = sockets.disabled, True
    try:
        yield
    finally:
        sockets.disabled = before


def _bounded(close: Callable[[], None]) -> None:
    """Waits for it as long as the patience lasts."""
    thread = threading.Thread(target=close, name="closing", daemon=True)
    thread.start()
    thread.join(STOP_SECONDS)
