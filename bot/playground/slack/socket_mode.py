"""Socket Mode's server end: an address for one connection, hello, envelopes, acknowledgements, and a refresh in time.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
import threading
import time
from contextlib import suppress
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.playground.slack.envelopes import Envelopes
from bot.playground.slack.people import BOT
from bot.playground.slack.times import Times
from bot.playground.slack.timetable import Timetable

MOST_CONNECTIONS = 10  # "up to 10 open WebSocket connections at the same time"
MOST_TICKETS = 100
HOST = "applink-rehearsal"
DEBUG_SECONDS = 360.0  # of a connection with &debug_reconnects=true, as Slack offers to developers
GOING_AWAY = 1001

_END = ""


class Socket:
    """A connection of the bot; `send` may be called from any thread and never waits."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: asyncio.Queue[str] = asyncio.Queue()

    def send(self, text: str) -> None:
        with suppress(RuntimeError):  # the loop is gone: the server has stopped
            self._loop.call_soon_threadsafe(self._waiting.put_nowait, text)

    def disconnect(self, reason: str, *, end: bool) -> None:
        """Tells the bot to come anew; `end` closes the socket behind it."""
        self.send(json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}))
        if end:
            self.send(_END)

    def end(self) -> None:
        self.send(_END)

    async def next(self) -> str:
        return await self._waiting.get()


class Sockets:
    """Hands out tickets and keeps the bot's connections."""

    def __init__(self, times: Times, timetable: Timetable, envelopes: Envelopes) -> None:
        self._times, self._timetable, self._envelopes = times, timetable, envelopes
        self._lock = threading.Lock()
        self._tickets: dict[str, float] = {}
        self._sockets: list[Socket] = []
        self._closed = False

    def ticket(self) -> str:
        """Good for one connection, for half a minute."""
        with self._lock:
            name = secrets.token_hex(16)
            self._tickets[name] = time.monotonic()
            while len(self._tickets) > MOST_TICKETS:
                self._tickets.pop(next(iter(self._tickets)))
            return name

    def refresh(self, reason: str = "refresh_requested") -> None:
        """Tells every connection to be replaced: `warning` beforehand, `refresh_requested` at its end."""
        with self._lock:
            sockets = list(self._sockets)
        for socket in sockets:
            socket.disconnect(reason, end=reason != "warning")

    def close(self) -> None:
        with self._lock:
            self._closed = True
            sockets = list(self._sockets)
        for socket in sockets:
            socket.end()

    async def serve(self, websocket: WebSocket) -> None:
        """One connection from handshake to end."""
        if not self._admit(websocket.query_params.get("ticket", "")):
            await websocket.close()
            return
        await websocket.accept()
        socket = Socket(asyncio.get_running_loop())
        number = self._enter(socket)
        if number is None:
            socket.disconnect("too_many_websockets", end=True)
            await self._write(websocket, socket)
            return
        debug = websocket.query_params.get("debug_reconnects") == "true"
        seconds = DEBUG_SECONDS if debug else self._times.connection
        socket.send(json.dumps(_hello(number, seconds)))
        self._envelopes.join(socket)
        plans = [
            self._timetable.after(seconds - self._times.warning, lambda: socket.disconnect("warning", end=False)),
            self._timetable.after(seconds, lambda: socket.disconnect("refresh_requested", end=True)),
        ]
        reading = asyncio.create_task(self._read(websocket))
        writing = asyncio.create_task(self._write(websocket, socket))
        try:
            await asyncio.wait((reading, writing), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._envelopes.leave(socket)
            with self._lock:
                self._sockets.remove(socket)
            for cancel in plans:
                cancel()
            for task in (reading, writing):
                task.cancel()
            await asyncio.gather(reading, writing, return_exceptions=True)

    def _admit(self, ticket: str) -> bool:
        with self._lock:
            at = self._tickets.pop(ticket, None)
            return at is not None and time.monotonic() - at <= self._times.ticket and not self._closed

    def _enter(self, socket: Socket) -> int | None:
        with self._lock:
            if len(self._sockets) >= MOST_CONNECTIONS:
                return None
            self._sockets.append(socket)
            return len(self._sockets)

    async def _read(self, websocket: WebSocket) -> None:
        with suppress(WebSocketDisconnect):
            while True:
                text = await websocket.receive_text()
                # In a thread: the answer to a command may take the workspace's lock.
                await run_in_threadpool(self._envelopes.acknowledge, text)

    async def _write(self, websocket: WebSocket, socket: Socket) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):  # the bot hung up first
            while (text := await socket.next()) != _END:
                await websocket.send_text(text)
            await websocket.close(GOING_AWAY)


def _hello(connections: int, seconds: float) -> dict[str, Any]:
    return {
        "type": "hello",
        "num_connections": connections,
        "debug_info": {"host": HOST, "build_number": 1, "approximate_connection_time": int(seconds)},
        "connection_info": {"app_id": BOT.app},
    }
