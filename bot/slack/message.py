"""One message is posted, edited and taken away; a card that Slack refuses goes out plainer, not lost."""

import re
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.card import Card, plainer
from bot.slack.pace import Allowance, Pace

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

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})
"""What Slack says of a message that cannot be edited any more, where another may be posted."""

PASSING = frozenset(
    {
        "ratelimited",
        "unreachable",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "stopping",
    }
)
"""What passes by itself: whoever can wait tries again later."""

RUN_METADATA = "diagnose_run"
"""The `event_type` of our messages' metadata; its payload is the run's id."""

PAGE = 200  # messages of a look for a lost one
PAGES_SEARCHED = 5  # it is one of the last: the look follows the post within minutes

TRIES = 6  # of one call; enough for four seconds of refusals in a row
LONGEST_WAIT = 60.0  # seconds that one call waits for its turn; past that, its run tries again later

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
        self,
        client: WebClient,
        pace: Pace | None = None,
        sleep: Callable[[float], object] | None = None,
        edits: Allowance | None = None,
    ) -> None:
        self._over = threading.Event()
        self.still: Callable[[], bool] = lambda: True
        self._sleep = sleep or self._over.wait
        self.client, self._pace = client, pace or Pace(sleep=self._sleep)
        self._edits = edits or Allowance()

    def give_up(self) -> None:
        """From now on nothing is sent any more: whoever waits for their turn gets `NotSent` at once."""
        self._over.set()

    def post(self, channel: str, card: Card, thread: str | None = None, run: str = "") -> str:
        """Posts a card and gives the message's `ts`; the message says in its metadata which run it shows.

        Where Slack's answer is lost it is not tried again, since the message may stand: see `find`.
        """

        def send(one: Card) -> SlackResponse:
            return self.client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                text=one.text,
                blocks=list(one.blocks),
                metadata={"event_type": RUN_METADATA, "event_payload": {"run": run}} if run else None,
                unfurl_links=False,
                unfurl_media=False,
            )

        return str(self._send(channel, card, send, again=False)["ts"])

    def find(self, channel: str, thread: str | None, run: str) -> str | None:
        """The `ts` of the message that shows this run, among the channel's or the thread's last; None if there is none.

        It reads what the bot may read anyway: metadata comes with the messages of a channel that it is in
        (https://docs.slack.dev/messaging/message-metadata).
        """
        cursor: str | None = None
        for _ in range(PAGES_SEARCHED):
            page = self._call(None, partial(self._page, channel, thread, cursor))
            for message in page.get("messages") or ():
                if _run_of(message) == run:
                    return str(message["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return None

    def _page(self, channel: str, thread: str | None, cursor: str | None) -> SlackResponse:
        if thread is None:
            return self.client.conversations_history(
                channel=channel, include_all_metadata=True, limit=PAGE, cursor=cursor
            )
        return self.client.conversations_replies(
            channel=channel, ts=thread, include_all_metadata=True, limit=PAGE, cursor=cursor
        )

    def edit(self, channel: str, message: str, card: Card, tries: int = TRIES, spare: bool = False) -> None:
        """Replaces what the message shows; without blocks it shows the text alone.

        A `spare` edit, of which a newer one follows soon, is left out where Slack's patience with edits is needed for
        others: `NotSent` says "spared".
        """
        if not self._edits.take(spare=spare):
            raise NotSent("spared")

        def send(one: Card) -> SlackResponse:
            return self.client.chat_update(channel=channel, ts=message, text=one.text, blocks=list(one.blocks))

        self._send(channel, card, send, tries)

    def take_away(self, channel: str, message: str) -> None:
        """Deletes one of our own messages."""
        self._call(None, lambda: self.client.chat_delete(channel=channel, ts=message))

    def whisper(self, channel: str, user: str, text: str, thread: str | None = None) -> None:
        """Tells one person only."""
        self._call(
            channel,
            lambda: self.client.chat_postEphemeral(channel=channel, user=user, text=text, thread_ts=thread),
        )

    def link(self, channel: str, message: str) -> str | None:
        """Where the message can be opened; None when Slack does not say."""
        try:
            answer = self._call(None, lambda: self.client.chat_getPermalink(channel=channel, message_ts=message))
        except NotSent:
            return None
        return str(answer.get("permalink") or "") or None

    def _send(
        self, channel: str, card: Card, send: Callable[[Card], SlackResponse], tries: int = TRIES, again: bool = True
    ) -> SlackResponse:
        def fenced(one: Card) -> SlackResponse:
            if not self.still():
                raise NotSent("stopping")
            return send(one)

        while True:
            try:
                return self._call(channel, partial(fenced, card), tries, again)
            except NotSent as refused:
                if refused.error not in TOO_RICH or plainer(card) == card:
                    raise
                card = plainer(card)
                log.warning("Slack refused a card; sending it plainer", error=refused.error, channel=channel)

    def _call(
        self, channel: str | None, call: Callable[[], SlackResponse], tries: int = TRIES, again: bool = True
    ) -> SlackResponse:
        """Makes the call, at the channel's pace if it writes there, and again where Slack asks for patience.

        What was sent without an answer is sent `again` only if twice is the same as once.
        """
        error = ""
        for _ in range(tries):
            if channel is not None and not self._pace.wait(channel, LONGEST_WAIT):
                raise NotSent("ratelimited")
            if self._over.is_set():
                raise NotSent("stopping")
            try:
                return call()
            except SlackApiError as refused:
                error = _word(refused.response)
                if error == "unreachable" and again:
                    self._sleep(1.0)
                    continue
                if error != "ratelimited":
                    raise NotSent(error) from refused
                seconds = retry_after(refused.response.headers)
                if channel is not None:
                    self._pace.hold(channel, seconds)
                if seconds > LONGEST_WAIT:
                    raise NotSent("ratelimited") from refused
                if channel is None:
                    self._sleep(seconds)
            except (SlackClientError, OSError) as broken:
                error = "unreachable"
                log.warning("Slack could not be reached", reason=type(broken).__name__)
                if not again:
                    raise NotSent(error) from broken
                self._sleep(1.0)
        raise NotSent(error)


def _run_of(message: Any) -> str | None:
    """The run that a message shows, by its metadata; None of anybody else's message."""
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return payload.get("run") if metadata.get("event_type") == RUN_METADATA else None


def _word(answer: Any) -> str:
    """Slack's word for why it refused; a page of whatever stands before Slack is no answer of Slack's."""
    error = str(answer.get("error") or "unknown_error")
    if not re.fullmatch("[a-z_]+", error):
        return "unreachable"
    return "ratelimited" if error == "rate_limited" else error


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
