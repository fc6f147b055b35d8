"""The bot at work for a test: a Slack on loopback, an investigator that needs no network, every door open."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.assembly import Kept, desk_of, web_client
from bot.doors import hang_up, socket_mode
from bot.listen.desk import Desk
from bot.runs.look import Investigate
from bot.runs.tempo import Tempo
from playbook.diagnosis import Diagnosis
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable
from playbook.gather import Progress, Tell
from playbook.investigate import Investigation
from playbook.sources.recording import Recording
from tests.card.diagnoses import NOON, SENTRY, a_diagnosis, an_evidence
from tests.databases import a_database
from tests.stand_ins.slack_server import SlackServer

SENTRY_URL = "https://acme.sentry.io"
SENTRY_APP = "A011MFBJEUU"
PACE = 0.05  # seconds: as Slack's own second, but in a test's time

STEPS = (
    Progress("Issue", "Issue details", "running"),
    Progress("Issue", "Issue details", "done", "ProgrammingError in shop · 122 events", SENTRY),
    Progress("Similar", "Similar issues", "absent", "looked in Sentry, there is none"),
    Progress("Logs", "Logs around the onset", "unavailable", "Elasticsearch did not answer"),
)


@dataclass
class Investigator:
    """What carries out an investigation: tells its progress, waits to be let go on, gives what it was told to."""

    diagnoses: list[Diagnosis | str] = field(default_factory=lambda: [a_diagnosis()])
    asked: list[IssueRef] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    def __call__(self, ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
        self.asked.append(ref)
        for step in STEPS:
            tell(step)
        assert self.go_on.wait(10)
        found = self.diagnoses[min(len(self.asked), len(self.diagnoses)) - 1]
        if isinstance(found, str):
            raise Unavailable(found)
        return Investigation(found, an_evidence(), Recording(inquiry=Inquiry(ref=ref, at=at)))


class Each(Investigator):
    """Finds every issue to be the one of the number that was asked for; the others are told of one issue whatever they
    ask for, which the second run to find that out leaves to the first."""

    def __call__(self, ref: IssueRef, at: datetime, tell: Tell) -> Investigation:
        number = str(ref.issue_id)
        found = super().__call__(ref, at, lambda told: tell(replace(told, url=f"{SENTRY_URL}/issues/{number}/")))
        issue = found.diagnosis.issue.model_copy(update={"id": number, "short_id": f"SHOP-{number}"})
        return replace(found, diagnosis=found.diagnosis.model_copy(update={"issue": issue}))


@dataclass
class Office:
    """A running bot. `slack` is what it talks to; the helpers below send what Slack would."""

    slack: SlackServer
    desk: Desk
    investigator: Investigator
    handler: SocketModeHandler
    triggers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def trigger(self) -> str:
        """A new one for each press, as Slack gives them."""
        return f"{next(self.triggers)}.2.3"

    def command(self, text: str, channel: str = "C1", user: str = "U0ASKER"):
        return self.slack.send(
            "slash_commands",
            {
                "command": "/diagnose", "text": text, "channel_id": channel, "user_id": user, "team_id": "T0TEST",
                "trigger_id": self.trigger(), "response_url": self.slack.response_url(), "api_app_id": "A0TEST",
            },
        )  # fmt: skip

    def event(self, event: dict[str, Any], event_id: str = "Ev1", **envelope: Any):
        payload = {
            "type": "event_callback", "event_id": event_id, "event": event, "team_id": "T0TEST", "api_app_id": "A0TEST",
            "authorizations": [{"team_id": "T0TEST", "user_id": "U0DIAGNOSE", "is_bot": True}],
        }  # fmt: skip
        return self.slack.send("events_api", payload, **envelope)

    def press(
        self, action_id: str, value: str, message: dict[str, Any] | None = None, user: str = "U0ASKER", **more: Any
    ):
        given = message or self.card()
        payload = {
            "type": "block_actions", "user": {"id": user, "team_id": "T0TEST"}, "team": {"id": "T0TEST"},
            "trigger_id": self.trigger(), "response_url": self.slack.response_url(), "api_app_id": "A0TEST",
            "channel": {"id": given["channel"], "name": "alerts"}, "message": {"ts": given["ts"], "text": "…"},
            "container": {"type": "message", "message_ts": given["ts"], "channel_id": given["channel"]},
            "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
            **more,
        }  # fmt: skip
        return self.slack.send("interactive", payload)

    def shortcut(self, message: dict[str, Any], channel: str = "C1", user: str = "U0ASKER"):
        payload = {
            "type": "message_action", "callback_id": "diagnose_message", "user": {"id": user, "team_id": "T0TEST"},
            "team": {"id": "T0TEST"}, "channel": {"id": channel}, "message": message, "trigger_id": self.trigger(),
            "message_ts": message["ts"], "response_url": self.slack.response_url(), "api_app_id": "A0TEST",
        }  # fmt: skip
        return self.slack.send("interactive", payload)

    def card(self) -> dict[str, Any]:
        """The bot's only message, with its `ts`."""
        cards = [{**message, "ts": ts} for (_, ts), message in self.slack.messages.items() if message.get("blocks")]
        assert len(cards) == 1
        return cards[0]

    def shows(self, text: str) -> Callable[[], bool]:
        """Whether some message shows this text now."""
        return lambda: any(
            text in json.dumps(message, ensure_ascii=False) for message in list(self.slack.messages.values())
        )

    def finished(self) -> dict[str, Any]:
        """Lets the investigation go on and waits for the card."""
        self.investigator.go_on.set()
        self.slack.until(self.shows("Show evidence"))
        return self.card()

    def button(self, action_id: str) -> str:
        """The value that a button of the card carries."""
        elements = [one for block in self.card()["blocks"] for one in block.get("elements", ())]
        return str(next(one["value"] for one in elements if one.get("action_id") == action_id))

    def feedback_value(self, side: str) -> str:
        pair = next(block for block in self.card()["blocks"] if block["type"] == "context_actions")["elements"][0]
        return str(pair[f"{side}_button"]["value"])


