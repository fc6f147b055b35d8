"""What a person does in the page, turned into what Slack would send to the bot.

Each gesture is done or answered with a sentence (`NotDone`).
"""

import copy
import html
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from bot.playground.slack import interactions, modals
from bot.playground.slack.conversations import Conversation, Message
from bot.playground.slack.elements import chosen_in, current, element_in, remembered
from bot.playground.slack.events import envelope, home_opened, mentioned, subscribed
from bot.playground.slack.people import BOT, YOU, Person
from bot.playground.slack.refused import NotDone
from bot.playground.slack.responses import acknowledged
from bot.playground.slack.triggers import Source
from bot.playground.slack.workspace import Workspace

LONGEST_SAID = 12_000  # characters that a person can say at once, as in Slack's composer
NOT_CONNECTED = (
    "diagnose is not connected: it has no socket open here. Wait a few seconds; if it stays so, start the demo again."
)
_MENTION = re.compile(r"@([A-Za-z][\w.-]*)")
_LINK = re.compile(r"https?://[^\s<>|]*[^\s<>|.,:;!?)\]}'\"]")  # what ends the sentence is not the link's

Given = Mapping[str, Any]


def act(workspace: Workspace, given: Given) -> dict[str, Any]:
    """Does it; what it gives goes to the page beside `ok`. Raises `NotDone`."""
    done = _ACTS.get(str(given.get("do")))
    if done is None:
        raise NotDone(f"{str(given.get('do'))[:40]!r} is nothing that can be done here.")
    return done(workspace, given) or {}


def say(workspace: Workspace, given: Given) -> None:
    """A slash command, or a message of yours."""
    conversation, text = _conversation(workspace, given), str(given.get("text") or "").strip()
    thread = str(given.get("thread_ts") or "") or None
    if not text:
        raise NotDone("There is nothing to say.")
    if len(text) > LONGEST_SAID:
        raise NotDone(f"A message has at most {LONGEST_SAID:,} characters, this one has {len(text):,}.")
    if text.startswith("/"):
        command(workspace, conversation, text, thread)
        return
    with workspace.lock:
        if thread is not None and thread not in conversation.messages:
            raise NotDone("That thread is gone.")
        spoken = _spoken(workspace, text)
        blocks = [{"type": "rich_text", "block_id": "said", "elements": [_rich(spoken)]}]
        named = {"client_msg_id": str(uuid.uuid4())}
        message = workspace.post(YOU, conversation, spoken, blocks, None, thread, **named)
        if f"<@{BOT.id}>" not in spoken:
            return
        if BOT.id in conversation.members:
            workspace.event(mentioned(conversation, message), conversation)
        else:
            told = (
                f"diagnose is not in #{conversation.name} and did not hear you: type `/invite @diagnose` to let it in."
            )
            workspace.whisper(conversation.id, told, thread=thread)


def press(workspace: Workspace, given: Given) -> None:
    """A button, a menu, an input that acts at once; in a message or in a modal."""
    chosen = chosen_in(given.get("chosen"))
    names = str(given.get("block_id") or ""), str(given.get("action_id") or "")
    with workspace.lock:
        if given.get("view_id"):
            view = modals.open_view(workspace, given)
            element = element_in(view["blocks"], *names)
            remembered(view["state"]["values"], names[0], element, chosen)
            view["state"]["values"] = current(view["blocks"], view["state"]["values"])
            payload = interactions.pressed_in_view(
                workspace, view, interactions.action(workspace, names[0], element, chosen)
            )
            where = next(iter(workspace.conversations.values())), None
        else:
            conversation, message = _message(workspace, given)
            blocks = [*message.get("blocks", []), *_attached(message)]
            element = element_in(blocks, *names)
            state = message.setdefault("state", {"values": {}})
            remembered(state["values"], names[0], element, chosen)
            state["values"] = current(blocks, state["values"])
            action = interactions.action(workspace, names[0], element, chosen)
            payload = interactions.pressed_in_message(workspace, conversation, message, action)
            where = conversation, message.get("thread_ts")

    _send(workspace, "interactive/block_actions", names[1], payload, *where)


def shortcut(workspace: Workspace, given: Given) -> None:
    """A message shortcut."""
    callback = str(given.get("callback_id") or "")
    known = next((one for one in workspace.app.shortcuts if one.callback_id == callback), None)
    if known is None:
        raise NotDone(f"There is no shortcut {callback[:40]!r}.")
    with workspace.lock:
        conversation, message = _message(workspace, given)
        payload = interactions.shortcut(workspace, conversation, message, callback)
    _send(workspace, "interactive/message_action", known.name, payload, conversation, message.get("thread_ts"))


def home(workspace: Workspace, _: Given) -> None:
    """The Home tab is looked at: the bot hears of it each time, and may publish."""
    if not workspace.app.home_tab:
        raise NotDone("diagnose has no Home tab.")
    with workspace.lock:
        view = workspace.views.homes.get(YOU.id)
        event = home_opened(workspace.stamp(), copy.deepcopy(view))
        if subscribed(workspace.app, event, private=False):
            workspace.envelopes.event(envelope(event), "the Home tab was opened")


