"""A workspace on this computer with the real bot in it: over recorded incidents, or over the real sources."""

import errno
import logging
import os
import socket
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from bot.app import Investigator
from bot.app import investigator as live_investigator
from bot.demo import Act
from bot.demo import incidents as recordings
from bot.observe.logs import log_to_standard_error
from bot.observe.states import States
from bot.playground.at_work import Workplace, at_work, watched
from bot.playground.bot_keeper import BotKeeper
from bot.playground.bot_process import Order
from bot.playground.recorded import Sources, incidents, investigator, sentry_of
from bot.playground.server import NotDone, Stage, server
from bot.playground.slack.app import DIAGNOSE, App
from bot.playground.slack.workspace import Workspace
from bot.playground.stage import LiveStage, RecordedStage
from bot.serve import until_told_to_stop
from bot.settings import Mapping, Settings

HOST = "127.0.0.1"
PORT = 7433
PORTS_TRIED = 50
LAST_PORT = 65_535
START_SECONDS = 20.0  # until the server takes requests; it takes a fraction of one
STOP_SECONDS = 4.0  # that runs under way may still take after Ctrl-C; nobody waits longer for a rehearsal
LAST_WORD_SECONDS = 1.0  # for the acknowledgements that are on their way then; each takes milliseconds
PAGE = Path(__file__).parent / "static"


class NoPort(Exception):
    """No port was free; the text says which were tried."""


@dataclass(frozen=True)
class Rehearsal:
    """An open workspace; `stage` is what a visitor can play."""

    url: str
    workspace: Workspace
    stage: RecordedStage | LiveStage


def open_workspace(
    port: int,
    *,
    browser: bool,
    first: str = "",
    place: Path | None = None,
    configured: tuple[Settings, Mapping] | None = None,
    acts: Sequence[Act] = (),
) -> None:
    """Opens it, says where, shows it, and returns on Ctrl-C; `first` names an incident whose alert is played at once.

    Over the recordings in the folder `place`, or those that came along; with settings (`configured`) over the real
    sources. `acts` (`bot.demo.acts`) are played one after the other as soon as the bot is connected. Raises
    `WrongSettings` and `NoPort`.
    """
    began = time.monotonic()
    recorded = (
        over_real_sources(*configured, port=port) if configured else over_recordings(port, place, own_process=True)
    )
    with recorded as opened:
        if first:
            opened.stage.act({"do": "stage.alert", "incident": first})
        threading.Thread(target=_play, args=(opened, acts), name="acts", daemon=True).start()
        seconds = time.monotonic() - began
        sys.stdout.write(f"The workspace is open at {opened.url} (ready in {seconds:.1f} s). Ctrl-C ends it.\n")
        sys.stdout.flush()
        if browser and _has_browser():
            webbrowser.open(opened.url)
        until_told_to_stop()


@contextmanager
def over_recordings(
    port: int = PORT,
    place: Path | None = None,
    *,
    pace: float = 1.0,
    arriving: bool = True,
    own_process: bool = False,
    app: App = DIAGNOSE,
) -> Iterator[Rehearsal]:
    """The recorded incidents in that folder, or those that came along; `pace` 1 takes as long as a network would, 0 no
    time at all.

    With `own_process` the bot runs in one and can be killed; without, it runs in this one, which begins sooner.
    """
    over = threading.Event()
    known, sources = incidents(recordings(place)), Sources(over.wait, pace)
    sentry_url = sentry_of(known)
    with _listening(port) as (listening, url), _folder() as data:
        workspace = Workspace(url, app)
        order = Order(
            address=url,
            bot_token=workspace.bot_token,
            app_token=workspace.app_token,
            recordings=place,
            pace=pace,
            data=data,
        )
        states = watched()
        keeper = BotKeeper(order, lambda: workspace.changed("stage", stage.shown())) if own_process else None
        stage = RecordedStage(workspace, known, sources, sentry_url, arriving=arriving, bot=keeper)
        working = (
            _kept(workspace, stage, listening, keeper)
            if keeper
            else _at_work(
                workspace, stage, listening, investigator(known, sources, states.door), sentry_url, data, states
            )
        )
        with working:
            stage.start()
            try:
                yield Rehearsal(url, workspace, stage)
            finally:
                over.set()
                stage.close()


