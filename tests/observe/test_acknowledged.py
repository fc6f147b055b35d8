"""The time that Slack waits is measured over both transports, and only of what was acknowledged."""

import threading
import time

import requests
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.socket_mode.request import SocketModeRequest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.doors import hang_up
from bot.observe.acknowledged import MOST_OPEN, over_http, over_socket
from bot.observe.health import serving
from bot.observe.metrics import Metrics
from bot.observe.sources import CountedClient
from tests.observe.scrape import value
from tests.stand_ins.slack_server import SlackServer

COUNT, SUM = "diagnose_acknowledgement_seconds_count", "diagnose_acknowledgement_seconds_sum"
SLOW = 0.3


def test_over_http_a_good_answer_is_timed_and_a_refusal_is_not():
    metrics = Metrics()

    async def receive(request: Request) -> PlainTextResponse:
        asked = (await request.body()).decode()
        if asked == "slow":
            time.sleep(SLOW)
        return PlainTextResponse("", 401 if asked == "unsigned" else 200)

    app = over_http(Starlette(routes=[Route("/slack/events", receive, methods=["POST"])]), metrics)
    with serving(app, "127.0.0.1", 0) as port:
        for asked in ("quick", "unsigned", "slow"):
            requests.post(f"http://127.0.0.1:{port}/slack/events", data=asked, timeout=5)
        requests.get(f"http://127.0.0.1:{port}/elsewhere", timeout=5)
    assert value(metrics, COUNT, over="http") == 2
    assert SLOW <= value(metrics, SUM, over="http") < SLOW + 2.0


def connected(slack, metrics, concurrency):
    client = CountedClient(token="xoxb-of-the-test", base_url=slack.url, timeout=5).note(metrics)
    app = App(client=client, process_before_response=True)

    @app.command("/diagnose")
    def listen(ack):
        time.sleep(SLOW)
        ack()

    handler = SocketModeHandler(app, "xapp-of-the-test", concurrency=concurrency)
    over_socket(handler, metrics)
    handler.connect()
    return handler


def test_over_a_socket_the_wait_for_a_free_thread_counts_too():
    metrics, times = Metrics(), 3
    with SlackServer() as slack:
        handler = connected(slack, metrics, concurrency=1)
        try:
            senders = [
                threading.Thread(target=slack.send, args=("slash_commands", {"command": "/diagnose", "text": str(one)}))
                for one in range(times)
            ]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()
            slack.until(lambda: value(metrics, COUNT, over="socket") == times)
        finally:
            hang_up(handler)
    # One after the other: they waited one, two and three times as long.
    assert value(metrics, SUM, over="socket") >= SLOW * (1 + 2 + 3) * 0.95


class Listening:
    """As much of a handler as is watched; its own work takes no time."""

    def __init__(self):
        self.client = self
        self.on_message_listeners, self.socket_mode_request_listeners = [], [self.handle]

    def handle(self, _client, _request):
        return None


def test_what_is_never_handled_does_not_fill_the_memory():
    metrics, handler, now = Metrics(), Listening(), [0.0]
    over_socket(handler, metrics, lambda: now[0])
    (heard,) = handler.on_message_listeners
    (handled,) = handler.socket_mode_request_listeners
    heard('{"type":"hello"}')
    for number in range(MOST_OPEN + 1):
        heard(f'{{"envelope_id": "e-{number}", "payload": {{}}}}')
    now[0] = 2.0
    handled(handler, SocketModeRequest(type="events_api", envelope_id=f"e-{MOST_OPEN}", payload={}))
    assert value(metrics, SUM, over="socket") == 2.0
    handled(handler, SocketModeRequest(type="events_api", envelope_id="e-0", payload={}))
    assert value(metrics, SUM, over="socket") == 2.0, "the first is forgotten, and counts from when it was handled"
