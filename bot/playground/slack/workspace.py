"""The state of the rehearsal: people, channels, messages and open views; it tells the page and the bot of every change.

One lock guards it all. Whatever changes something holds it, so that page and bot hear of changes in their order.
"""

import copy
import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bot.playground.slack import events
from bot.playground.slack.app import ANY_SCOPE, App
from bot.playground.slack.content import settled
from bot.playground.slack.conversations import Conversation, Message
from bot.playground.slack.envelopes import Envelopes
from bot.playground.slack.faults import Faults
from bot.playground.slack.feed import Feed
from bot.playground.slack.limits import Limits
from bot.playground.slack.people import BOT, HOUSE, PEOPLE, SAM, SENTRY, TEAM, TEAM_NAME, YOU, Person
from bot.playground.slack.socket_mode import Sockets
from bot.playground.slack.times import Times
from bot.playground.slack.timetable import Timetable
from bot.playground.slack.traffic import Traffic
from bot.playground.slack.triggers import Triggers
from bot.playground.slack.views import Views

__all__ = ["ALERTS", "BOT", "INCIDENTS", "RANDOM", "SENTRY", "YOU", "Workspace"]

_EVERYBODY = frozenset({YOU.id, SAM.id, SENTRY.id})


def _channels() -> tuple[Conversation, ...]:
    return (
        Conversation("C0INCIDENTS", "incidents", "Ask with /diagnose, or mention @diagnose", {*_EVERYBODY, BOT.id}),
        Conversation("C0ALERTS", "alerts", "Sentry posts its alerts here", {*_EVERYBODY, BOT.id}),
        Conversation("C0RANDOM", "random", "diagnose is not in here: /invite @diagnose", set(_EVERYBODY)),
    )


INCIDENTS, ALERTS, RANDOM = _channels()
"""The channels as they are at first; only their ids and names are of use."""


