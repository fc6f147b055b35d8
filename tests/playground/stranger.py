"""A stranger's Bolt app in the playground, with the blocks that it shows: it keeps what its listeners got."""

import queue
from typing import Any

from slack_bolt import App

from tests.playground.rehearsal import INCIDENTS, PATIENCE, Visit


class Stranger:
    """Somebody else's app: it keeps what its listeners got, and answers as a test told it to."""

    def __init__(self, at_work: Visit) -> None:
        self.at_work = at_work
        self.heard: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.answers: dict[str, Any] = {}
        self.client = at_work.client()
        app = App(client=self.client)

        @app.command("/diagnose")
        def command(ack, body, respond):
            self.answered("command", ack, body, respond)

        @app.action({"action_id": "anything"})
        @app.action("more")
        @app.action("in_view")
        def action(ack, body, respond):
            self.answered("action", ack, body, respond)

        @app.view({"type": "view_submission", "callback_id": "form"})
        def submission(ack, body):
            self.answered("submission", ack, body)

        @app.view({"type": "view_closed", "callback_id": "form"})
        def closed(ack, body):
            self.answered("closed", ack, body)

        @app.shortcut("diagnose_message")
        def shortcut(ack, body, respond):
            self.answered("shortcut", ack, body, respond)

        @app.event("app_mention")
        def mention(body):
            self.heard.put(("mention", body))

        @app.event("message")
        def message(body):
            self.heard.put(("message", body))

        at_work.plug_in(app)

    def answered(self, kind, ack, body, respond=None):
        answer = self.answers.get(kind, {})
        ack(**answer.get("ack", {}))
        if "respond" in answer:
            respond(**answer["respond"])
        self.heard.put((kind, body))

    def got(self, kind: str) -> dict[str, Any]:
        """The next body that such a listener gets; others before it are passed over."""
        while True:
            try:
                heard, body = self.heard.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"no {kind} within {PATIENCE} s") from None
            if heard == kind:
                return body

    def posted(self, *blocks: dict[str, Any], **given: Any) -> dict[str, Any]:
        """A message of the app, as the page shows it."""
        ts = self.client.chat_postMessage(channel=INCIDENTS, text="a message", blocks=blocks, **given)["ts"]
        return self.at_work.shows("a message", ts=ts)

    def opened(self, *blocks: dict[str, Any], **given: Any) -> dict[str, Any]:
        """A modal of the app, as the page shows it."""
        self.at_work.say("/diagnose x")
        trigger = self.got("command")["trigger_id"]
        view = {"type": "modal", "callback_id": "form", "title": plain("Form"), "blocks": blocks, **given}
        self.client.views_open(trigger_id=trigger, view=view)
        return self.at_work.view("Form")


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "block_id": "said", "text": {"type": "mrkdwn", "text": text}}


def button(action_id: str = "anything", **given: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": plain("Press"), "value": "v", **given}


def actions(*elements: dict[str, Any], block_id: str = "below") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def field(block_id: str = "field", **given: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "typed", **given}
    return {"type": "input", "block_id": block_id, "label": plain("Name"), "element": element}


CHOICE = [option("one"), option("two")]
