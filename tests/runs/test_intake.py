"""Requests are written down before they are answered, and an issue has one run at a time, whoever asks where."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from bot.runs.book import Book
from bot.runs.database import opened
from bot.runs.intake import ALERT_QUIET_SECONDS, ANSWER_SECONDS, QUIET_SECONDS, Intake, Taken, _Batch
from bot.runs.run import Place, Request
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
        self.asked = 0

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
        self.asked += 1
        issue = self.called.get(name, name)
        held = self.held.get(issue)
        quiet = QUIET_SECONDS if asker else ALERT_QUIET_SECONDS
        if held and (held[1] is None or (not again and 0 <= self.clock.now - held[1] < quiet)):
            assert taken == Taken(held[0], elsewhere=self.requests[held[0]].place.channel != channel)
        else:
            assert taken.new
            assert not taken.elsewhere
            self.held[issue], self.requests[taken.run] = (taken.run, None), request
        if delivery:
            self.delivered[delivery] = taken.run

    @rule(pick=st.integers(0, 99))
    def is_known_by_its_number(self, pick: int) -> None:
        run = self.under_way(pick)
        if run is None:
            return
        name = self.requests[run].ref.target
        assert self.book.learned(run, NUMBERS[name], [name]) == self.learn(run, name)

    @rule(pick=st.integers(0, 99))
    def finds(self, pick: int) -> None:
        run = self.under_way(pick)
        if run is None:
            return
        name = self.requests[run].ref.target
        number = NUMBERS[name]
        self.book.concluded(a_run(run, self.requests[run], found(number, SHORT_IDS[number])))
        self.end(run, self.clock.now)
        self.learn(run, name, SHORT_IDS[number])
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
        assert self.counted(requests) == self.asked
        assert self.counted(runs) == len(self.requests)

    def learn(self, run: str, *names: str) -> str | None:
        issue = NUMBERS[names[0]]
        self.called.update(dict.fromkeys((issue, *names), issue))
        other, ended = self.held.get(issue, (run, None))
        if other != run and ended is None:
            return other
        self.held = {one: held for one, held in self.held.items() if held[0] != run}
        self.held[issue] = (run, None)
        return None

    def end(self, run: str, at: float) -> None:
        self.held.update({issue: (run, at) for issue, (holder, _) in self.held.items() if holder == run})

    def under_way(self, pick: int) -> str | None:
        going = sorted({run for run, ended in self.held.values() if ended is None})
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
        assert intake.take(asked("5551234567")) == Taken(first.run)


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
    assert [book.is_first(run, "C2", one) for one in ("Ev2", "Ev3")] == [True, False]
    assert not book.is_first(run, "C3", "Ev4")


def test_an_issue_whose_runs_were_forgotten_begins_anew(engine):
    with taking(engine) as intake:
        first = intake.take(asked()).run
        with engine.begin() as connection:
            connection.execute(claims.delete())
            connection.execute(runs.delete())
        assert intake.take(asked()).run != first