class Workspace:
    """`address` is where it is served, as `http://127.0.0.1:7433`; both tokens are new with each workspace."""

    def __init__(
        self, address: str = "", app: App | None = None, times: Times | None = None, limits: Limits | None = None
    ) -> None:
        self.address, self.app, self.times = address.rstrip("/"), app or ANY_SCOPE, times or Times()
        self.bot_token = f"xoxb-rehearsal-{secrets.token_hex(12)}"
        self.app_token = f"xapp-rehearsal-{secrets.token_hex(12)}"
        self.lock = threading.RLock()
        self.people = {person.id: person for person in PEOPLE}
        self.conversations = {one.id: one for one in _channels()}
        self.views, self.triggers, self.limits = Views(), Triggers(self.times), limits or Limits()
        self.feed, self.timetable, self.faults = Feed(), Timetable(), Faults()
        secrets_of = (self.bot_token, self.app_token)
        self.traffic = Traffic(lambda shown: self.changed("traffic", shown, "exchange"), secrets_of)
        self.envelopes = Envelopes(
            self.times, self.timetable, self.traffic, lambda connected: self.changed("connected", connected)
        )
        self.sockets = Sockets(self.times, self.timetable, self.envelopes)
        self._last = 0

    def close(self) -> None:
        """Ends every socket, every stream to a page, and what was planned."""
        self.envelopes.close()
        self.sockets.close()
        self.feed.close()
        self.timetable.close()

    def changed(self, kind: str, what: object, name: str | None = None) -> None:
        """Tells every open page."""
        self.feed.publish({"kind": kind, name or kind: what})

    def snapshot(self) -> dict[str, Any]:
        """All that a page shows, except the stage."""
        with self.lock:
            conversations = list(self.conversations.values())
            shown = [message for one in conversations for message in (*one.messages.values(), *one.whispers.values())]
            return {
                "team": {"id": TEAM, "name": TEAM_NAME},
                "you": YOU.id,
                "bot": BOT.id,
                "people": {person.id: person.shown() for person in self.people.values()},
                "channels": [one.shown(BOT.id) for one in conversations],
                "messages": [_shown(message) for message in sorted(shown, key=lambda one: str(one["ts"]))],
                "views": copy.deepcopy(self.views.stack),
                "home_tab": self.app.home_tab,
                "home": copy.deepcopy(self.views.homes.get(YOU.id)),
                "commands": [
                    *(asdict(one) for one in self.app.commands),
                    {"command": "/invite", "description": "Let diagnose into this channel", "usage_hint": "@diagnose"},
                ],
                "shortcuts": [asdict(one) for one in self.app.shortcuts],
                "connected": self.envelopes.connected,
                "traffic": self.traffic.shown(),
            }

    def conversation(self, named: str) -> Conversation | None:
        """By its id, or by its name with or without the hash."""
        found = self.conversations.get(named)
        return found or next((one for one in self.conversations.values() if one.name == named.removeprefix("#")), None)

    def stamp(self) -> str:
        """A `ts` that no message here has; later ones are greater."""
        with self.lock:
            self._last = max(self._last + 1, time.time_ns() // 1_000)
            return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def post(
        self,
        author: Person,
        conversation: Conversation,
        text: str = "",
        blocks: Sequence[Mapping[str, Any]] | None = None,
        attachments: Sequence[Mapping[str, Any]] | None = None,
        thread: str | None = None,
        **more: Any,
    ) -> Message:
        """A new message; the bot hears of it if it is in the channel and has subscribed to messages."""
        with self.lock:
            message = self._message(author, conversation, text, blocks, attachments, thread, more)
            gone = conversation.add(message)
            head = conversation.messages.get(thread or "")
            for one in (message, head):
                if one is not None:
                    self.changed("message", _shown(one))
            for ts in gone:
                self._gone(conversation, ts)
            self.event(events.posted(conversation, message), conversation)
            return copy.deepcopy(message)

    def post_as(self, author: Person, channel: str, **told: Any) -> str:
        """A message of another app or person, in this channel; gives its `ts`."""
        conversation = self.conversations[channel]
        told["blocks"] = settled(told.get("blocks"))
        return str(self.post(author, conversation, **told)["ts"])

    def whisper(
        self,
        channel: str,
        text: str,
        author: Person = HOUSE,
        blocks: Sequence[Mapping[str, Any]] | None = None,
        attachments: Sequence[Mapping[str, Any]] | None = None,
        thread: str | None = None,
        reader: str = YOU.id,
    ) -> str:
        """A message that only one person sees, and that no history knows; gives its `ts`."""
        with self.lock:
            conversation = self.conversations[channel]
            more = {"ephemeral": True, **({} if reader == YOU.id else {"reader": reader})}
            message = self._message(author, conversation, text, blocks, attachments, thread, more)
            for ts in conversation.whisper(message):
                self._gone(conversation, ts)
            self.changed("message", _shown(message))
            return str(message["ts"])

    def edit(self, conversation: Conversation, ts: str, **changes: Any) -> Message:
        """Shows something else in a message, or in one that only you see; without `blocks` in it for None."""
        with self.lock:
            whispered = ts in conversation.whispers
            message = (conversation.whispers if whispered else conversation.messages)[ts]
            before = copy.deepcopy(message)
            for name, value in changes.items():
                if value is None:
                    message.pop(name, None)
                else:
                    message[name] = value
            message.pop("state", None)
            if not whispered:
                message["edited"] = {"user": message["user"], "ts": self.stamp()}
                event = events.edited(conversation, copy.deepcopy(message), before, self.stamp())
                self.event(event, conversation)
            self.changed("message", _shown(message))
            return copy.deepcopy(message)

    def delete(self, conversation: Conversation, ts: str) -> bool:
        """Takes a message away, or one that only you see."""
        with self.lock:
            if conversation.whispers.pop(ts, None):
                self._gone(conversation, ts)
                return True
            message = conversation.remove(ts)
            if message is None:
                return False
            self._gone(conversation, ts)
            head = conversation.messages.get(message.get("thread_ts", ""))
            if head is not None:
                self.changed("message", _shown(head))
            self.event(events.deleted(conversation, message, self.stamp()), conversation)
            return True

    def let_in(self, conversation: Conversation, person: Person, inviter: Person = YOU) -> bool:
        """Makes someone a member; False when they were."""
        with self.lock:
            if person.id in conversation.members:
                return False
            conversation.members.add(person.id)
            self.changed("channel", conversation.shown(BOT.id))
            told = f"<@{person.id}> has joined the channel"
            self.post(person, conversation, told, subtype="channel_join", inviter=inviter.id)
            self.event(events.joined(conversation, person, inviter, self.stamp()), conversation)
            return True

    def shown(self, message: Message) -> None:
        """Tells the pages what a message shows now; the caller holds the lock."""
        self.changed("message", _shown(message))

    def views_changed(self) -> None:
        """Tells the pages what is open; the caller holds the lock."""
        self.changed("views", copy.deepcopy(self.views.stack))

    def home_changed(self) -> None:
        """Tells the pages what stands on your Home tab; the caller holds the lock."""
        self.changed("home", copy.deepcopy(self.views.homes.get(YOU.id)))

    def event(self, event: dict[str, Any], conversation: Conversation) -> None:
        """Sends an event to the bot, if it is in the channel and asked for such events."""
        if BOT.id in conversation.members and events.subscribed(self.app, event, conversation.private):
            inner = event.get("message", event)
            said = f"#{conversation.name} {event.get('subtype') or ''} {inner.get('text', '')}"
            self.envelopes.event(events.envelope(copy.deepcopy(event)), " ".join(said.split()))

    def _gone(self, conversation: Conversation, ts: str) -> None:
        self.feed.publish({"kind": "gone", "channel": conversation.id, "ts": ts})

    def _message(
        self,
        author: Person,
        conversation: Conversation,
        text: str,
        blocks: Sequence[Mapping[str, Any]] | None,
        attachments: Sequence[Mapping[str, Any]] | None,
        thread: str | None,
        more: Mapping[str, Any],
    ) -> Message:
        message: Message = {"user": author.id, "type": "message", "ts": self.stamp(), "text": text, "team": TEAM}
        if author.bot:
            message |= {"bot_id": author.bot, "app_id": author.app, "bot_profile": author.bot_profile()}
        if thread:
            head = conversation.messages.get(thread)
            message["thread_ts"] = thread
            if head is not None:
                message["parent_user_id"] = head["user"]
        if blocks:
            message["blocks"] = copy.deepcopy(list(blocks))
        if attachments:
            message["attachments"] = copy.deepcopy(list(attachments))
        return {**message, **more, "channel": conversation.id}


def _shown(message: Message) -> dict[str, Any]:
    """What the page needs of a message."""
    names = ("channel", "ts", "thread_ts", "user", "username", "text", "blocks", "attachments", "edited", "ephemeral")
    counted = ("reader", "reply_count", "latest_reply", "reactions", "subtype")
    return {name: copy.deepcopy(message[name]) for name in (*names, *counted) if name in message}
