"""Requests are written down before they are answered, and an issue has one run at a time, whoever asks where."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from bot.runs.book import Book
from bot.runs.claim import ALERT_QUIET_SECONDS, QUIET_SECONDS
from bot.runs.database import opened
from bot.runs.intake import ANSWER_SECONDS, Intake, Taken, _Batch
from bot.runs.run import Place, Request, Run
from bot.runs.tables import claims, requests, runs
from tests.databases import a_database
from tests.runs.scene import Clock, a_run, an_alert, asked, found, taking

NUMBERS = {"SHOP-1": "1001", "SHOP-2": "1002", "1001": "1001", "1002": "1002"}
SHORT_IDS = {"1001": "SHOP-1", "1002": "SHOP-2"}


class Intakes(RuleBasedStateMachine):
    """Two intakes over one database against a dict of who holds which issue."""

    def __init__(self) -> None:
        super().__init__()
        self.opened = ExitStack()
        self.engine = self.opened.enter_context(a_database())
        self.clock = Clock(2_000_000_000)
        self.intakes = [Intake(self.engine, self.clock) for _ in range(2)]
        self.book = Book(self.engine, self.clock)
        self.called: dict[str, str] = {}
        self.held: dict[str, tuple[str, float | None]] = {}
        self.delivered: dict[str, str] = {}
        self.requests: dict[str, Request] = {}
        self.going: set[str] = set()
        self.waiting: set[str] = set()
        self.posted: set[str] = set()
        self.aware: set[str] = set()
        self.answered_by: list[str] = []

    @initialize()
    def begin(self) -> None:
        assert self.counted(requests) == 0

    @rule(
        which=st.integers(0, 1),
        name=st.sampled_from(sorted(NUMBERS)),
        asker=st.sampled_from(["U1", "U2", None]),
        delivery=st.none() | st.integers(1, 5).map("Ev{}".format),
        again=st.booleans(),
        channel=st.sampled_from(["C1", "C2"]),
        waiting=st.booleans(),
    )
    def ask(
        self, which: int, name: str, asker: str | None, delivery: str | None, again: bool, channel: str, waiting: bool
    ) -> None:
        place = Place(channel=channel)
        request = asked(name, asker, delivery=delivery, again="r-before" if again else None, place=place)
        intake = self.intakes[which]
        taken = intake.take(request) if waiting else intake.soon(request).result(ANSWER_SECONDS)
        if delivery in self.delivered:
            assert taken == Taken(self.delivered[delivery], delivered=True)
            return
        issue = self.called.get(name, name)
        other = self.answering(issue, request)
        if other:
            hurried = bool(asker) and self.requests[other].asker is None and other in self.waiting
            elsewhere = self.requests[other].place.channel != channel
            assert taken == Taken(other, elsewhere=elsewhere, hurried=hurried)
        else:
            assert taken.new
            assert not taken.elsewhere
            self.held[issue] = (taken.run, None)
            self.waiting.add(taken.run)
            self.requests[taken.run] = request
            self.going.add(taken.run)
        self.answered_by.append(taken.run)
        if delivery:
            self.delivered[delivery] = taken.run

    @rule(pick=st.integers(0, 99))
    def begins(self, pick: int) -> None:
        run = self.under_way(pick)
        if run is None:
            return
        self.book.taken_up(run, "here")
        self.waiting.discard(run)
        target = self.requests[run].ref.target
        assert self.book.answered(self.run(run)) == self.settle(self.called.get(target, target), run, aware=False)

    @rule(pick=st.integers(0, 99))
    def posts(self, pick: int) -> None:
        run = self.under_way(pick)
        if run is not None:
            self.book.placed(run, "9.9")
            self.posted.add(run)

    @rule(pick=st.integers(0, 99))
    def is_known_by_its_number(self, pick: int) -> None:
        run = self.under_way(pick)
        if run is None:
            return
        issue = NUMBERS[self.requests[run].ref.target]
        told = self.book.learned(self.run(run), issue)
        self.aware.add(run)
        self.called.update({issue: issue, self.requests[run].ref.target: issue})
        assert told == self.settle(issue, run, aware=True)

    @rule(pick=st.integers(0, 99))
    def finds(self, pick: int) -> None:
        run = self.under_way(pick)
        if run is None:
            return
        name = self.requests[run].ref.target
        number = NUMBERS[name]
        self.book.concluded(a_run(run, self.requests[run], found(number, SHORT_IDS[number])))
        self.end(run, self.clock.now)
        self.called.update(dict.fromkeys((number, name, SHORT_IDS[number]), number))
        holder, ended = self.held.get(number, (run, None))
        if holder == run or ended is not None:
            self.held[number] = (run, None)
        self.end(run, self.clock.now)

    @rule(pick=st.integers(0, 99))
    def fails(self, pick: int) -> None:
        run = self.under_way(pick)
        if run is not None:
            self.book.concluded(a_run(run, self.requests[run], failed="Sentry is down."))
            self.end(run, float("-inf"))

    @rule(seconds=st.sampled_from([-86_400, -601, -1, 1, 599, 600, 601, 1_799, 1_800, 86_400]))
    def clock_jumps(self, seconds: int) -> None:
        self.clock.now += seconds

    @invariant()
    def every_request_is_written_once_and_every_run_was_told_of(self) -> None:
        with self.engine.connect() as connection:
            assert sorted(connection.execute(select(requests.c.run)).scalars()) == sorted(self.answered_by)
        assert self.counted(runs) == len(self.requests)

    @invariant()
    def one_run_at_most_answers_for_a_known_issue(self) -> None:
        with self.engine.connect() as connection:
            kept = connection.execute(select(claims.c.issue, claims.c.run, claims.c.ended_at)).all()
        assert {issue: run for issue, run, _ in kept} == {issue: run for issue, (run, _) in self.held.items()}

    def answering(self, issue: str, request: Request) -> str | None:
        if issue not in self.held:
            return None
        run, ended = self.held[issue]
        if ended is None:
            return run
        quiet = QUIET_SECONDS if request.asker else ALERT_QUIET_SECONDS
        return run if not request.again and 0 <= self.clock.now - ended < quiet else None

    def settle(self, issue: str, run: str, aware: bool) -> str | None:
        other = self.answering(issue, self.requests[run]) or run
        unaware = aware and self.requests[other].asker is None and other not in self.aware
        stands = other not in self.going or (other in self.posted and not unaware)
        if other != run and stands:
            self.answered_by = [other if one == run else one for one in self.answered_by]
            self.delivered = {one: other if by == run else by for one, by in self.delivered.items()}
            return other
        self.held = {one: held for one, held in self.held.items() if held[0] != run}
        self.held[issue] = (run, None)
        return None

    def end(self, run: str, at: float) -> None:
        self.going.discard(run)
        self.held.update({issue: (run, at) for issue, (holder, _) in self.held.items() if holder == run})

    def run(self, run: str) -> Run:
        return Run(run, self.requests[run], self.requests[run].place)

    def under_way(self, pick: int) -> str | None:
        going = sorted(self.going)
        return going[pick % len(going)] if going else None

    def counted(self, table) -> int:
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(table)).scalar_one()

    def teardown(self) -> None:
        for intake in self.intakes:
            intake.close()
        self.opened.close()


TestIntakes = Intakes.TestCase
TestIntakes.settings = settings(max_examples=40, stateful_step_count=25)


def test_a_hundred_at_once_begin_one_run(either):
    with taking(either) as intake, ThreadPoolExecutor(100) as pool:
        taken = list(pool.map(intake.take, [asked(asker=f"U{n}") for n in range(100)]))
    assert sorted(one.new for one in taken) == [False] * 99 + [True]
    assert len({one.run for one in taken}) == 1


def test_two_replicas_that_are_asked_at_once_begin_one_run_for_each_issue(either):
    """In opposite orders, so that on PostgreSQL each waits for what the other holds."""
    other = opened(either.url)
    names = [str(number) for number in range(1, 26)]
    with taking(either) as here, taking(other) as there, ThreadPoolExecutor(50) as pool:
        asked_here = [pool.submit(here.take, an_alert(name, delivery=f"Ev{name}")) for name in names * 2]
        asked_there = [pool.submit(there.take, an_alert(name, delivery=f"Ev{name}b")) for name in names[::-1] * 2]
        taken = [one.result() for one in asked_here + asked_there]
    assert sum(one.new for one in taken) == 25
    with other.connect() as connection:
        assert connection.execute(select(func.count(), func.count(runs.c.target.distinct()))).one() == (25, 25)
        assert connection.execute(select(func.count()).select_from(requests)).scalar_one() == 50
    other.dispose()


def test_the_same_delivery_on_two_replicas_at_once_is_one_request(either):
    barrier = threading.Barrier(20)

    def deliver(intake: Intake) -> Taken:
        barrier.wait(5)
        return intake.take(an_alert(delivery="Ev1"))

    with taking(either) as here, taking(either) as there, ThreadPoolExecutor(20) as pool:
        taken = [one.result() for one in [pool.submit(deliver, one) for one in [here, there] * 10]]
    assert len({one.run for one in taken}) == 1
    with either.connect() as connection:
        assert connection.execute(select(func.count()).select_from(requests)).scalar_one() == 1


def test_a_request_outlives_the_process_that_took_it(engine):
    with taking(engine) as intake:
        first = intake.take(an_alert(delivery="Ev1"))
    with taking(engine) as intake:
        assert intake.take(an_alert(delivery="Ev1")) == Taken(first.run, delivered=True)
        assert intake.take(an_alert("5551234567")) == Taken(first.run)


def test_a_run_that_another_replica_began_in_this_very_moment_is_known_to_be_elsewhere(engine):
    """It learned under another name which issue it has, and claims it without waiting for whoever takes requests."""
    clock = Clock()
    with taking(engine) as intake:
        there = intake.take(asked("SHOP-42", place=Place(channel="C1"))).run
    with engine.begin() as connection:
        batch = _Batch(connection, clock())
        batch._look_up([asked("555")])
        connection.execute(claims.insert().values(issue="555", run=there))
        assert batch._take(asked("555", place=Place(channel="C2"))) == Taken(there, elsewhere=True)


def test_of_requests_from_another_channel_in_one_transaction_one_is_the_first(engine):
    book, clock = Book(engine, Clock()), Clock()
    there = Place(channel="C2")
    with taking(engine) as intake:
        run = intake.take(an_alert("555", delivery="Ev1")).run
    with engine.begin() as connection:
        both = _Batch(connection, clock()).take(
            [an_alert("555", delivery="Ev2", place=there), an_alert("555", delivery="Ev3", place=there)]
        )
    assert both == [Taken(run, elsewhere=True), Taken(run, elsewhere=True)]
    assert [book.first_from("C2", one) for one in ("Ev2", "Ev3")] == [run, None]
    assert book.first_from("C3", "Ev4") is None


def test_an_alert_that_waits_is_hurried_by_a_person_even_in_one_transaction(engine):
    book = Book(engine, Clock())
    with engine.begin() as connection:
        alerted, person = _Batch(connection, Clock()()).take([an_alert("555", delivery="Ev1"), asked("555", "U1")])
    assert person == Taken(alerted.run, hurried=True)
    assert [one.person for one in book.due()] == [True]
    with taking(engine) as intake:
        book.taken_up(alerted.run, "here")
        assert intake.take(asked("555", "U2")) == Taken(alerted.run)


def test_neither_an_alert_nor_who_waits_already_for_a_person_hurries_anything(engine):
    with taking(engine) as intake:
        alerted, person = intake.take(an_alert("555")).run, intake.take(asked("777")).run
        assert intake.take(an_alert("555")) == Taken(alerted)
        assert intake.take(asked("777", "U2")) == Taken(person)
    assert [one.person for one in Book(engine, Clock()).due()] == [False, True]


def test_an_issue_whose_runs_were_forgotten_begins_anew(engine):
    with taking(engine) as intake:
        first = intake.take(asked()).run
        with engine.begin() as connection:
            connection.execute(claims.delete())
            connection.execute(runs.delete())
        assert intake.take(asked()).run != first
