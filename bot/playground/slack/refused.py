"""What Slack says instead of doing what a call asks for, in Slack's own word."""

from collections.abc import Iterable, Mapping
from typing import Any


class Refused(Exception):
    """`error` is Slack's word (https://docs.slack.dev/reference/methods lists them by method).

    `messages` go into `response_metadata`, `more` beside `error`.
    """

    def __init__(self, error: str, messages: Iterable[str] = (), more: Mapping[str, Any] | None = None) -> None:
        super().__init__(error)
        self.error, self.messages, self.more = error, list(messages), dict(more or {})

    def answer(self) -> dict[str, Any]:
        """The body of Slack's answer."""
        told: dict[str, Any] = {"ok": False, "error": self.error, **self.more}
        if self.messages:
            told["response_metadata"] = {"messages": self.messages}
        return told


class NotDone(Exception):
    """What a person did in the page could not be done; the text is a sentence that says why."""
