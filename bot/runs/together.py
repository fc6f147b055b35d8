"""Which runs share a card: one cause is told once, and a person may say that it is two.

Nothing of a group is stored. It follows from what each run left behind and from what was taken apart, so that every
replica comes to the same one, in whatever order the runs end.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection, Engine, select

from bot.runs.database import connected, insert_into
from bot.runs.tables import apart, incidents, runs
from playbook.incident import Incident
from playbook.joining import TOGETHER, Group, groups, taken_out

REACH = 2 * TOGETHER.total_seconds()
"""Seconds between two onsets that may matter to each other: both may join a third that lies between them."""

MOST = 500  # incidents of one channel and half an hour that are compared; a tenth of a second


class Together:
    """Reads the groups; raises `NotStarted` where the database does not answer."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def group_of(self, run_id: str) -> Group | None:
        """The group that this run's issue belongs to; None where it has no diagnosis."""
        with connected(self._engine) as connection:
            mine = _of(connection, run_id)
            around = _around(connection, mine) if mine else []
            pairs = _apart(connection, around)
        return _holding(run_id, groups(around, pairs)) if mine else None

    def moved_by(self, run_id: str) -> tuple[str, ...]:
        """The other runs whose cards show something else since this run ended."""
        with connected(self._engine) as connection:
            mine = _of(connection, run_id)
            around = _around(connection, mine) if mine else []
            pairs = _apart(connection, around)
        before = _standing(groups([one for one in around if one.run != run_id], pairs))
        after = _standing(groups(around, pairs))
        return tuple(run for run in after if run != run_id and after[run] != before.get(run))

    def apart_from(self, run_id: str) -> tuple[str, ...]:
        """The other runs whose issues a person took apart from this run's."""
        with connected(self._engine) as connection:
            mine = _of(connection, run_id)
            around = _around(connection, mine) if mine else []
            pairs = _apart(connection, around)
        return tuple(one.run for one in around if mine and frozenset((one.issue, mine.issue)) in pairs)

    def undo(self, run_id: str, user: str, name: str, at: datetime) -> bool:
        """Takes this run's issue out of its group for good; the same once more changes nothing.

        False where the run is not known.
        """
        group = self.group_of(run_id)
        if group is None:
            return False
        mine = next(one for one in group.members if one.run == run_id)
        rows = [
            {"one": min(pair), "other": max(pair), "person": user, "name": name, "at": at.timestamp()}
            for pair in taken_out(group, mine.issue)
        ]
        if rows:
            with connected(self._engine) as connection:
                connection.execute(insert_into(connection, apart).on_conflict_do_nothing(), rows)
        return True


def _of(connection: Connection, run_id: str) -> Incident | None:
    told = connection.execute(select(incidents.c.incident).where(incidents.c.run == run_id)).scalar()
    return Incident.model_validate_json(told) if told else None


def _around(connection: Connection, mine: Incident) -> list[Incident]:
    """It and the others that rose about when it did, in the same channel; each with a diagnosis."""
    near = incidents.c.run == mine.run
    if mine.rose is not None:
        rose = mine.rose.timestamp()
        near |= incidents.c.rose.between(rose - REACH, rose + REACH) & (incidents.c.channel == mine.audience)
    told = select(incidents.c.incident).join(runs, runs.c.id == incidents.c.run).where(near)
    newest = told.order_by(runs.c.number.desc()).limit(MOST)
    return [Incident.model_validate_json(one) for one in connection.execute(newest).scalars()]


def _apart(connection: Connection, around: Iterable[Incident]) -> Collection[frozenset[str]]:
    issues = {one.issue for one in around}
    if not issues:
        return frozenset()
    told = select(apart.c.one, apart.c.other).where(apart.c.one.in_(issues), apart.c.other.in_(issues))
    return frozenset(frozenset((str(one), str(other))) for one, other in connection.execute(told))


def _holding(run_id: str, found: Iterable[Group]) -> Group | None:
    return next((group for group in found if any(one.run == run_id for one in group.members)), None)


def _standing(found: Iterable[Group]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Of each run: whose card it is on, and, where that is its own, who else is on it."""
    own = {group.leader.run: (group.leader.run, tuple(one.incident.run for one in group.others)) for group in found}
    theirs = chain.from_iterable(
        ((one.incident.run, (group.leader.run, ())) for one in group.others) for group in found
    )
    return {**own, **dict(theirs)}