@contextmanager
def a_desk(
    client: WebClient, investigator: Investigate, alert_channels: frozenset[str] = frozenset(), **given: Any
) -> Iterator[Desk]:
    """What the doors need, with durable runs in a database of their own."""
    with a_database() as engine:
        desk = desk_of(
            investigator,
            client,
            Kept(engine, "here"),
            SENTRY_URL,
            {SENTRY_APP},
            alert_channels,
            tempo=Tempo(poll_seconds=0.02),
            pace_seconds=PACE,
            now=lambda: NOON,
            **given,
        )
        try:
            yield desk
        finally:
            desk.runs.close()


@contextmanager
def office(
    slack: SlackServer, investigator: Investigator, alert_channels: frozenset[str] = frozenset()
) -> Iterator[Office]:
    client = web_client("xoxb-test", slack.url)
    with a_desk(client, investigator, alert_channels) as desk, _connected(client, desk, slack) as handler:
        try:
            yield Office(slack, desk, investigator, handler)
        finally:
            investigator.go_on.set()


@contextmanager
def _connected(client: WebClient, desk: Desk, slack: SlackServer) -> Iterator[SocketModeHandler]:
    handler = socket_mode(client, "xapp-test", desk)
    handler.connect()
    try:
        yield handler
    finally:
        handler.client.auto_reconnect_enabled = False
        slack.hang_up()  # or its client would wait out three seconds of silence
        ends = time.monotonic() + 5
        while handler.client.is_connected() and time.monotonic() < ends:
            time.sleep(0.01)
        hang_up(handler)


def an_alert(
    ts: str = "1795168000.000100", issue: int = 5551234567, channel: str = "C1", **given: Any
) -> dict[str, Any]:
    """Sentry's issue alert, as far as it matters."""
    url = f"{SENTRY_URL}/issues/{issue}/?referrer=slack&amp;alert_rule_id=45&amp;alert_type=issue"
    return {
        "type": "message", "user": "U0SENTRY", "bot_id": "B0SENTRY", "app_id": SENTRY_APP, "ts": ts, "channel": channel,
        "channel_type": "channel", "text": "[shop] ProgrammingError",
        "blocks": [
            {
                "type": "section", "block_id": json.dumps({"issue": issue, "rule": 45}),
                "text": {"type": "mrkdwn", "text": f":red_circle: <{url}|*ProgrammingError*>"},
            }
        ],
        **given,
    }  # fmt: skip
