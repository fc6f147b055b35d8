"""Two issues are one incident when they share a hard link, rose together, and nothing found of them disagrees.

A wrong join hides an incident, a missing one costs a second card: whatever is not known joins nothing.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import combinations

from playbook.diagnosis import Citation, Grade
from playbook.evidence.environment import same_environment
from playbook.evidence.fact import Value
from playbook.incident import LOGS, Incident
from playbook.links import Kind, Link

TOGETHER = timedelta(minutes=15)
"""How far apart two onsets of one cause may lie: a rolling deploy or a restart is over by then, and every page that
people use was asked for. Later ones meet by chance more often with every minute."""

REQUEST = timedelta(seconds=60)
"""How far apart two events of one request may lie: proxies give a request up after a minute
(https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout). A trace may last longer: a browser's is
one for a whole visit, a worker's one for its life."""

ORDER: tuple[Grade, ...] = ("proved", "likely", "possible", "undecided")
SURE = ("proved", "likely")
KINDS: tuple[Kind, ...] = ("relation", "trace", "release", "host")
"""The order in which links are tried, and so which one is named: the hardest first."""


def joined(one: Incident, other: Incident) -> Link | None:
    """The link that makes the two one incident, as `one` has it; None where they are not.

    They are two issues of one audience and one environment whose onsets lie within `TOGETHER`, and neither's verdict,
    code or place disagrees with the other's (`disagree`). Then the same relation is enough; where one is undecided, in
    the same release. So is the same trace within a `REQUEST` where one of them is decided, unless they are about two
    relations. A release or a host alone brings many things about: it joins only what was proved to be the same, by the
    same logged words, with the same thing to do.
    """
    if one.issue == other.issue or one.run == other.run or one.audience != other.audience:
        return None
    if not _together(one.rose, other.rose, TOGETHER) or disagree(one, other):
        return None
    theirs = {(link.kind, link.value) for link in other.links}
    shared = [link for link in one.links if (link.kind, link.value) in theirs and _suffices(link.kind, one, other)]
    return min(shared, key=lambda link: (KINDS.index(link.kind), link.value), default=None)


def disagree(one: Incident, other: Incident) -> bool:
    """Whether something found of the two says that they are not one, or what would say so is not known."""
    return (
        not _same_place(one, other)
        or _in_two_parts(one, other)
        or _outlives(one, other)
        or _outlives(other, one)
        or _same_version_of_other_code(one, other)
        or not _same_cause(one, other)
    )


def _suffices(kind: Kind, one: Incident, other: Incident) -> bool:
    proved = _proved_alike(one, other)
    if kind == "relation":
        return (one.grade in SURE and other.grade in SURE) or _same_version(one, other)
    if kind == "trace":
        at_once = _together(one.seen, other.seen, REQUEST)
        about_two = bool(one.subject and other.subject) and one.subject != other.subject
        return at_once and (one.grade in SURE or other.grade in SURE) and (proved or not about_two)
    return proved


def _same_place(one: Incident, other: Incident) -> bool:
    if one.environment is None or other.environment is None:
        return False
    return one.environment == other.environment or same_environment(one.environment, other.environment) is True


def _in_two_parts(one: Incident, other: Incident) -> bool:
    """Whether they are confined to two hosts or two tenants, or their relation is missing in two databases."""
    if one.subject and other.subject and one.databases != other.databases:
        return True
    keys = {key for key, _ in one.parts} & {key for key, _ in other.parts}
    return any(_values(one, key).isdisjoint(_values(other, key)) for key in keys)


def _outlives(one: Incident, other: Incident) -> bool:
    """Whether the other was over while this one went on: what ended was not its cause."""
    return other.over and one.last is not None and other.last is not None and one.last - other.last > TOGETHER


def _same_cause(one: Incident, other: Incident) -> bool:
    """Whether both verdicts can be true of one incident. Where one is undecided, the other's cause must be one that it
    lacked a look at: what it looked for and did not find is not its cause. An error that no playbook knows has no say.
    Two proofs of one kind of cause that have no piece in common are two causes: one table was dropped, one renamed.
    """
    if one.cause and other.cause:
        two = one.deciding and other.deciding and set(one.deciding).isdisjoint(other.deciding)
        return one.cause == other.cause and not two
    return all(
        decided.cause is None or undecided.playbook is None or decided.cause in undecided.open
        for decided, undecided in ((one, other), (other, one))
        if undecided.cause is None
    )


