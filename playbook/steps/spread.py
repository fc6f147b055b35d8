"""Playbook step 2: everyone, or a segment that the issue hits far more often than the project's other events.

Compared are the tags that say *where* a system runs. The release is not one of them: a new issue in a new release
is over-represented there by its nature, and says nothing of who is spared. It is what holds the comparison fair
instead: servers come and go with releases, so the baseline is the project's other events of the issue's own
releases, wherever there are enough of them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Issue
from playbook.evidence.json import Json
from playbook.evidence.overrepresented import CHANCE, FEWEST, ODDS, SURPLUS, could_show, excesses
from playbook.evidence.spread import Segment, Spread
from playbook.evidence.tags import Tags
from playbook.evidence.unavailable import Unavailable
from playbook.sources.reading import count, rows, text
from playbook.sources.sentry import PAGE, Sentry

PLACES = ("environment", "server_name")
"""The tags compared, in the order of the card."""

PARTS = ("tenant", "shard", "region")
"""Tags of parts of a system, compared where the issue carries them: each may have a database or schema of its own."""

ENOUGH = 50
"""Events of a baseline from which a share is taken; with fewer, one event moves it by more than two hundredths."""

LONGEST = timedelta(days=90)
"""The longest period Sentry's tables of events cover, and its longest retention."""

RULE = (
    f"a segment is a value with more than {ODDS:g} times the odds it has among the project's other events and a share "
    f"at least {SURPLUS:.0%} larger, beyond chance (p < {CHANCE:g} over all values compared, Fisher's exact test)"
)


@dataclass(frozen=True)
class Group:
    """Other events of the project that have the same environment, server and release."""

    values: dict[str, str]
    count: int


def spread(inquiry: Inquiry, issue: Issue, tags: Tags, sentry: Sentry) -> Spread | None:
    """Affected users and segments.

    From the issue's tags and one call for the project's other events of the same time. `None` where the events
    carry neither environment nor server.
    """
    here = {
        key: _counts(tags, key)
        for key in (*PLACES, *PARTS)
        if tags.values(key) and not (key == "environment" and issue.environment)
    }
    if not here:
        return None
    events = max(_carrying(tags, key, counts) for key, counts in here.items())
    if events < FEWEST:
        return _few(issue, f"{events} events carry a place; below {FEWEST} nobody is called a segment")
    if not issue.project_id:
        raise Unavailable("Sentry did not say which project the issue is in, so there is nothing to compare it with")
    fields = (*PLACES, *(key for key in PARTS if key in here), "release")
    answer = sentry.counts_by(fields, _others(issue), issue.project_id, _period(issue.first_seen, inquiry.at))
    if answer is None:
        raise Unavailable("this server counts no events by tag, so there is nothing to compare the issue's tags with")
    groups = _groups(answer, fields)
    own = {one.value for one in tags.values("release")}
    same = [group for group in groups if group.values.get("release") in own]
    cut = len(_listed(answer)) >= PAGE
    if _size(same) >= ENOUGH:
        return _compared(issue, tags, here, same, f"{RULE}; other events of the same release", cut)
    known = {group.values.get("server_name") for group in groups}
    if not known.issuperset(here.get("server_name", ())):
        # Servers that other releases never ran on began with this one: their number says nothing of who is spared.
        here.pop("server_name")
    if not here:
        return _few(issue, "its servers began with its release, which has no other events to compare with")
    return _compared(issue, tags, here, groups, f"{RULE}; other events of all releases", cut)


def _compared(
    issue: Issue, tags: Tags, here: dict[str, Counter[str]], groups: Sequence[Group], rule: str, cut: bool
) -> Spread:
    baselines = {key: _baseline(groups, key) for key in here}
    judged = {key: baseline for key, baseline in baselines.items() if baseline.total() >= ENOUGH}
    if not judged:
        least = max(baseline.total() for baseline in baselines.values())
        return _few(issue, f"{least} other events of the project to compare with; below {ENOUGH} no share is taken")
    # Of a list that was cut off, a value it does not name may be rare or merely far down: it is not judged.
    values = {key: {one: n for one, n in here[key].items() if not cut or one in judged[key]} for key in judged}
    total = max(1, sum(len(one) for one in values.values()))
    segments, shown = [], []
    for key, baseline in judged.items():
        of = _carrying(tags, key, here[key])
        segments += [
            Segment(
                key=key,
                value=one.value,
                count=one.count,
                of=one.of,
                baseline_count=one.baseline_count,
                baseline_of=one.baseline_of,
            )
            for one in excesses(values[key], of, baseline, total)
        ]
        if could_show(of, baseline, total):
            shown.append(key)
    return Spread(
        url=issue.url,
        reach="segment" if segments else "everyone" if shown else "too few to say",
        segments=tuple(segments),
        compared=tuple(shown) or tuple(judged),
        rule=rule,
        users=issue.users,
        incomplete=f"only the {PAGE} most frequent groups of the project's events were compared" if cut else None,
    )


def _few(issue: Issue, rule: str) -> Spread:
    return Spread(url=issue.url, reach="too few to say", rule=rule, users=issue.users)


def _counts(tags: Tags, key: str) -> Counter[str]:
    return Counter({one.value: one.count for one in tags.values(key) if one.count})


def _carrying(tags: Tags, key: str, counts: Counter[str]) -> int:
    """Events of the issue that carry the key: as the server says, never fewer than its values count."""
    tag = tags.tag(key)
    return max(counts.total(), (tag.total or 0) if tag else 0)


def _others(issue: Issue) -> str:
    """The query for the project's other events, narrowed as the issue was."""
    itself = f"!issue.id:{issue.id}" if issue.short_id == issue.id else f"!issue:{issue.short_id}"
    narrowed = (issue.environment or "").replace("\\", "\\\\").replace('"', '\\"')
    return f'{itself} environment:"{narrowed}"' if narrowed else itself


def _period(first_seen: datetime | None, now: datetime) -> str:
    """The issue's own lifetime in whole hours or days, so that both sides saw the same servers."""
    age = min(max(now - first_seen, timedelta(hours=1)), LONGEST) if first_seen else LONGEST
    hours = -(-age // timedelta(hours=1))
    return f"{hours}h" if hours <= 48 else f"{-(-hours // 24)}d"  # noqa: PLR2004 - two days, as one says it


def _listed(answer: Json) -> list[dict[str, Json]]:
    """The rows: bare, or below `data` as Sentry's table of events has them."""
    return rows(answer) or rows(answer, "data") or rows(answer, "rows")


def _groups(answer: Json, fields: Sequence[str]) -> list[Group]:
    found = []
    for row in _listed(answer):
        events = count(row, "count()")
        values = {key: value for key in fields if (value := text(row, key))}
        if events and values:
            found.append(Group(values, events))
    return found


def _baseline(groups: Sequence[Group], key: str) -> Counter[str]:
    baseline: Counter[str] = Counter()
    for group in groups:
        if key in group.values:
            baseline[group.values[key]] += group.count
    return baseline


def _size(groups: Sequence[Group]) -> int:
    return sum(group.count for group in groups)
