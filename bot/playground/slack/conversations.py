"""A channel and its messages: the last few hundred of them, since nobody scrolls further in a rehearsal."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack.people import FOUNDED, TEAM, YOU

MOST_MESSAGES = 500  # of a channel, replies included; two hundred alerts and their cards fit
MOST_WHISPERS = 100  # that only you see

Message = dict[str, Any]
"""A message as `conversations.history` gives it, with its `channel` beside."""

THREAD = ("reply_count", "reply_users_count", "latest_reply", "reply_users")


def as_told(message: Message) -> Message:
    """As Slack's history tells it: the store's own notes left out."""
    return {name: value for name, value in message.items() if name not in {"channel", "state"}}


@dataclass
class Conversation:
    """`members` are ids of people; `messages` and `whispers` go by `ts`, oldest first."""

    id: str
    name: str
    topic: str
    members: set[str]
    archived: bool = False
    private: bool = False
    messages: OrderedDict[str, Message] = field(default_factory=OrderedDict)
    whispers: OrderedDict[str, Message] = field(default_factory=OrderedDict)

    def shown(self, bot: str) -> dict[str, Any]:
        """What the page needs."""
        return {"id": self.id, "name": self.name, "topic": self.topic, "member": bot in self.members}

    def info(self, asker: str) -> dict[str, Any]:
        """As `conversations.info` answers whoever asks (https://docs.slack.dev/reference/objects/conversation-object)."""
        told = {"creator": YOU.id, "last_set": FOUNDED}
        return {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.private,
            "is_group": self.private,
            "is_im": False,
            "is_mpim": False,
            "is_private": self.private,
            "is_archived": self.archived,
            "is_general": False,
            "is_shared": False,
            "is_org_shared": False,
            "is_ext_shared": False,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "context_team_id": TEAM,
            "shared_team_ids": [TEAM],
            "created": FOUNDED,
            "updated": FOUNDED * 1000,
            "creator": YOU.id,
            "unlinked": 0,
            "parent_conversation": None,
            "is_member": asker in self.members,
            "topic": {"value": self.topic, **told},
            "purpose": {"value": "", **told},
            "previous_names": [],
        }

    def add(self, message: Message) -> list[str]:
        """Keeps it and counts it at its thread's head; gives the `ts` of those that leave, replies with their head."""
        self.messages[message["ts"]] = message
        head = self.messages.get(message.get("thread_ts", ""))
        if head is not None and head is not message:
            head.setdefault("thread_ts", head["ts"])
            count_replies(head, self.replies(head["ts"]))
        gone: list[str] = []
        while len(self.messages) > MOST_MESSAGES:
            ts = next(iter(self.messages))
            gone += [ts, *(reply["ts"] for reply in self.replies(ts))]
            for each in (ts, *gone):
                self.messages.pop(each, None)
        return gone

    def whisper(self, message: Message) -> list[str]:
        """Keeps what only one person sees; gives the `ts` of those that leave."""
        self.whispers[message["ts"]] = message
        gone = []
        while len(self.whispers) > MOST_WHISPERS:
            gone.append(self.whispers.popitem(last=False)[0])
        return gone

    def remove(self, ts: str) -> Message | None:
        """Takes a message out; its replies stay, as in Slack."""
        gone = self.messages.pop(ts, None)
        head = self.messages.get((gone or {}).get("thread_ts", ""))
        if head is not None:
            count_replies(head, self.replies(head["ts"]))
        return gone

    def replies(self, ts: str) -> list[Message]:
        """The replies below a message, oldest first."""
        return [one for one in self.messages.values() if one.get("thread_ts") == ts != one["ts"]]

    def top(self) -> Iterator[Message]:
        """What stands in the channel itself, newest first: no replies, except those that were sent there too."""
        for message in reversed(self.messages.values()):
            if message.get("thread_ts", message["ts"]) == message["ts"] or message.get("subtype") == "thread_broadcast":
                yield message


def count_replies(head: Message, replies: list[Message]) -> None:
    """Says at the head of a thread how many replies it has, and whose."""
    for name in THREAD:
        head.pop(name, None)
    if replies:
        users = list(dict.fromkeys(reply["user"] for reply in replies))
        head |= {
            "reply_count": len(replies),
            "reply_users_count": len(users),
            "latest_reply": replies[-1]["ts"],
            "reply_users": users[:5],
        }
    elif head.get("thread_ts") == head["ts"]:
        head.pop("thread_ts")
