"""The three steps of a press (state before, write, state after), each of which can be kept and not be repeated.

None raises: what went wrong is part of what a step gives. A write looks first, so that carrying it out again after a
crash changes nothing a second time.
"""

import time
from collections.abc import Callable

from bot.acting.order import LABELS, Look, Order, Outcome, Whom, Written
from bot.acting.people import People
from playbook.evidence.unavailable import Unavailable
from playbook.sources.sentry_actions import AnswerLost, SentryActions
from playbook.sources.sentry_state import IssueState

SETTLE_SECONDS = 2.0
"""Before the one more look at an issue that is not as it was asked for: a write whose answer was late may still come,
and a replica of Sentry's database may be behind."""

GONE = "Sentry has no such issue any more: it was deleted, or this token may not see it"
NO_VERDICT = "the verdict of this run is not kept any more: press Check again and comment the new one"
NO_EMAIL = "your Slack profile shows me no e-mail address, so I cannot tell who you are in Sentry"
NO_MEMBER = "nobody in the Sentry organization has the e-mail address of your Slack profile"


def state_before(order: Order, sentry: SentryActions) -> Look:
    """The issue as it stands; a sentence where it is gone, or is by now part of another issue."""
    try:
        state = sentry.state(order.issue, _remark(order))
    except Unavailable as unavailable:
        return Look(sentence=unavailable.sentence)
    if state is None:
        return Look(sentence=GONE)
    if state.id != order.issue:
        return Look(sentence=f"this issue was merged into {state.short_id} meanwhile: diagnose that one")
    return Look(state=state)


def whom(order: Order, sentry: SentryActions, people: People) -> Whom:
    """The member of the Sentry organization who pressed; asked for only where it is to be assigned."""
    if order.action != "assign":
        return Whom()
    try:
        email = people.email(order.user)
        if email is None:
            return Whom(sentence=NO_EMAIL)
        member = sentry.member(email)
    except Unavailable as unavailable:
        return Whom(sentence=unavailable.sentence)
    return Whom(member=member) if member else Whom(sentence=NO_MEMBER)


def write(order: Order, sentry: SentryActions, who: Whom, verdict: Callable[[str], str | None]) -> Written:
    """Does it, unless it is so already. `verdict` gives a run's verdict as text for a comment, None where it is gone.

    A write whose answer was lost is not sent again here; `state_after` tells what became of it.
    """
    now = state_before(order, sentry)
    if now.state is None:
        return Written(how="refused", sentence=now.sentence)
    if as_wanted(order, now.state, who):
        return Written(how="already")
    try:
        match order.action:
            case "resolve":
                sentry.resolve(order.issue)
            case "archive":
                sentry.archive(order.issue)
            case "assign":
                if who.member is None:
                    return Written(how="refused", sentence=who.sentence or NO_MEMBER)
                sentry.assign(order.issue, who.member)
            case "comment":
                text = verdict(order.run)
                if text is None:
                    return Written(how="refused", sentence=NO_VERDICT)
                sentry.comment(order.issue, f"{text}\n\n{order.signature}")
    except AnswerLost as lost:
        return Written(how="lost", sentence=lost.sentence)
    except Unavailable as refused:
        return Written(how="refused", sentence=refused.sentence)
    return Written(how="done")


def state_after(
    order: Order, sentry: SentryActions, who: Whom, written: Written, wait: Callable[[float], object] = time.sleep
) -> Look:
    """The issue read back, a second time where it is not as was asked for although something was sent."""
    look = state_before(order, sentry)
    settled = look.state is not None and as_wanted(order, look.state, who)
    if settled or written.how not in {"done", "lost"}:
        return look
    wait(SETTLE_SECONDS)
    again = state_before(order, sentry)
    return again if again.state is not None else look


def as_wanted(order: Order, state: IssueState, who: Whom) -> bool:
    """Whether the issue stands as the press asked for, whoever brought it there."""
    match order.action:
        case "resolve":
            return state.status == "resolved"
        case "archive":
            return state.status == "ignored"
        case "assign":
            return who.member is not None and state.assignee == f"user:{who.member.id}"
        case "comment":
            return state.remark is not None


def words(order: Order, look: Look) -> str:
    """The state in a few words, with what this press was about even where there is none of it; empty if not read."""
    state = look.state
    if state is None:
        return ""
    if order.action == "assign" and state.assignee is None:
        return f"{state.words}, assigned to nobody"
    return (
        f"{state.words}, with the verdict as a comment" if order.action == "comment" and state.remark else state.words
    )


def outcome(order: Order, name: str, before: Look, written: Written, after: Look, who: Whom) -> Outcome:
    """What the record, the card and the person are told: the state as it was read, and never that it must be so."""
    state, label = after.state, LABELS[order.action]
    reached = state is not None and as_wanted(order, state, who)
    ours = written.how in {"done", "lost"} or (state is not None and state.remark == order.signature)
    known = state or before.state
    short = known.short_id if known else order.issue
    if reached and ours:
        sentence = ""
    elif written.how == "already":
        sentence = f"{short} was so already when I came to it ({words(order, after)}): I changed nothing."
        if before.state is not None and not as_wanted(order, before.state, who):
            # Somebody else, or this very press before a restart: nobody can tell, so neither is claimed.
            sentence = f"{short} is {words(order, after)} by now; somebody else may have been a moment faster."
    elif written.how == "refused":
        sentence = f"{label} did not work: {written.sentence}."
    elif state is None:
        took = written.sentence or "Sentry took it"
        sentence = f"{label}: {took}, and how {short} stands could not be read back: look at it in Sentry."
    elif written.how == "lost":
        sentence = (
            f"{label}: {written.sentence}, and {short} is {words(order, after)} as yet. It may still come: look at "
            "it in Sentry before you press again."
        )
    else:
        sentence = f"{label}: Sentry took it, and yet {short} is {words(order, after)}. Look at it in Sentry."
    told = order.pressed(name, words(order, before), words(order, after), sentence)
    return Outcome(press=told, sentence=sentence)


def _remark(order: Order) -> str:
    return order.remark if order.action == "comment" else ""
