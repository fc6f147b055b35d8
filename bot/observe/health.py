"""Health and metrics on a port of their own, which Slack never reaches: is it alive, can it work, how does it do.

Alive asks nobody else: a restart mends no database (kubernetes.io, "Configure Liveness, Readiness and Startup
Probes"). Ready asks the others, each for a second at most, all at once.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import uvicorn
from prometheus_client.exposition import choose_encoder
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.observe.beats import Beats
from bot.observe.bounded import Bounded, Late
from bot.observe.metrics import Metrics

START_SECONDS = 10.0
STOP_SECONDS = 2.0  # for the answers that are on their way; each takes a second at most
MOST_CONNECTIONS = 64  # a scraper, a probe or two, and whoever looks by hand
UNAVAILABLE = 503

Check = Callable[[], object]
"""Raises, or gives False, where something is not as it should be."""


class Health:
    """What is asked. `checks` are the others that must answer, by the name under which they are told."""

    def __init__(self, checks: Mapping[str, Check], beats: Beats) -> None:
        self._checks = {name: Bounded(check, f"check {name}") for name, check in checks.items()}
        self._beats = beats
        self._stopping = threading.Event()

    def stop(self) -> None:
        """From now on it is not ready: nothing new is sent here, while what is under way goes on."""
        self._stopping.set()

    def live(self) -> tuple[bool, str]:
        """Whether the process is alive, and a line for each of its threads. Waits for nothing."""
        silent = self._beats.silent()
        lines = ["process: ok"]
        for thread, seconds in sorted(self._beats.silences().items()):
            lines.append(f"{thread}: silent for {seconds:.0f} s" if thread in silent else f"{thread}: ok")
        return not silent, "\n".join(lines)

    def ready(self) -> tuple[bool, str]:
        """Whether it can take work now, and a line for each of those that it needs. Takes a second at most."""
        begun = {name: check.begin() for name, check in self._checks.items()}
        told = {name: _told(answer) for name, answer in begun.items()}
        stopping = self._stopping.is_set()
        lines = [f"{name}: {state}" for name, state in told.items()]
        lines.append(f"stopping: {'yes' if stopping else 'no'}")
        return not stopping and all(state == "ok" for state in told.values()), "\n".join(lines)


def _told(answer: Callable[[], object]) -> str:
    """`ok`, or what is wrong by the name of its kind: an error's text may hold an address or worse."""
    try:
        return "not ok" if answer() is False else "ok"
    except Late:
        return "no answer within a second"
    except Exception as error:  # noqa: BLE001 - told to whoever asked
        return f"not ok ({type(error).__name__})"


def health_app(health: Health, metrics: Metrics) -> Starlette:
    """`/livez`, `/readyz` and `/metrics`; nothing else is there, and nothing can be changed."""

    async def livez(_: Request) -> Response:
        return _page(*health.live())

    async def readyz(_: Request) -> Response:
        return _page(*await run_in_threadpool(health.ready))

    async def scrape(request: Request) -> Response:
        encode, kind = choose_encoder(request.headers.get("accept", ""))
        return Response(await run_in_threadpool(encode, metrics), media_type=kind)

    return Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", scrape)])


def _page(good: bool, lines: str) -> Response:
    return PlainTextResponse(lines + "\n", 200 if good else UNAVAILABLE, {"Cache-Control": "no-store"})


@contextmanager
def serving(app: Starlette, host: str, port: int) -> Iterator[int]:
    """Serves it in a thread while the block runs, and gives the port (0 takes any free one).

    Raises `OSError` where the port is taken, before anything else is begun.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name != "nt")
        listening.bind((host, port))
        listening.listen(MOST_CONNECTIONS)
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, name="health", daemon=True)
        thread.start()
        ends = time.monotonic() + START_SECONDS
        while not running.started:
            if not thread.is_alive() or time.monotonic() > ends:
                raise RuntimeError("the server of health and metrics did not start")
            time.sleep(0.01)
        try:
            yield int(listening.getsockname()[1])
        finally:
            running.should_exit = True
            thread.join(STOP_SECONDS)
