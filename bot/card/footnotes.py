"""What stands below the answer: since when, who changed what, who called it right, and which run it was."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.card.blocks import Block, context
from bot.card.escape import counted, link, mrkdwn, prose
from bot.card.suspicion import sentry_too
from playbook.diagnosis import Diagnosis
from playbook.evidence.changes import Changes
from playbook.evidence.collected import Evidence
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock, lasting
from playbook.evidence.issue import Issue
from playbook.evidence.releases import Releases
from playbook.evidence.spread import Spread

DAYS = 2 * 86_400  # seconds: windows up to this long are told in hours, as `25 h`
MOST_NAMED = 10  # people shown by name under Right and Wrong
USER = re.compile(r"[UW][A-Z0-9]{1,30}")  # a person's id in Slack; anything else would not be shown as a name


def who_and_when(evidence: Evidence) -> Iterator[str]:
    """Since when, what changed and by whom, how often: facts, each linked, with the time between them."""
    releases, frequency = evidence.get(Releases), evidence.get(Frequency)
    onset = frequency.onset if frequency and frequency.onset else releases.onset if releases else None
    began = "the first event" if frequency and frequency.new else "the onset"
    event = evidence.get(Event)
    yield from _since(releases, onset, began, event.environment if event else None)
    yield from _changed(evidence.get(Changes), onset, began)
    yield from _often(frequency, evidence.get(Issue), evidence.get(Spread))


def _since(releases: Releases | None, onset: datetime | None, began: str, environment: str | None) -> Iterator[str]:
    since = f"{began.removeprefix('the ')} {clock(onset)}" if onset else ""
    if releases is None or releases.failing is None:
        if since:
            yield f"*When:* {since}"
        return
    release = link(releases.failing.url, releases.failing.version, 80)
    deploy, lag = releases.deploy_before(environment), releases.lag(environment)
    if deploy is not None and lag is not None:
        where = mrkdwn(deploy.environment, 60)
        told = f"{since}, {lasting(lag.total_seconds())} after {release} was deployed to {where}"
    else:
        told = f"{since}, with {release}" if since else f"first in {release}"
    good = f" (last good: {mrkdwn(releases.last_good.version, 80)})" if releases.last_good else ""
    yield f"*When:* {told}{good}"


def _changed(changes: Changes | None, onset: datetime | None, began: str) -> Iterator[str]:
    """The change that touches the subject most, with its author and what it touches: a fact, and no blame."""
    first = changes.suspects[0] if changes and changes.suspects else None
    if first is None:
        return
    suspect, pull = first.commit, first.commit.pull
    author, at = (pull.author, pull.merged_at) if pull else (suspect.author, suspect.at)
    by = f" by {mrkdwn(author, 60)}" if author else ""
    if pull is None:
        named, when = link(suspect.url, suspect.named, 150), "committed"
    else:
        named, when = link(pull.url, f"#{pull.number} {pull.title}", 150), "merged" if at else "not merged"
    dated = f", {when} {clock(at)}" if at else ", not merged" if pull else ""
    apart = f", {_apart(at, onset)} {began}" if at and onset else ""
    others = len(changes.suspects) - 1 if changes else 0
    beside = f" _(and {counted(others, 'more change')} to look at)_" if others else ""
    reason = f" – {prose(first.reasons[0], 200)}" if first.reasons else ""
    too = "; Sentry suspects it too" if changes and sentry_too(changes, suspect) else ""
    yield f"*What changed:* {named}{by}{dated}{apart}{reason}{too}{beside}"


def _apart(moment: datetime, onset: datetime) -> str:
    """`38 min before`, `2 h 5 min after`."""
    seconds = (onset - moment).total_seconds()
    return f"{lasting(seconds)} {'before' if seconds >= 0 else 'after'}"


def _often(frequency: Frequency | None, issue: Issue | None, spread: Spread | None) -> Iterator[str]:
    if frequency is None:
        return
    window = len(frequency.buckets) * frequency.bucket_seconds
    span = f"{window // 3600} h" if window % 3600 == 0 and window <= DAYS else lasting(window)
    least = "at least " if frequency.floor else ""
    trend = "" if frequency.trend == "too few to say" else f" ({frequency.trend})"
    told = f"{least}{counted(frequency.total, 'event')} in {span}{trend}"
    parts = [link(frequency.url, told, 200)]
    if issue is not None and issue.users:
        parts.append(counted(issue.users, "user") + " in all")
    if spread is not None and spread.segments:
        most = spread.segments[0]
        parts.append(f"mostly {mrkdwn(most.key, 40)} {mrkdwn(most.value, 80)}")
    yield f"*How often:* {', '.join(parts)}"


def opinions(right: Sequence[str], wrong: Sequence[str]) -> list[Block]:
    """Who pressed what, as it stands now; in an edited message a mention shows a name and notifies nobody."""
    said = []
    for word, users in (("Right", right), ("Wrong", wrong)):
        known = [user for user in users if USER.fullmatch(user)]
        more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
        if known:
            said.append(f"{word}: {', '.join(f'<@{user}>' for user in known[:MOST_NAMED])}{more}")
    return [context(" · ".join(said))] if said else []


def footer(diagnosis: Diagnosis, evidence: Evidence, run: str, seconds: float | None, asked: int = 1) -> str:
    """One line: the issue, the playbook, the run and how long it took, how often it was asked for, what was hidden."""
    issue = diagnosis.issue
    told = [link(issue.url, issue.short_id or issue.id, 60)]
    if diagnosis.playbook:
        told.append(f"playbook {mrkdwn(diagnosis.playbook, 80)}")
    if run:
        told.append(f"run {mrkdwn(run, 60)}")
    told.append(f"asked {clock(diagnosis.asked_at)}")
    if seconds is not None:
        told.append(f"took {lasting(seconds)}")
    if asked > 1:
        told.append(f"asked for {asked:,} times")
    hidden = sum(evidence.hidden.values())
    if hidden:
        told.append(counted(hidden, "value") + " hidden")
    return " · ".join(told)
