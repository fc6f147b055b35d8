"""A real button, posted, pressed by a person, acknowledged and read back: what no token can prove alone."""

import threading
import uuid
from collections.abc import Sequence

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.models.blocks import ActionsBlock, ButtonElement
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.card.blocks import json_of, section
from bot.doctor.finding import Finding, broken, not_tried, ok
from bot.settings import Settings
from bot.slack.wire import SlackWeb

PRESS_SECONDS = 60.0
"""For the person to press, in seconds, from the moment the button is in the channel."""

CALL_SECONDS = 10
WHAT = "a button's round trip"
ALONE = "a person must press it: run `diagnose doctor --button CHANNEL`, with the id of a channel that the bot is in"
ASKED = "`diagnose doctor` asks: does a button work here? Press it within a minute."


def examine(settings: Settings, channel: str | None) -> Sequence[Finding]:
    """One finding where there is a bot: how the button in `channel` fared, or that none was tried."""
    if settings.slack_bot_token is None:
        return []
    if channel is None:
        return [not_tried("Slack", WHAT, ALONE)]
    if settings.slack_app_token is None:
        sentence = "over HTTP the press goes to `diagnose serve --http`, not to the doctor"
        return [not_tried("Slack", WHAT, sentence, "press *Show evidence* on a card")]
    base_url = f"{settings.slack_api_url}/"
    bot = SlackWeb(settings.slack_bot_token.get_secret_value(), base_url, timeout=CALL_SECONDS)
    app = SlackWeb(base_url=base_url, timeout=CALL_SECONDS)
    socket = SocketModeClient(settings.slack_app_token.get_secret_value(), web_client=app, auto_reconnect_enabled=False)
    try:
        return [_round_trip(bot, socket, channel)]
    except (SlackClientError, OSError) as error:
        response = getattr(error, "response", None)
        why = str(response.get("error"))[:60] if response is not None else type(error).__name__
        return [broken("Slack", WHAT, f"the button could not be posted or read back ({why})", "see the lines above")]
    finally:
        socket.close()


def _round_trip(bot: WebClient, socket: SocketModeClient, channel: str) -> Finding:
    name, pressed, presser = f"doctor-{uuid.uuid4().hex}", threading.Event(), []

    def listen(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        # What is not ours stays unacknowledged: Slack then knows that it reached nobody, and sends events elsewhere.
        if any(action.get("action_id") == name for action in request.payload.get("actions") or []):
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
            presser.append(str((request.payload.get("user") or {}).get("id")))
            pressed.set()

    socket.socket_mode_request_listeners.append(listen)
    socket.connect()
    button = json_of(ActionsBlock(elements=[ButtonElement(text="It works", action_id=name)]))
    posted = bot.chat_postMessage(channel=channel, text=ASKED, blocks=[section(ASKED), button])
    in_time = pressed.wait(PRESS_SECONDS)
    end = "Pressed: buttons work here." if in_time else "Nobody's press arrived within a minute."
    bot.chat_update(channel=str(posted["channel"]), ts=str(posted["ts"]), text=end, blocks=[section(end)])
    if in_time:
        return ok("Slack", WHAT, f"the press of {presser[0]} in {channel} arrived, and the message shows it")
    sentence = f"no press arrived from {channel} within {PRESS_SECONDS:.0f} seconds"
    fix = "enable Interactivity and Socket Mode for the app, and stop `diagnose serve`, which may have taken the press"
    return broken("Slack", WHAT, sentence, fix)
