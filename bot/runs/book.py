"""One run's row, from the request to the end of it: what a resumed run needs, and what a later look at it shows."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Engine, Row, case, func, or_, select, update

from bot.runs.claim import alone, claimed, known_as, named, settle
from bot.runs.database import insert_into
from bot.runs.replays import Replays, digest, packed
from bot.runs.run import Request, Result, Run
from bot.runs.tables import claims, incidents, requests, runs
from playbook.diagnosis import Diagnosis
from playbook.gather import Progress
from playbook.incident import incident
from playbook.investigate import Investigation

FREE = 0.0  # the end of a run whose card answers nothing: whoever asks again gets a run of their own

JUDGED_OTHERWISE = "An earlier version of me judged this by other rules: press *Check again* for today's answer."

log = structlog.get_logger()


@dataclass(frozen=True)
class Due:
    """A run that no workflow carries out yet, or none that still lives; `number` is its place in the order, `person`
    says that one asked for it, be it while it waited."""

    run: str
    number: int
    person: bool
    attempts: int


@dataclass(frozen=True)
class Waiting:
    """How many runs wait in all, and how many of those a person asked for."""

    all: int
    people: int


class Book:
    """Reads and writes the rows of runs; every method is one transaction, and may raise `SQLAlchemyError`."""

    def __init__(self, engine: Engine, now: Callable[[], float]) -> None:
        self._engine, self._now = engine, now
        self.replays = Replays()

    def due(self, attempts: int = 0) -> list[Due]:
        """Runs that have not ended, of which so many attempts or more were begun, oldest first."""
        return self._due(runs.c.attempts == 0 if attempts == 0 else runs.c.attempts >= attempts)

    def hurried(self) -> list[Due]:
        """Those in the queue that no replica has begun, and that go before alerts by now."""
        return self._due((runs.c.state == "waiting") & runs.c.hurried.is_(True) & (runs.c.attempts > 0))

    def _due(self, wanted: ColumnElement[bool]) -> list[Due]:
        asked = select(runs.c.id, runs.c.number, runs.c.asker, runs.c.attempts, runs.c.hurried)
        with self._engine.begin() as connection:
            found = connection.execute(
                asked.where(runs.c.state.in_(("waiting", "running")), wanted).order_by(runs.c.number)
            ).all()
        return [
            Due(str(run), int(number), asker is not None or bool(hurried), int(tried))
            for run, number, asker, tried, hurried in found
        ]

    def waiting(self) -> Waiting:
        """How many runs wait for their turn."""
        people = func.count(case((or_(runs.c.asker.is_not(None), runs.c.hurried.is_(True)), 1)))
        with self._engine.begin() as connection:
            every, asked = connection.execute(select(func.count(), people).where(runs.c.state == "waiting")).one()
        return Waiting(int(every), int(asked))

    def given_up(self, run: str, sentence: str) -> None:
        """Nothing more is tried for it; the issue may be asked for again."""
        with self._engine.begin() as connection:
            alone(connection)
            values = {"state": "ended", "failed": sentence, "ended_at": self._now()}
            connection.execute(update(runs).where(runs.c.id == run).values(**values))
            connection.execute(update(claims).where(claims.c.run == run).values(ended_at=FREE))

    def asked(self, run: str) -> int:
        """How many requests it answers, the first one included; the card that is drawn next shows as many."""
        counted = select(func.count()).select_from(requests).where(requests.c.run == run)
        with self._engine.begin() as connection:
            asked = max(1, int(connection.execute(counted).scalar_one()))
            connection.execute(update(runs).where(runs.c.id == run).values(shown=asked, shown_at=self._now()))
        return asked

    def first_from(self, channel: str, delivery: str | None) -> str | None:
        """The run that answers this delivery, if that was the first to ask for it from this channel; None also where
        Slack named no delivery."""
        if delivery is None:
            return None
        mine = select(requests.c.run).where(requests.c.delivery == delivery).scalar_subquery()
        asked = select(requests.c.run, requests.c.delivery).where(requests.c.run == mine, requests.c.channel == channel)
        with self._engine.begin() as connection:
            first = connection.execute(asked.order_by(requests.c.number).limit(1)).one_or_none()
        return str(first.run) if first is not None and first.delivery == delivery else None

    def others(self, run: Run) -> list[tuple[str, str]]:
        """The people who asked for it too, each with the channel that they asked from."""
        known, asker = requests.c.run == run.id, requests.c.asker
        asked = select(asker, requests.c.channel).where(known, asker != "", asker != (run.request.asker or ""))
        with self._engine.begin() as connection:
            found = connection.execute(asked.distinct().order_by(asker, requests.c.channel))
            return [(str(person), str(channel)) for person, channel in found]

    def uncounted(self, seconds: float, limit: int) -> list[str]:
        """Ended runs that answer more requests than their cards say, and were not drawn anew for so long."""
        now, many = self._now(), func.count(requests.c.number)
        drawn = or_(runs.c.shown_at.is_(None), runs.c.shown_at <= now - seconds, runs.c.shown_at > now)
        asked = select(runs.c.id).join(requests, requests.c.run == runs.c.id)
        asked = asked.where(runs.c.state == "ended", runs.c.digest.is_not(None), drawn)
        with self._engine.begin() as connection:
            grouped = asked.group_by(runs.c.id, runs.c.shown).having(many > runs.c.shown).limit(limit)
            return [str(run) for run in connection.execute(grouped).scalars()]

    def attempted(self, run: str, attempt: int) -> None:
        """A workflow for it stands in the queue."""
        self._set(run, attempts=attempt)

    def taken_up(self, run: str, replica: str) -> None:
        """This replica carries it out from now on."""
        self._set(run, owner=replica, state="running")

    def owner(self, run: str) -> str | None:
        """The replica that carries it out."""
        with self._engine.begin() as connection:
            owner: str | None = connection.execute(select(runs.c.owner).where(runs.c.id == run)).scalar()
        return owner

    def posting(self, run: str) -> bool:
        """Whether a post for it was begun before, and its answer is not known; from now on one was."""
        with self._engine.begin() as connection:
            before = connection.execute(select(runs.c.posting).where(runs.c.id == run)).scalar_one()
            connection.execute(update(runs).where(runs.c.id == run).values(posting=True))
        return bool(before)

    def placed(self, run: str, message: str | None) -> None:
        """Its message stands here."""
        self._set(run, message=message, posting=False)

    def answered(self, run: Run) -> str | None:
        """The run that answers by now what this one was asked, if that is another one; else the issue is this one's.

        It may have been overtaken while it waited, or its issue may be known under another name by now.
        """
        target = run.request.ref.target
        with self._engine.begin() as connection:
            alone(connection)
            issue = named(connection, [target]).get(target, target)
            return settle(connection, run, issue, self._now())

    def learned(self, run: Run, issue: str) -> str | None:
        """The issue's number is known now: from here on, the name that it was asked for by means the same.

        Gives the run that answers for the issue already, if that is another one; one that nobody asked for, and that
        has found nothing yet, gives way instead.
        """
        with self._engine.begin() as connection:
            alone(connection)
            connection.execute(update(runs).where(runs.c.id == run.id).values(issue=issue))
            known_as(connection, issue, issue, run.request.ref.target)
            return settle(connection, run, issue, self._now(), aware=True)

    def concluded(self, run: Run) -> None:
        """Writes the result down: from now on the run needs no source any more."""
        result, values = run.result, dict[str, Any]()
        if result is None:
            raise ValueError("a run is concluded by its result")
        found = result.investigation
        if found is not None:
            diagnosis = found.diagnosis
            values = {**_summary(diagnosis), "recording": packed(found.recording), "digest": digest(diagnosis)}
        values |= {"seconds": result.seconds, "failed": result.failed, "answered_by": result.same}
        values |= {"steps": _steps(run.steps)}
        now = self._now()
        with self._engine.begin() as connection:
            alone(connection)
            connection.execute(update(runs).where(runs.c.id == run.id).values(ended_at=now, **values))
            if found is not None:
                _leave(connection, run, found)
            ended = update(claims).where(claims.c.run == run.id)
            connection.execute(ended.values(ended_at=FREE if found is None else now))
            if found is not None:
                issue = found.diagnosis.issue
                known_as(connection, issue.id, issue.id, issue.short_id, run.request.ref.target)
                claimed(connection, issue.id, run.id, claims.c.ended_at.is_not(None))
                connection.execute(ended.values(ended_at=now))
        if found is not None:
            self.replays.keep(run.id, found)

    def ended(self, run: str) -> None:
        """Its end was shown: nothing is left to do."""
        with self._engine.begin() as connection:
            told = connection.execute(select(runs.c.request).where(runs.c.id == run)).scalar_one_or_none()
            request = Request.model_validate_json(told).model_copy(update={"answer_to": None}) if told else None
            values = {"request": request.model_dump_json(exclude_none=True)} if request else {}
            connection.execute(update(runs).where(runs.c.id == run).values(state="ended", posting=False, **values))

    def run(self, run_id: str) -> Run | None:
        """The run as it was written down, with its investigation replayed; None where there is no such run."""
        known = self._read(run_id)
        if known is None:
            return None
        earlier = self._read(known.request.again) if known.request.again else None
        return replace(known, before=earlier)

    def _read(self, run_id: str) -> Run | None:
        asked = select(func.count()).select_from(requests).where(requests.c.run == run_id).scalar_subquery()
        with self._engine.begin() as connection:
            row = connection.execute(select(runs, asked.label("asked")).where(runs.c.id == run_id)).one_or_none()
        if row is None:
            return None
        request = Request.model_validate_json(row.request)
        place = request.place.model_copy(update={"message": row.message})
        steps = tuple(Progress(**step) for step in json.loads(row.steps or "[]"))
        return Run(row.id, request, place, steps, self._result(row), asked=max(1, int(row.asked)))

    def _result(self, row: Row[Any]) -> Result | None:
        if row.ended_at is None:
            return None
        found = self.replays.of(row.id, row.recording, row.digest) if row.recording is not None else None
        failed = row.failed if row.recording is None or found is not None else JUDGED_OTHERWISE
        return Result(float(row.seconds or 0.0), found, failed, row.answered_by)

    def _set(self, run: str, **values: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(update(runs).where(runs.c.id == run).values(**values))


def _leave(connection: Connection, run: Run, found: Investigation) -> None:
    """What later incidents of this channel are compared with."""
    left = incident(run.id, found.evidence, found.diagnosis, audience=run.place.channel)
    row = {
        "channel": run.place.channel,
        "rose": left.rose.timestamp() if left.rose else None,
        "incident": left.model_dump_json(exclude_defaults=True),
    }
    written = insert_into(connection, incidents).values(run=run.id, **row)
    connection.execute(written.on_conflict_do_update(index_elements=["run"], set_=row))


def _summary(diagnosis: Diagnosis) -> dict[str, str | None]:
    issue, verdict = diagnosis.issue, diagnosis.verdict
    return {
        "issue": issue.id,
        "short_id": issue.short_id,
        "title": issue.title,
        "project": issue.project,
        "playbook": diagnosis.playbook,
        "cause": verdict.cause,
        "verdict": verdict.claim or verdict.because,
        "grade": verdict.grade,
    }


def _steps(steps: Iterable[Progress]) -> str:
    return json.dumps([asdict(step) for step in steps], ensure_ascii=False)
