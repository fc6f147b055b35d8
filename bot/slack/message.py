"""One message is posted, edited and taken away; a card that Slack refuses goes out plainer, not lost."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.card import Card, plainer
from bot.slack.pace import Pace

TOO_RICH = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_too_long",
        "msg_blocks_too_long",
        "block_mismatch",
        "invalid_attachments",
    }
)
"""What Slack says when it does not take the blocks; it never says which block."""

NOT_THERE = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "no_permission"})

TRIES = 6  # of one call; enough for four seconds of refusals in a row
LONGEST_WAIT = 60.0  # seconds that a Retry-After is followed; past that, nobody waits for the card any more

log = structlog.get_logger()


class NotSent(Exception):
    """Slack did not take it; `error` is Slack's word, `sentence` says what to do."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error
        self.sentence = _sentence(error)


class Messages:
    """Writes to Slack at its pace. Every failure is a `NotSent`."""

    def __init__(
        self, client: WebClient, pace: Pace | None = None, sleep: Callable[[float], object] | None = None
    ) -> None:
        self._over = threading.Event()
        self._sleep = sleep or self._over.wait
        self._client, self._pace = client, pace or Pace(sleep=self._sleep)

    def give_up(self) -> None:
        """From now on nothing is sent any more: whoever waits for their turn gets `NotSent` at once."""
        self._over.set()

    def post(self, channel: str, card: Card, thread: str | None = None) -> str:
        """Posts a card and gives the message's `ts`."""

        def send(one: Card) -> SlackResponse:
            return self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                text=one.text,
                blocks=list(one.blocks),
                unfurl_links=False,
                unfurl_media=False,
            )

        return str(self._send(channel, card, send)["ts"])

    def edit(self, channel: str, message: str, card: Card, tries: int = TRIES) -> None:
        """Replaces what the message shows; without blocks it shows the text alone."""

        def send(one: Card) -> SlackResponse:
            return self._client.chat_update(channel=channel, ts=message, text=one.text, blocks=list(one.blocks))

        self._send(channel, card, send, tries)

    def take_away(self, channel: str, message: str) -> None:
        """Deletes one of our own messages."""
        self._call(None, lambda: self._client.chat_delete(channel=channel, ts=message))

    def whisper(self, channel: str, user: str, text: str, thread: str | None = None) -> None:
        """Tells one person only."""
        self._call(
            channel,
            lambda: self._client.chat_postEphemeral(channel=channel, user=user, text=text, thread_ts=thread),
        )

    def link(self, channel: str, message: str) -> str | None:
        """Where the message can be opened; None when Slack does not say."""
        try:
            answer = self._call(None, lambda: self._client.chat_getPermalink(channel=channel, message_ts=message))
        except NotSent:
            return None
        return str(answer.get("permalink") or "") or None

    def _send(
        self, channel: str, card: Card, send: Callable[[Card], SlackResponse], tries: int = TRIES
    ) -> SlackResponse:
        while True:
            try:
                return self._call(channel, partial(send, card), tries)
            except NotSent as refused:
                if refused.error not in TOO_RICH or plainer(card) == card:
                    raise
                card = plainer(card)
                log.warning("Slack refused a card; sending it plainer", error=refused.error, channel=channel)

    def _call(self, channel: str | None, call: Callable[[], SlackResponse], tries: int = TRIES) -> SlackResponse:
        """Makes the call, at the channel's pace if it writes there, and again where Slack asks for patience."""
        error = ""
        for _ in range(tries):
            if channel is not None:
                self._pace.wait(channel)
            if self._over.is_set():
                raise NotSent("stopping")
            try:
                return call()
            except SlackApiError as refused:
                error = str(refused.response.get("error") or "unknown_error")
                if error not in {"ratelimited", "rate_limited"}:
                    raise NotSent(error) from refused
                seconds = retry_after(refused.response.headers)
                if seconds > LONGEST_WAIT:
                    raise NotSent("ratelimited") from refused
                if channel is None:
                    self._sleep(seconds)
                else:
                    self._pace.hold(channel, seconds)
            except (SlackClientError, OSError) as broken:
                error = "unreachable"
                log.warning("Slack could not be reached", reason=type(broken).__name__)
                self._sleep(1.0)
        raise NotSent(error)


def retry_after(headers: Any) -> float:
    """Seconds that Slack asks to wait; 1 where it does not say."""
    for name, value in dict(headers).items():
        if str(name).lower() == "retry-after":
            text = str(value[0] if isinstance(value, list) else value)
            return float(text) if text.isdigit() else 1.0
    return 1.0


def _sentence(error: str) -> str:
    if error in NOT_THERE:
        return (
            "I cannot post here: invite me with `/invite @diagnose` (or ask in a channel that I am in), then ask again."
        )
    if error in {"missing_scope", "not_allowed_token_type"}:
        return "I lack a permission in Slack: an admin should run `diagnose doctor`, which names it."
    if error in {"invalid_auth", "token_revoked", "account_inactive", "token_expired"}:
        return "My Slack token is no longer good: an admin should reinstall the app and set SLACK_BOT_TOKEN anew."
    if error == "ratelimited":
        return "Slack asks me to slow down: try again in a minute."
    return f"Slack did not take my message ({error}): try again in a minute."
