"""Whose an issue is: the one run that answers for it, and when that gives way to another.

All who change that do it one after the other, on all replicas, so that what they read is so until they have written.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, true, update

from bot.runs.database import insert_into
from bot.runs.run import Request, Run
from bot.runs.tables import aliases, claims, requests, runs

QUIET_SECONDS = 600.0
"""How long a finished card answers the same question again: within ten minutes a second asker wants the link."""

ALERT_QUIET_SECONDS = 1_800.0
"""How long an issue that alerts again is left alone: its card is still there, and can be checked again."""

CLAIM_LOCK = 7_315_420_012  # any number that nothing else locks, the same for every replica

# Statements are put together once: that takes as long as carrying one out.
NAMED = select(aliases.c.name, aliases.c.issue).where(aliases.c.name.in_(bindparam("names", expanding=True)))
HELD = (
    select(
        claims.c.issue,
        claims.c.run,
        claims.c.ended_at,
        runs.c.channel,
        runs.c.asker,
        (runs.c.state == "waiting").label("waiting"),
        runs.c.message.is_not(None).label("posted"),
        runs.c.issue.is_not(None).label("aware"),
    )
    .outerjoin_from(claims, runs, runs.c.id == claims.c.run)
    .where(claims.c.issue.in_(bindparam("issues", expanding=True)))
)


@dataclass(frozen=True)
class Claim:
    """The run that an issue belongs to; `ended_at` in seconds since 1970, None while it is under way.

    `waiting`: no replica has begun it. `posted`: its message stands. `aware`: it has read in Sentry which issue it has.
    """

    run: str
    ended_at: float | None = None
    channel: str | None = None
    asker: str | None = None
    waiting: bool = False
    posted: bool = False
    aware: bool = False

    def answers(self, request: Request, now: float) -> bool:
        """Whether nothing new need be begun: it is under way, or ended within the quiet time and is not to be checked
        again."""
        if self.ended_at is None:
            return True
        return not request.again and 0 <= now - self.ended_at < quiet(request)

    def to_be_hurried(self, request: Request) -> bool:
        """Whether it is an alert's that waits, and a person asks for it: people go before alerts."""
        return request.asker is not None and self.asker is None and self.waiting

    def gives_way(self, aware: bool) -> bool:
        """Whether a run that has begun takes the issue over: this one has no message to point to and may never get one,
        or, where the other has read in Sentry which issue it has (`aware`), nobody asked for this one, and it has not.
        """
        unaware = aware and self.asker is None and not self.aware
        return self.ended_at is None and (not self.posted or unaware)


def alone(connection: Connection) -> None:
    """Waits for the others' transactions of this kind: none of them then waits for another that waits for it
    (PostgreSQL notices that only after a second)."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(CLAIM_LOCK)))
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def named(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """The issues' numbers by those of these names that are known."""
    return {str(name): str(issue) for name, issue in connection.execute(NAMED, {"names": list(names)})}


def held(connection: Connection, issues: Iterable[str]) -> dict[str, Claim]:
    """The claims on those of these issues that somebody has."""
    read = connection.execute(HELD, {"issues": list(issues)})
    return {
        str(issue): Claim(str(run), ended_at, channel, asker, bool(waiting), bool(posted), bool(aware))
        for issue, run, ended_at, channel, asker, waiting, posted, aware in read
    }


def known_as(connection: Connection, issue: str, *names: str | None) -> None:
    """From here on these names mean that issue."""
    for name in sorted({name for name in names if name}):
        alias = insert_into(connection, aliases).values(name=name, issue=issue)
        connection.execute(alias.on_conflict_do_update(index_elements=["name"], set_={"issue": issue}))


def settle(connection: Connection, run: Run, issue: str, now: float, *, aware: bool = False) -> str | None:
    """Gives the run that answers what this one, which has begun, was asked, if that is another one, and lets it count
    that. Else None, and the issue is this one's from now on. `aware`: this one has read in Sentry which issue it has.
    """
    claim = held(connection, [issue]).get(issue)
    other = claim if claim is not None and claim.run != run.id else None
    if other is not None and other.answers(run.request, now) and not other.gives_way(aware):
        connection.execute(update(requests).where(requests.c.run == run.id).values(run=other.run))
        return other.run
    claimed(connection, issue, run.id, true())
    connection.execute(claims.delete().where(claims.c.run == run.id, claims.c.issue != issue))
    return None


def claimed(connection: Connection, issue: str, run: str, free: ColumnElement[bool]) -> bool:
    """Whether the issue is this run's from now on: nobody had it, or whoever had it is `free` to lose it.

    One statement, so that of two replicas only one is told yes.
    """
    claim = insert_into(connection, claims).values(issue=issue, run=run, ended_at=None)
    free = or_(claims.c.run == run, free)
    taken = claim.on_conflict_do_update(index_elements=["issue"], set_={"run": run, "ended_at": None}, where=free)
    return connection.execute(taken.returning(claims.c.run)).scalar() is not None


def quiet(request: Request) -> float:
    """Seconds for which a finished card answers this request."""
    return QUIET_SECONDS if request.asker else ALERT_QUIET_SECONDS
