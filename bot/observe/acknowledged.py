"""How long Slack waits for our acknowledgement, from the moment that its request is here: what it gives up on."""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.observe.metrics import Metrics

MOST_OPEN = 10_000
"""Envelopes whose arrival is remembered: what is never handled (a `hello`, a reconnect) must not fill the memory."""

OK = 200
_ENVELOPE = re.compile(r'"envelope_id"\s*:\s*"([^"]{1,100})"')

Clock = Callable[[], float]


def over_http(app: ASGIApp, metrics: Metrics, clock: Clock = time.monotonic) -> ASGIApp:
    """The same application with each good answer timed, until its last byte is handed over.

    What is refused (not signed by Slack, too large, too slow) is no acknowledgement and is not counted.
    """

    async def timed(scope: Scope, receive: Receive, send: Send) -> None:
        began, good = clock(), False

        async def sent(message: Message) -> None:
            nonlocal good
            await send(message)
            if message["type"] == "http.response.start":
                good = message["status"] == OK
            elif message["type"] == "http.response.body" and not message.get("more_body") and good:
                metrics.time("diagnose_acknowledgement_seconds", clock() - began, over="http")

        await app(scope, receive, sent)

    return timed


def over_socket(handler: SocketModeHandler, metrics: Metrics, clock: Clock = time.monotonic) -> None:
    """Times the acknowledgements of this handler, the wait for a free thread of Bolt's client included."""
    arrived: OrderedDict[str, float] = OrderedDict()
    lock = threading.Lock()

    def heard(message: str) -> None:
        # Slack writes the id behind the payload or before it; a payload may hold one too, so the outer one is looked
        # for at both ends.
        for found in {*_ENVELOPE.findall(message[:300]), *_ENVELOPE.findall(message[-300:])}:
            with lock:
                arrived[found] = clock()
                while len(arrived) > MOST_OPEN:
                    arrived.popitem(last=False)

    def handled(client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        now = clock()
        with lock:
            began = arrived.pop(request.envelope_id, now)
        handler.handle(client, request)  # type: ignore[arg-type] # Bolt registers it just so
        metrics.time("diagnose_acknowledgement_seconds", clock() - began, over="socket")

    listening = handler.client
    listening.on_message_listeners.append(heard)
    listening.socket_mode_request_listeners[:] = [handled]
