"""What goes wrong in a real week, made to happen: two askers at once, storms, a Slack that refuses, a killed bot."""

import random
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

from bot.playground.bot_keeper import BotKeeper
from bot.playground.slack.gestures import NOT_CONNECTED, command
from bot.playground.slack.people import BOT, SAM, YOU, Person
from bot.playground.slack.refused import NotDone
from bot.playground.slack.workspace import INCIDENTS, Workspace

BEGINS_SECONDS = 10.0  # until a run that was asked for has posted its message; half a second on a quiet machine
IN_THE_MIDDLE_SECONDS = 2.0  # after that: the first sources have answered, the card is not there yet
LOOK_SECONDS = 0.02

T = TypeVar("T")


def ask_together(workspace: Workspace, ref: str) -> None:
    """You and Sam send the same command at the same moment, each from a thread of its own; raises `NotDone`."""
    if not workspace.envelopes.connected:
        raise NotDone(NOT_CONNECTED)
    at_once = threading.Barrier(2)

    def ask(person: Person) -> None:
        at_once.wait(BEGINS_SECONDS)
        command(workspace, workspace.conversations[INCIDENTS.id], f"/diagnose {ref}", person=person)

    both = [threading.Thread(target=ask, args=(person,), name="asker", daemon=True) for person in (YOU, SAM)]
    for one in both:
        one.start()
    for one in both:
        one.join(BEGINS_SECONDS)


def storm(known: Sequence[T], count: int, seed: int | None = None) -> Iterator[T]:
    """So many alerts, each incident as often as any other, in no order: the same one may come twice running."""
    drawn = [known[n % len(known)] for n in range(count)]
    random.Random(seed).shuffle(drawn)  # noqa: S311 - no secret
    return iter(drawn)


def kill_in_the_middle(workspace: Workspace, bot: BotKeeper, ref: str, stop: threading.Event) -> bool:
    """Asks, waits until the run has posted its message, and kills the bot; False where no run began to be killed.

    Raises `NotDone` when the bot is not connected.
    """
    conversation = workspace.conversations[INCIDENTS.id]
    with workspace.lock:
        last = max(conversation.messages, default="")
    command(workspace, conversation, f"/diagnose {ref}")
    ends = time.monotonic() + BEGINS_SECONDS
    while not _posted_after(workspace, last):
        if time.monotonic() > ends or stop.wait(LOOK_SECONDS):
            return False
    return not stop.wait(IN_THE_MIDDLE_SECONDS) and bot.kill()


def _posted_after(workspace: Workspace, last: str) -> bool:
    with workspace.lock:
        messages = workspace.conversations[INCIDENTS.id].messages
        return any(ts > last and message["user"] == BOT.id for ts, message in messages.items())