def _same_version(one: Incident, other: Incident) -> bool:
    return one.version is not None and (one.project, one.version) == (other.project, other.version)


def _same_version_of_other_code(one: Incident, other: Incident) -> bool:
    """Whether the version was built twice, or its tag was moved, between the two."""
    return _same_version(one, other) and None not in (one.commit, other.commit) and one.commit != other.commit


def _proved_alike(one: Incident, other: Incident) -> bool:
    """Whether the same logged words proved the same cause of both, and the same has to be done about it."""
    same = one.cause is not None and one.cause == other.cause and one.todo == other.todo
    logged = any(cited.startswith(LOGS) for cited in {*one.deciding} & {*other.deciding})
    return same and one.grade == other.grade == "proved" and logged


def _together(one: datetime | None, other: datetime | None, within: timedelta) -> bool:
    return one is not None and other is not None and abs(one - other) <= within


class Belonging(Value):
    """An issue that belongs to the card of another: the link as it has it, and where the leading issue shows it."""

    incident: Incident
    link: Link
    leading: Citation


class Group(Value):
    """The issues of one card; `leader` is the one whose card it is."""

    leader: Incident
    others: tuple[Belonging, ...] = ()

    @property
    def members(self) -> tuple[Incident, ...]:
        return (self.leader, *(one.incident for one in self.others))


def groups(incidents: Iterable[Incident], apart: Collection[frozenset[str]] = ()) -> tuple[Group, ...]:
    """Every incident in exactly one group, whatever the order in which they are given.

    The surest leads, so that no proof hides below a doubt, then the one that was asked for first. An incident joins a
    leader, never a chain. `apart` are pairs of issues that a person took apart: no group holds both. One that would
    belong to two leaders of which each has another cause joins neither. Of several runs of one issue the newest counts,
    from the time of the first.
    """
    found: list[Group] = []
    led: dict[tuple[Kind, str], list[int]] = {}
    for one in sorted(_newest(incidents), key=_rank):
        sharing = sorted({place for link in one.links for place in led.get((link.kind, link.value), ())})
        fitting = [(place, link) for place in sharing if (link := _joins(one, found[place], apart))]
        claiming = [found[place].leader for place, _ in fitting]
        if not fitting or any(_are_two(*pair, apart) for pair in combinations(claiming, 2)):
            for link in one.links:
                led.setdefault((link.kind, link.value), []).append(len(found))
            found.append(Group(leader=one))
            continue
        place, link = fitting[0]
        group = found[place]
        leading = next(mine for mine in group.leader.links if (mine.kind, mine.value) == (link.kind, link.value))
        belonging = Belonging(incident=one, link=link, leading=leading.citation)
        found[place] = Group(leader=group.leader, others=(*group.others, belonging))
    return tuple(found)


def taken_out(group: Group, issue: str) -> frozenset[frozenset[str]]:
    """The pairs that are apart once a person took the issue out of the group; nothing joins them again."""
    return frozenset(frozenset((issue, one.issue)) for one in group.members if one.issue != issue)


def _joins(one: Incident, group: Group, apart: Collection[frozenset[str]]) -> Link | None:
    link = joined(one, group.leader)
    return None if link and any(_are_two(one, member, apart) for member in group.members) else link


def _are_two(one: Incident, other: Incident, apart: Collection[frozenset[str]]) -> bool:
    return frozenset((one.issue, other.issue)) in apart or disagree(one, other)


def _newest(incidents: Iterable[Incident]) -> list[Incident]:
    """One for each issue and audience."""
    known: dict[tuple[str, str], Incident] = {}
    for one in sorted(incidents, key=lambda one: (one.asked, one.run)):
        first = known.get((one.audience, one.issue))
        known[(one.audience, one.issue)] = one.model_copy(update={"asked": first.asked}) if first else one
    return list(known.values())


def _rank(one: Incident) -> tuple[int, datetime, str, str]:
    return (ORDER.index(one.grade), one.asked, one.issue, one.audience)


def _values(one: Incident, key: str) -> set[str]:
    return {value for own, value in one.parts if own == key}
