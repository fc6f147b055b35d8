"""The Bolt app with every door open, over a socket or over HTTP: the same listeners behind both."""

from collections.abc import Iterable

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.listen import alerts, buttons, command, mention, shortcut
from bot.listen.desk import Desk
from bot.runs.feedback import FeedbackInMemory
from bot.runs.in_process import InProcess, Investigate
from bot.slack.delivery import Delivery
from bot.slack.message import Messages

SLACK = "https://slack.com/api/"
CALL_SECONDS = 15  # of one call to Slack's Web API
EVENTS_PATH = "/slack/events"


def web_client(token: str, api_url: str = SLACK) -> WebClient:
    """Slack's Web API; `api_url` may be a stand-in's."""
    return WebClient(token=token, base_url=api_url.rstrip("/") + "/", timeout=CALL_SECONDS)


def desk_of(
    investigate: Investigate,
    client: WebClient,
    sentry_url: str,
    alert_apps: Iterable[str] = (),
    alert_channels: Iterable[str] = (),
) -> Desk:
    """All that the doors need, with runs in this process."""
    messages, feedback = Messages(client), FeedbackInMemory()
    delivery = Delivery(messages, feedback)
    runs = InProcess(investigate, delivery)
    return Desk(runs, delivery, messages, feedback, sentry_url, frozenset(alert_apps), frozenset(alert_channels))


def listeners(app: App, desk: Desk) -> App:
    """Opens every door; the order does not matter, each listens to its own."""
    for door in (command, mention, shortcut, alerts, buttons):
        door.register(app, desk)
    return app


def socket_mode(client: WebClient, app_token: str, desk: Desk) -> SocketModeHandler:
    """Socket Mode: `connect()` starts it, `close()` ends it; it needs no address that Slack can reach."""
    return SocketModeHandler(listeners(App(client=client), desk), app_token)


def http_mode(client: WebClient, signing_secret: str, desk: Desk) -> Starlette:
    """HTTP mode: Slack posts everything to `/slack/events`, where Bolt checks each signature first.

    `/healthz` answers whoever asks. Without a signing secret anybody could speak for Slack, so there must be one.
    """
    if not signing_secret:
        raise ValueError("HTTP mode needs SLACK_SIGNING_SECRET: copy it from the app's page Basic Information.")
    app = listeners(App(client=client, signing_secret=signing_secret), desk)

    async def receive(request: Request) -> Response:
        # In a thread: a listener's acknowledgement must not wait for another's, nor health for either.
        asked = to_bolt_request(request, await request.body())
        return to_starlette_response(await run_in_threadpool(app.dispatch, asked))

    async def healthy(_: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(routes=[Route(EVENTS_PATH, receive, methods=["POST"]), Route("/healthz", healthy)])
