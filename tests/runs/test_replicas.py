"""Who is silent is dead, who beats is alive, whatever any clock says; what a dead one left is taken up once."""

import threading
import time

import pytest
from sqlalchemy import Engine, select, text

from bot.runs.replicas import Replicas
from bot.runs.tables import replicas
from bot.runs.tempo import Tempo
from tests.runs.scene import until

BEAT, DEAD = 0.05, 0.4


class Watcher:
    """A replica, and what it was told."""

    def __init__(self, engine: Engine, name: str, tempo: Tempo) -> None:
        self.taken: list[str] = []
        self.looked, self.lost = 0, 0
        self.takes_over = True
        self.replica = Replicas(engine, name, self._take_over, self._look_after, self._lose, tempo)

    def _take_over(self, dead: str) -> int:
        if not self.takes_over:
            raise ConnectionError("it died over that")
        self.taken.append(dead)
        return 1

    def _look_after(self) -> None:
        self.looked += 1

    def _lose(self) -> None:
        self.lost += 1


@pytest.fixture
def replica(engine: Engine):
    made: list[Watcher] = []

    def begin(name: str, beat: float = BEAT, dead: float = DEAD) -> Watcher:
        made.append(Watcher(engine, name, Tempo(beat_seconds=beat, dead_seconds=dead)))
        return made[-1]

    yield begin
    for one in made:
        one.replica._stop.set()
    for one in made:
        one.replica.close()


def rows(engine: Engine) -> dict[str, bool]:
    with engine.connect() as connection:
        return {str(name): bool(gone) for name, gone in connection.execute(select(replicas.c.id, replicas.c.gone))}


def test_those_that_beat_stay_alive_and_know_of_each_other(engine, replica):
    watchers = [replica(name) for name in ("a", "b", "c")]
    until(lambda: all(one.looked >= 12 for one in watchers))
    assert [one.replica.living for one in watchers] == [3, 3, 3]
    assert [(one.taken, one.lost, one.replica.alive) for one in watchers] == [([], 0, True)] * 3


def test_what_a_dead_one_left_is_taken_over_once_though_two_watch(engine, replica):
    dead = replica("dead")
    watchers = [replica("a"), replica("b")]
    until(lambda: all(one.replica.living == 3 for one in watchers))
    dead.replica.close()
    began = time.monotonic()
    until(lambda: any(one.taken for one in watchers))
    assert time.monotonic() - began >= DEAD - 2 * BEAT
    seen = [one.looked for one in watchers]
    until(lambda: all(one.looked > before + 12 for one, before in zip(watchers, seen, strict=True)))
    assert sorted(watchers[0].taken + watchers[1].taken) == ["dead"]
    assert [one.replica.living for one in watchers] == [2, 2]
    assert set(rows(engine)) == {"a", "b"}


def test_one_that_leaves_is_taken_over_at_once(replica):
    leaving, watcher = replica("leaving", dead=60), replica("a", dead=60)
    until(lambda: watcher.replica.living == 2)
    leaving.replica.close()
    leaving.replica.leave()
    until(lambda: watcher.taken == ["leaving"], 2)


def test_one_that_was_silent_and_comes_back_learns_once_that_it_was_declared_dead(replica):
    silent, watcher = replica("silent", beat=1.2), replica("a")
    until(lambda: watcher.taken == ["silent"])
    until(lambda: silent.lost == 1)
    assert not silent.replica.alive
    assert not silent.replica.lives
    assert watcher.replica.alive


def test_a_second_process_of_the_same_name_ends_the_first(replica):
    first = replica("a")
    second = replica("a")
    until(lambda: first.lost == 1)
    until(lambda: second.looked > 4)
    assert second.replica.alive
    assert (first.taken, second.taken) == ([], [])


def test_a_restarted_one_is_not_taken_over(engine, replica):
    watcher = replica("a")
    first = replica("b")
    until(lambda: watcher.replica.living == 2)
    first.replica.close()
    again = replica("b")
    until(lambda: watcher.looked > 15)
    assert (watcher.taken, again.lost) == ([], 0)
    assert rows(engine) == {"a": False, "b": False}


def test_one_that_dies_while_it_takes_over_leaves_that_to_the_next(engine, replica):
    dead = replica("dead")
    dead.replica.close()
    dying = replica("dying")
    dying.takes_over = False
    until(lambda: any(name == "dead" for name in rows(engine)) and dying.looked > 2)
    with engine.begin() as connection:
        connection.execute(replicas.update().where(replicas.c.id == "dead").values(gone=True))
    until(lambda: _holder(engine, "dead").startswith("taken by"))
    watcher = replica("a")
    until(lambda: "dead" in watcher.taken)
    until(lambda: "dead" not in rows(engine))


def _holder(engine: Engine, name: str) -> str:
    with engine.connect() as connection:
        return str(connection.execute(select(replicas.c.incarnation).where(replicas.c.id == name)).scalar())


@pytest.mark.parametrize("seconds", [-86_400.0, 86_400.0])
def test_a_clock_that_jumps_makes_nobody_dead(replica, seconds):
    watchers = [replica("a"), replica("b")]
    until(lambda: all(one.replica.living == 2 for one in watchers))
    real = time.time
    try:
        time.time = lambda: real() + seconds
        before = [one.looked for one in watchers]
        until(lambda: all(one.looked > seen + 10 for one, seen in zip(watchers, before, strict=True)))
    finally:
        time.time = real
    assert [(one.taken, one.lost) for one in watchers] == [([], 0)] * 2


def test_after_an_outage_of_the_database_nobody_is_dead_before_they_could_beat(engine, replica):
    watchers = [replica("a"), replica("b")]
    until(lambda: all(one.replica.living == 2 for one in watchers))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE diagnose_replicas RENAME TO away"))
    time.sleep(2 * DEAD)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE away RENAME TO diagnose_replicas"))
    before = [one.looked for one in watchers]
    until(lambda: all(one.looked > seen + 10 for one, seen in zip(watchers, before, strict=True)))
    assert [(one.taken, one.lost) for one in watchers] == [([], 0)] * 2


def test_work_that_takes_long_does_not_stop_the_heart(replica):
    """A card that Slack lets wait for a minute must not make its replica dead."""
    busy, watcher = replica("busy"), replica("a")
    going = threading.Event()

    def work() -> None:
        going.set()
        time.sleep(3 * DEAD)

    busy.replica._look_after = work
    assert going.wait(5)
    before = watcher.looked
    until(lambda: watcher.looked > before + int(3 * DEAD / BEAT))
    assert (watcher.taken, busy.lost) == ([], 0)


def test_a_defect_in_what_is_looked_after_does_not_stop_the_heart(replica):
    broken = replica("a")

    def fail() -> None:
        broken.looked += 1
        raise ZeroDivisionError

    broken.replica._look_after = fail
    before = broken.looked
    until(lambda: broken.looked > before + 3)
    assert broken.replica.lives
