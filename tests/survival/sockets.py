"""Socket Mode whose connection is cut again and again, while alerts come over it."""

import json
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

from websockets.exceptions import ConnectionClosed

from bot.runs.look import Investigate
from playbook.evidence.issue_ref import IssueRef
from playbook.gather import Tell
from playbook.investigate import Investigation
from tests.runs.scene import INCIDENT
from tests.slack.office import SENTRY_URL, Investigator, Office, an_alert, office
from tests.stand_ins.slack_server import SlackServer
from tests.survival.counted import Counted, is_finished, thread, until
from tests.survival.faults import Fared
from tests.survival.replica import Order, investigator

SENDERS = 4
AGAIN_SECONDS = 1.0  # until Slack sends again what was not acknowledged; in truth it waits longer
PAUSE_SECONDS = 0.3  # between two alerts of one sender


class Each(Investigator):
    """Finds each issue to be one of its own: of two runs at a time that turn out to be about one, one only says so."""

    def __call__(self, ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
        return _replayed()(ref, at, tell)


@cache
def _replayed() -> Investigate:
    order = Order(database="", replica="", slack="", recording=str(INCIDENT), sentry_url=SENTRY_URL, step=0.0)
    return investigator(order)


def socket_cut(seconds: float, every: float = 2.0) -> Fared:
    """For so long the WebSocket is cut `every` so many seconds."""
    with SlackServer() as slack, office(slack, Each()) as opened:
        over, numbers = threading.Event(), iter(range(1_001, 3_000))
        sent: list[int] = []
        cutter = threading.Thread(target=_cut, args=(slack, every, over), name="cutter", daemon=True)
        cutter.start()
        ends = time.monotonic() + seconds
        with ThreadPoolExecutor(SENDERS) as senders:
            while time.monotonic() < ends:
                issue = next(numbers)
                sent.append(issue)
                senders.submit(_sent, opened, issue)
                time.sleep(PAUSE_SECONDS)
            over.set()
            cutter.join()
            began = time.monotonic()
        until(lambda: _counted(slack, sent).lost == 0)
        calls = len(slack.named("apps.connections.open"))
        fault = f"the WebSocket is cut every {every:.0f} s for {seconds:.0f} s"
        return Fared(fault, _counted(slack, sent), time.monotonic() - began, calls=calls)


def _cut(slack: SlackServer, every: float, over: threading.Event) -> None:
    while not over.wait(every):
        slack.hang_up()


def _sent(opened: Office, issue: int) -> None:
    """Sends an alert until it is acknowledged, each time with the same event id and a new envelope."""
    attempt = 0
    while True:
        again = {"retry_attempt": attempt, "retry_reason": "timeout"} if attempt else {}
        try:
            opened.event(an_alert(thread(issue), issue), f"Ev{issue}", patience=AGAIN_SECONDS, **again)
        except (ConnectionClosed, queue.Empty):
            attempt += 1
            time.sleep(0.05)
        else:
            return


def _counted(slack: SlackServer, issues: Sequence[int]) -> Counted:
    standing = [
        [json.dumps(one) for one in list(slack.messages.values()) if one.get("thread_ts") == thread(issue)]
        for issue in issues
    ]
    return Counted(
        alerts=len(issues),
        lost=sum(not any(map(is_finished, cards)) for cards in standing),
        second=sum(len(cards) > 1 for cards in standing),
        repeated=len(slack.named("chat.postMessage")) - len(slack.messages),
    )
