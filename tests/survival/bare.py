"""Bolt by itself, in a process of its own: what an app costs that checks who asks, and does nothing then.

It is served as Bolt's own example for HTTP is (Starlette, uvicorn, a pool of threads), by the same server as ours, and
runs its one listener before it answers.
It reads the address of a Slack and writes the port on which it hears it.
"""

import socket
import sys

import uvicorn
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from slack_bolt import App
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

THREADS = 64  # as many as ours has


def application(slack: str, secret: str) -> Starlette:
    """The signature is Bolt's to check, since that is what it does by default."""
    app = App(
        client=WebClient(token="xoxb-test", base_url=slack), signing_secret=secret, process_before_response=True
    )  # fmt: skip
    threads = CapacityLimiter(THREADS)

    @app.event("message")
    def posted() -> None:
        """Heard, and that is all."""

    async def receive(request: Request) -> Response:
        asked = to_bolt_request(request, await request.body())
        return to_starlette_response(await run_sync(app.dispatch, asked, limiter=threads))

    return Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])


def main() -> None:
    """Until SIGTERM."""
    slack, secret = sys.stdin.readline().split()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        sys.stdout.write(f"{listening.getsockname()[1]}\n")
        sys.stdout.flush()
        config = uvicorn.Config(application(slack, secret), log_level="warning", access_log=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
