"""What stands below the answer: since when, who changed what, who called it right, and which run it was."""

import re
from collections.abc import Iterator, Sequence

from bot.card.blocks import Block, context
from bot.card.escape import counted, link, mrkdwn
from playbook.diagnosis import Diagnosis
from playbook.evidence.changes import Changes
from playbook.evidence.collected import Evidence
from playbook.evidence.frequency import Frequency
from playbook.evidence.instant import clock, lasting
from playbook.evidence.releases import Releases

MOST_NAMED = 10  # people shown by name under Right and Wrong
USER = re.compile(r"[UW][A-Z0-9]{1,30}")  # a person's id in Slack; anything else would not be shown as a name


def who_and_when(evidence: Evidence) -> Iterator[str]:
    """How often, since which release, and the most telling change that could be guilty; facts, each linked."""
    releases, changes, frequency = evidence.get(Releases), evidence.get(Changes), evidence.get(Frequency)
    if frequency is not None:
        yield f"*How often:* {link(frequency.url, frequency.finding, 200)}"
    if releases is not None:
        yield f"*When:* {link(releases.url, releases.finding, 300)}"
    suspect = changes.suspects[0] if changes and changes.suspects else None
    if suspect is not None and suspect.pull is not None:
        pull = suspect.pull
        merged = f"merged {clock(pull.merged_at)}" if pull.merged_at else "not merged"
        by = f" by {mrkdwn(pull.author, 60)}" if pull.author else ""
        yield f"*Change to look at:* {link(pull.url, f'#{pull.number} {pull.title}', 150)}{by}, {merged}"
    elif suspect is not None:
        by = f" by {mrkdwn(suspect.author, 60)}" if suspect.author else ""
        at = f", {clock(suspect.at)}" if suspect.at else ""
        yield f"*Change to look at:* {link(suspect.url, f'{suspect.sha[:8]} {suspect.message}', 150)}{by}{at}"


def opinions(right: Sequence[str], wrong: Sequence[str]) -> list[Block]:
    """Who pressed what, as it stands now; in an edited message a mention shows a name and notifies nobody."""
    said = []
    for word, users in (("Right", right), ("Wrong", wrong)):
        known = [user for user in users if USER.fullmatch(user)]
        more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
        if known:
            said.append(f"{word}: {', '.join(f'<@{user}>' for user in known[:MOST_NAMED])}{more}")
    return [context(" · ".join(said))] if said else []


def footer(diagnosis: Diagnosis, evidence: Evidence, run: str, seconds: float | None) -> str:
    """One line: the issue, the playbook, the run and how long it took, sources with gaps, how much was hidden."""
    issue = diagnosis.issue
    told = [link(issue.url, issue.short_id or issue.id, 60)]
    if diagnosis.playbook:
        told.append(f"playbook {mrkdwn(diagnosis.playbook, 80)}")
    if run:
        told.append(f"run {mrkdwn(run, 60)}")
    told.append(f"asked {clock(diagnosis.asked_at)}")
    if seconds is not None:
        told.append(f"took {lasting(seconds)}")
    failed = sorted({gap.source for gap in diagnosis.gaps})
    if failed:
        told.append("gaps in " + ", ".join(mrkdwn(source, 40) for source in failed[:5]))
    hidden = sum(evidence.hidden.values())
    if hidden:
        told.append(counted(hidden, "value") + " hidden")
    return " · ".join(told)
