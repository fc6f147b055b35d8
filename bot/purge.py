"""`diagnose purge`: says what would be forgotten, asks, and says what was; what Slack shows is not ours to forget."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.card.footnotes import USER
from bot.runs.history import History
from playbook.evidence.instant import clock
from playbook.reference import NotAReference, reference

USE = "say what to forget with one of --before 30d, --issue SHOP-42 or --person U0123456789"
AGE = re.compile(r"([0-9]{1,4})\s?([hdw])", re.IGNORECASE)
UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
REMAINS = "Cards in Slack stay as they are, and so do backups of the database."


class WrongUse(ValueError):
    """What was said does not say what to forget; the sentence says how to."""


@dataclass(frozen=True)
class Wanted:
    """What to forget: exactly one of the three. `before` is a moment, `issue` a number or a short id."""

    before: datetime | None = None
    issue: str | None = None
    person: str | None = None

    def told(self, count: int) -> str:
        """What so many entries are, in words: `3 runs that ended before 01 Nov 10:00 UTC of 2026, …`."""
        if self.person:
            entries = "entry" if count == 1 else "entries"
            return f"{count:,} {entries} of what {self.person} asked, answered and pressed; the runs themselves stay"
        runs = f"{count:,} {'run' if count == 1 else 'runs'}"
        which = (
            f"of {self.issue}" if self.before is None else f"that ended before {clock(self.before)} of {self.before:%Y}"
        )
        return f"{runs} {which}, with evidence and answers"


def wanted(before: str | None, issue: str | None, person: str | None, now: datetime, sentry_url: str) -> Wanted:
    """What the options of the command say; raises `WrongUse`.

    `before` is an age (`12h`, `30d`, `8w`) or a day in UTC (`2026-10-01`), `issue` whatever names one, `person` an
    id in Slack: names change, and two people may share one.
    """
    if sum(one is not None for one in (before, issue, person)) != 1:
        raise WrongUse(USE)
    if before is not None:
        return Wanted(before=_moment(before.strip(), now))
    if issue is not None:
        return Wanted(issue=_issue(issue, sentry_url))
    if not USER.fullmatch((person or "").strip()):
        raise WrongUse("--person takes an id such as U0123456789: in Slack, the person's profile → ⋮ → Copy member ID")
    return Wanted(person=(person or "").strip())


def purge(
    history: History, asked: Wanted, *, dry: bool, ask: Callable[[str], bool] | None, say: Callable[[str], object]
) -> bool:
    """Whether it was carried out, or there was nothing to do; false when the person said no.

    `ask` gets a sentence and says whether to go on; None goes on without. What ends between the count and the
    purge is counted by the purge alone, so the last sentence is the one that is true.
    """
    if dry or ask:
        count = history.purge(asked.before, asked.issue, asked.person, dry=True)
        if not count:
            say(f"There is nothing to forget: {asked.told(0)}.")
            return True
        if dry:
            say(f"Would be forgotten: {asked.told(count)}. {REMAINS}")
            return True
        if ask and not ask(f"Forget {asked.told(count)}? This cannot be undone."):
            say("Nothing was forgotten.")
            return False
    gone = history.purge(asked.before, asked.issue, asked.person)
    say(f"Forgotten: {asked.told(gone)}. {REMAINS}")
    return True


def _moment(text: str, now: datetime) -> datetime:
    age = AGE.fullmatch(text)
    if age:
        return now - int(age[1]) * UNITS[age[2].lower()]
    try:
        day = datetime.fromisoformat(text)
        moment = day.astimezone(UTC) if day.tzinfo else day.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise WrongUse("--before takes an age (12h, 30d, 8w) or a day (2026-10-01)") from None
    if moment > now:
        raise WrongUse(f"--before {text} lies in the future")
    return moment


def _issue(text: str, sentry_url: str) -> str:
    try:
        ref = reference(text, sentry_url)
    except NotAReference as refusal:
        raise WrongUse(f"--issue: {refusal.sentence}") from refusal
    if ref.issue_id is None and ref.short_id is None:
        raise WrongUse("--issue takes an issue's number, short id or link, not an event")
    return ref.target