@contextmanager
def over_real_sources(settings: Settings, mapping: Mapping, port: int = PORT) -> Iterator[Rehearsal]:
    """The same page over the sources that the settings name; raises `WrongSettings` where they do not fit."""
    investigate = live_investigator(settings, mapping)
    with _listening(port) as (listening, url), _folder() as data:
        workspace, stage = Workspace(url, DIAGNOSE), LiveStage(settings.sentry_url)
        with _at_work(workspace, stage, listening, investigate, settings.sentry_url, data):
            yield Rehearsal(url, workspace, stage)


@contextmanager
def _at_work(
    workspace: Workspace,
    stage: Stage,
    listening: socket.socket,
    investigate: Investigator,
    sentry_url: str,
    data: Path,
    states: States | None = None,
) -> Iterator[None]:
    """The server, and the bot in this very process."""
    log_to_standard_error(logging.WARNING)
    place = Workplace(workspace.address, workspace.bot_token, workspace.app_token, sentry_url, data)

    def last_word() -> None:
        workspace.envelopes.close(LAST_WORD_SECONDS)  # or the socket would end in the middle of an acknowledgement
        workspace.sockets.close()  # or the client would wait for its own time-out

    with _served(workspace, stage, listening), at_work(place, investigate, last_word, states):
        yield


@contextmanager
def _kept(workspace: Workspace, stage: Stage, listening: socket.socket, bot: BotKeeper) -> Iterator[None]:
    """The server, and the bot in a process of its own; the page does not wait for it."""
    log_to_standard_error(logging.WARNING)
    with _served(workspace, stage, listening):
        bot.start()
        try:
            yield
        finally:
            bot.close()


@contextmanager
def _folder() -> Iterator[Path]:
    """For the bot's database: it outlives a killed bot, and goes with the workspace."""
    with tempfile.TemporaryDirectory(prefix="diagnose-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def _served(workspace: Workspace, stage: Stage, listening: socket.socket) -> Iterator[None]:
    config = uvicorn.Config(
        server(workspace, stage, PAGE),
        log_level="critical",  # an answer that is lost on purpose is no error of the server's
        lifespan="off",
        ws="websockets-sansio",
        timeout_graceful_shutdown=1,
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, name="server", daemon=True)
    thread.start()
    ends = time.monotonic() + START_SECONDS
    while not running.started:
        if not thread.is_alive() or time.monotonic() > ends:
            raise RuntimeError("the workspace's server did not start")
        time.sleep(0.01)
    try:
        yield
    finally:
        workspace.close()
        running.should_exit = True
        thread.join(STOP_SECONDS)


@contextmanager
def _listening(port: int) -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens on this port of the loopback, or on the next free one; 0 takes any."""
    if not 0 <= port <= LAST_PORT:
        raise NoPort(f"there is no port {port}: name one from 0 to {LAST_PORT} with --port")
    tried = range(port, min(port + PORTS_TRIED, LAST_PORT + 1)) if port else range(1)
    for one in tried:
        with socket.socket() as listening:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name != "nt")
            try:
                listening.bind((HOST, one))
                listening.listen()  # until then another process could bind the same port
            except OSError as taken:
                if taken.errno not in {errno.EADDRINUSE, errno.EACCES}:
                    raise
                continue
            yield listening, f"http://{HOST}:{listening.getsockname()[1]}"
            return
    raise NoPort(f"no port from {tried[0]} to {tried[-1]} is free: name another with --port")


def _play(opened: Rehearsal, acts: Sequence[Act]) -> None:
    """Each act when the bot is there; what cannot be done is said on standard error, and the rest is played."""
    for act in acts:
        ends = time.monotonic() + START_SECONDS
        while not opened.workspace.envelopes.connected and time.monotonic() < ends:
            time.sleep(0.05)
        try:
            opened.stage.act(act)
        except NotDone as refused:
            sys.stderr.write(f"{refused}\n")


def _has_browser() -> bool:
    """Whether a window could open: without a display, Python would start a text browser in this very terminal."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True
