"""The playground over HTTP: Slack's side for the bot, the page and its feed for the person, on this machine only."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from bot.playground.guard import Guard
from bot.playground.slack import gestures, json_in, responses, web_api
from bot.playground.slack.feed import stream
from bot.playground.slack.forms import LARGEST, arguments
from bot.playground.slack.refused import NotDone, Refused
from bot.playground.slack.workspace import Workspace

__all__ = ["NotDone", "Stage", "server"]

NOT_BUILT = "The page is not there: run `make page` once, which builds it."
FRESH = {"Cache-Control": "no-store"}
_CHANNEL = re.compile(r"[A-Z0-9]{1,30}")
_STAMP = re.compile(r"p(\d{1,12})(\d{6})")
_TS = re.compile(r"\d{1,12}\.\d{6}")


class Stage(Protocol):
    """What stands behind the workspace: incidents, alerts, sources."""

    def shown(self) -> dict[str, Any]:
        """What the page shows of it, as `stage` in the snapshot."""
        ...

    def act(self, given: Mapping[str, Any]) -> None:
        """Does what the page asks for under a name that starts with `stage.`; raises `NotDone`."""
        ...


def server(workspace: Workspace, stage: Stage, page: Path) -> Starlette:
    """Every route; `page` is the folder of the built page. `workspace.close()` ends its streams and sockets."""
    routes = [
        Route("/", _Home(page)),
        Mount("/static", StaticFiles(directory=page, check_dir=False)),
        Route("/api/{method:path}", _Api(workspace).answer, methods=["GET", "POST"]),
        WebSocketRoute("/socket", _Socket(workspace).serve),
        Route("/response/{token}", _Api(workspace).response, methods=["POST"]),
        Route("/archives/{channel}/{stamp}", permalink),
        Route("/page/feed", _Page(workspace, stage).feed),
        Route("/page/sources", _Page(workspace, stage).sources),
        Route("/page/act", _Page(workspace, stage).act, methods=["POST"]),
        Route("/page/traffic/{n:int}", _Page(workspace, stage).traffic),
    ]
    return Starlette(routes=routes, middleware=[Middleware(Guard)])


class _Home:
    def __init__(self, page: Path) -> None:
        self._index = page / "index.html"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        there = self._index.is_file()
        answer = FileResponse(self._index, headers=FRESH) if there else PlainTextResponse(NOT_BUILT, 503)
        await answer(scope, receive, send)


class _Api:
    """What the bot calls."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def answer(self, request: Request) -> Response:
        _addressed(self._workspace, request)
        body = await _body(request)
        if body is None:
            return JSONResponse(Refused("request_too_large").answer(), 413)
        kind = request.headers.get("content-type", "")
        try:
            given = arguments(request.url.query, kind, body)
        except Refused as refused:
            return JSONResponse(refused.answer())
        beside = given.pop("token", "")  # of a form or the address; with JSON it belongs in the header alone
        token = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        token = token or ("" if kind.startswith("application/json") else str(beside))
        told = await run_in_threadpool(web_api.call, self._workspace, request.path_params["method"], given, token)
        return _Cut() if told.lost else JSONResponse(told.body, told.status, told.headers)

    async def response(self, request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return JSONResponse(Refused("request_too_large").answer(), 413)
        try:
            given = responses.read(body)
        except Refused as refused:
            return PlainTextResponse(refused.error, 400)
        token = request.path_params["token"]
        status, told = await run_in_threadpool(responses.answered, self._workspace, token, given)
        return JSONResponse(told, status)


class _Socket:
    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def serve(self, websocket: WebSocket) -> None:
        await self._workspace.sockets.serve(websocket)


class _Page:
    """What the page asks for."""

    def __init__(self, workspace: Workspace, stage: Stage) -> None:
        self._workspace, self._stage = workspace, stage

    async def feed(self, request: Request) -> Response:
        _addressed(self._workspace, request)
        told = stream(self._workspace.feed, self._snapshot)
        return StreamingResponse(told, media_type="text/event-stream", headers=FRESH)

    async def act(self, request: Request) -> Response:
        _addressed(self._workspace, request)
        body = await _body(request)
        try:
            given = json_in.read(body or b"")
        except ValueError:
            given = None
        if not isinstance(given, dict):
            return JSONResponse({"ok": False, "error": "The page sent something that is no JSON object."})
        return JSONResponse(await run_in_threadpool(self._done, given))

    async def sources(self, _: Request) -> Response:
        """How each source behaves just now, by name: a bot in a process of its own asks before each question."""
        shown = await run_in_threadpool(self._stage.shown)
        return JSONResponse({one["name"]: one["mode"] for one in shown["sources"]}, headers=FRESH)

    async def traffic(self, request: Request) -> Response:
        whole = await run_in_threadpool(self._workspace.traffic.whole, request.path_params["n"])
        if whole is None:
            return JSONResponse({"ok": False, "error": "This exchange has left the memory."}, 404)
        return JSONResponse(whole, headers=FRESH)

    def _done(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            if str(given.get("do")).startswith("stage."):
                self._stage.act(given)
                return {"ok": True}
            return {"ok": True, **gestures.act(self._workspace, given)}
        except NotDone as refused:
            return {"ok": False, "error": str(refused)}

    def _snapshot(self) -> dict[str, Any]:
        return {**self._workspace.snapshot(), "stage": self._stage.shown()}


class _Cut(Response):
    """Begins an answer and does not end it: the server cuts the connection, as a network does."""

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})


async def permalink(request: Request) -> Response:
    """The link to a message leads to the page that shows it."""
    channel, stamp = request.path_params["channel"], _STAMP.fullmatch(request.path_params["stamp"])
    if stamp is None or not _CHANNEL.fullmatch(channel):
        return PlainTextResponse("There is no such message.", 404)
    thread = request.query_params.get("thread_ts", "")
    beside = f"?thread={thread}" if _TS.fullmatch(thread) else ""
    return RedirectResponse(f"/#/{channel}/{stamp[1]}.{stamp[2]}{beside}", 302)


def _addressed(workspace: Workspace, request: Request) -> None:
    """Where it is served, for a workspace that was not told."""
    if not workspace.address:
        host, port = request.scope["server"]
        workspace.address = f"http://{host}:{port}"


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is larger than anything that Slack takes."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)
