"""The Bolt app with every door open, over a socket or over HTTP: the same listeners behind both."""

from functools import partial

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from starlette.types import ASGIApp

from bot.assembly import Kept, desk_of, web_client
from bot.http_door import http_app
from bot.listen import actions, alerts, buttons, command, home, joins, mention, shortcut
from bot.listen.desk import Desk
from bot.listen.form import InForm

__all__ = ["Kept", "desk_of", "hang_up", "http_mode", "listeners", "socket_mode", "web_client"]


def listeners(app: App, desk: Desk) -> App:
    """Opens every door. Each listens to its own; alerts are asked first, since a storm is made of them."""
    for door in (alerts, command, mention, shortcut, buttons):
        door.register(app, desk)
    joins.register(app, desk.delivery, desk.now, desk.messages.client.base_url)
    if desk.act is not None:
        actions.register(app, desk, desk.act)
    if desk.home is not None:
        home.register(app, desk.home)
    return app


def socket_mode(client: WebClient, app_token: str, desk: Desk) -> SocketModeHandler:
    """Socket Mode: `connect()` starts it, `close()` ends it; it needs no address that Slack can reach."""
    return SocketModeHandler(listeners(_app(client), desk), app_token)


def hang_up(handler: SocketModeHandler) -> None:
    """Ends Socket Mode, also where Slack ends it in the same moment: then slack_sdk's own thread takes the socket away
    between the client's looking for it and its closing it, and the client is to close what is left."""
    try:
        handler.close()  # type: ignore[no-untyped-call] # Bolt leaves it untyped
    except AttributeError:
        handler.close()  # type: ignore[no-untyped-call]


def http_mode(client: WebClient, signing_secret: str, desk: Desk) -> ASGIApp:
    """HTTP mode: Slack posts everything to `/slack/events`, where each signature is checked first.

    Without a signing secret anybody could speak for Slack, so there must be one: `ValueError`.
    """
    return http_app(listeners(_app(client), desk).dispatch, signing_secret, partial(alerts.hear, desk=desk))


def _app(client: WebClient) -> App:
    """Bolt acknowledges when a listener returns: by then what was asked is written down. Who signed a request is
    checked before Bolt sees it, and what is not in Slack's form before anything listens."""
    return App(
        client=client,
        process_before_response=True,
        request_verification_enabled=False,
        before_authorize=InForm(client.base_url),
    )
