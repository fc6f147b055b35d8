"""A press from beginning to end: may they, is it on record, how it stands, do it, how it stands now, who is told.

It goes on record before anything is written, or nothing is written.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import sleep
from typing import Protocol, TypeVar

import structlog

from bot.acting.authorization import Authorization
from bot.acting.order import LABELS, Order, Outcome
from bot.acting.people import People
from bot.acting.steps import outcome, state_after, state_before, whom, words, write
from bot.runs.press import Press, Presses
from bot.runs.run import NotStarted
from bot.slack.message import NotSent
from playbook.sources.sentry_actions import SentryActions

Kept = TypeVar("Kept")

log = structlog.get_logger()


class Step(Protocol):
    """Carries out one step under its name and gives its result; a durable one keeps the result and gives that."""

    def __call__(self, name: str, work: Callable[[], Kept], /) -> Kept: ...


def at_once(_name: str, work: Callable[[], Kept], /) -> Kept:
    """A step that nothing keeps."""
    return work()


@dataclass(frozen=True)
class Acting:
    """What carrying out a press needs.

    `verdict` gives a run's verdict as text for a comment, None where it is gone, and may raise `Unavailable`; `redraw`
    shows the card as things now stand and may raise `NotSent` or `NotStarted`; `tell` says a sentence to nobody but the
    person who pressed. `wait` takes seconds.
    """

    sentry: SentryActions
    people: People
    authorization: Authorization
    presses: Presses
    verdict: Callable[[str], str | None]
    redraw: Callable[[Order], None]
    tell: Callable[[Order, str], None]
    wait: Callable[[float], object] = field(default=sleep)


def carry_out(order: Order, acting: Acting, step: Step = at_once) -> Outcome:
    """Does what a press asked for, each step through `step`, and tells how it came out. Raises nothing of its own."""
    done = _done(order, acting, step)
    if done.sentence:
        step("tell", lambda: acting.tell(order, done.sentence))
    step("redraw", lambda: _redrawn(order, acting))
    return done


def _done(order: Order, acting: Acting, step: Step) -> Outcome:
    sentry, label = acting.sentry, LABELS[order.action]
    name = step("name", lambda: acting.people.name(order.user))

    def refused(sentence: str) -> Outcome:
        press = order.pressed(name, refused=sentence)
        step("record refusal", lambda: _recorded(acting.presses, press))
        return Outcome(press=press, sentence=sentence)

    refusal = step("may they", lambda: acting.authorization.refusal(order.user))
    if refusal:
        return refused(refusal)
    before = step("state before", lambda: state_before(order, sentry))
    if before.state is None:
        return refused(f"{label} did not work: {before.sentence}.")
    who = step("whom", lambda: whom(order, sentry, acting.people))
    if who.sentence:
        return refused(f"{label} did not work: {who.sentence}.")
    begun = order.pressed(name, words(order, before))
    unwritten = step("record", lambda: _recorded(acting.presses, begun))
    if unwritten:
        return Outcome(
            press=begun, sentence=f"{label}: nothing was changed, since it could not be put on record. {unwritten}"
        )
    written = step("write", lambda: write(order, sentry, who, acting.verdict))
    after = step("state after", lambda: state_after(order, sentry, who, written, acting.wait))
    ended = outcome(order, name, before, written, after, who)
    unwritten = step("record outcome", lambda: _recorded(acting.presses, ended.press))
    if not unwritten:
        return ended
    sentence = f"{ended.sentence or f'{label}: Sentry says {ended.press.after}.'} The card may not show it. {unwritten}"
    return ended.model_copy(update={"sentence": sentence})


def _recorded(presses: Presses, press: Press) -> str:
    """Why it could not be written down; empty where it was."""
    try:
        presses.record(press)
    except NotStarted as refused:
        log.error("a press could not be recorded", run=press.run, action=press.action)  # noqa: TRY400 - no trace tells more
        return refused.sentence
    return ""


def _redrawn(order: Order, acting: Acting) -> None:
    try:
        acting.redraw(order)
    except (NotSent, NotStarted) as refused:
        log.warning("a card could not be redrawn", run=order.run, reason=refused.sentence)