def dismiss(workspace: Workspace, given: Given) -> None:
    """Takes a message away that only you see."""
    with workspace.lock:
        conversation, message = _message(workspace, given)
        if not message.get("ephemeral"):
            raise NotDone("Only what is visible to you alone can be dismissed.")
        workspace.delete(conversation, message["ts"])


def command(
    workspace: Workspace, conversation: Conversation, text: str, thread: str | None = None, person: Person = YOU
) -> None:
    """A slash command of yours, or of somebody else."""
    name, _, rest = text.partition(" ")
    rest = rest.strip()
    known = {one.command for one in workspace.app.commands}
    if name not in known | {"/invite"}:
        there = " and ".join(sorted(known | {"/invite"}))
        raise NotDone(f"{name[:40]} is not a command here; there are {there}.")
    if thread is not None:
        raise NotDone(f"{name} is not supported in threads: type it in the channel, or mention @diagnose here.")
    if name == "/invite":
        _invite(workspace, conversation, rest)
        return
    with workspace.lock:
        payload = interactions.command(workspace, conversation, name, rest, person)
    source = Source("command", conversation.id, user=person.id)

    def lapsed() -> None:
        told = f'{name} failed with the error "operation_timeout"'
        workspace.whisper(conversation.id, told, reader=person.id)

    sent = workspace.envelopes.interaction(
        "slash_commands",
        "slash_commands",
        text,
        payload,
        accepts=True,
        answered=lambda answer: acknowledged(workspace, source, answer),
        lapsed=lapsed,
    )
    if not sent:
        raise NotDone(NOT_CONNECTED)


def _invite(workspace: Workspace, conversation: Conversation, named: str) -> None:
    person = next((one for one in workspace.people.values() if one.name == named.removeprefix("@")), None)
    if person is None:
        raise NotDone("Name whom to invite: /invite @diagnose")
    if not workspace.let_in(conversation, person):
        raise NotDone(f"{person.name} is already in #{conversation.name}.")


def _send(
    workspace: Workspace,
    name: str,
    what: str,
    payload: Mapping[str, Any],
    conversation: Conversation,
    thread: str | None,
) -> None:
    """To the bot; who pressed is told, there, when it does not answer."""

    def lapsed() -> None:
        told = f"diagnose did not respond to “{what}” within {workspace.times.acknowledge:g} s (operation_timeout)."
        workspace.whisper(conversation.id, told, thread=thread)

    if not workspace.envelopes.interaction("interactive", name, what, payload, lapsed=lapsed):
        raise NotDone(NOT_CONNECTED)


def _conversation(workspace: Workspace, given: Given) -> Conversation:
    found = workspace.conversation(str(given.get("channel") or ""))
    if found is None:
        raise NotDone("There is no such channel.")
    return found


def _message(workspace: Workspace, given: Given) -> tuple[Conversation, Message]:
    conversation, ts = _conversation(workspace, given), str(given.get("ts") or "")
    message = conversation.messages.get(ts) or conversation.whispers.get(ts)
    if message is None:
        raise NotDone("That message is gone.")
    return conversation, message


def _attached(message: Message) -> list[dict[str, Any]]:
    return [block for one in message.get("attachments", []) for block in one.get("blocks", [])]


def _spoken(workspace: Workspace, text: str) -> str:
    """As Slack stores what a person typed: escaped, with links and names made out."""
    ids = {person.name: person.id for person in workspace.people.values()}

    def named(found: re.Match[str]) -> str:
        return f"<@{ids[found[1]]}>" if found[1] in ids else found[0]

    parts, at = [], 0
    for link in _LINK.finditer(text):
        parts += [_MENTION.sub(named, html.escape(text[at : link.start()], quote=False))]
        parts += [f"<{html.escape(link[0], quote=False)}>"]
        at = link.end()
    return "".join([*parts, _MENTION.sub(named, html.escape(text[at:], quote=False))])


def _rich(spoken: str) -> dict[str, Any]:
    """The same as the rich text that Slack's composer makes."""
    elements: list[dict[str, Any]] = []
    for part in re.split(r"(<[^<>]+>)", spoken):
        inner = html.unescape(part.removeprefix("<").removesuffix(">"))
        if part.startswith("<@"):
            elements.append({"type": "user", "user_id": inner[1:]})
        elif part.startswith("<http"):
            elements.append({"type": "link", "url": inner})
        elif part:
            elements.append({"type": "text", "text": html.unescape(part)})
    return {"type": "rich_text_section", "elements": elements}


_ACTS: Mapping[str, Callable[[Workspace, Given], dict[str, Any] | None]] = {
    "say": say,
    "press": press,
    "shortcut": shortcut,
    "home": home,
    "submit": modals.submit,
    "close": modals.close,
    "delete": dismiss,
}
