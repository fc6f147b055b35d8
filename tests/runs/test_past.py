"""History is read in the queue's order and searched by words; what is forgotten is forgotten wherever it stands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select, text

from bot.runs import forget
from bot.runs.book import Book
from bot.runs.feedback import FeedbackInTables
from bot.runs.intake import Intake
from bot.runs.past import HistoryInTables
from bot.runs.press import Press
from bot.runs.record import PressesInTables
from bot.runs.run import NotStarted, Request
from bot.runs.tables import metadata, runs
from tests.card.diagnoses import NOON
from tests.databases import a_database
from tests.runs.scene import Clock, a_run, an_alert, asked, found


class Desk:
    """Runs that are written by the book, and the history over them."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.clock = engine, Clock(NOON.timestamp())
        self.intake, self.book = Intake(engine, self.clock), Book(engine, self.clock)
        self.history = HistoryInTables(engine, lambda: datetime.fromtimestamp(self.clock.now, UTC))

    def begin(self, request: Request) -> str:
        return self.intake.take(request).run

    def end(self, request: Request, failed: str | None = None, title: str = "", **issue: Any) -> str:
        run, number = self.begin(request), request.ref.issue_id or "5551234567"
        investigation = None if failed else found(number, **issue)
        if investigation is not None and title:
            told = investigation.diagnosis.issue.model_copy(update={"title": title})
            diagnosis = investigation.diagnosis.model_copy(update={"issue": told})
            investigation = type(investigation)(diagnosis, investigation.evidence, investigation.recording)
        self.book.concluded(a_run(run, request, investigation, failed))
        self.book.placed(run, "9.9")
        self.book.ended(run)
        return run

    def press(self, run: str, user: str, issue: str = "1") -> None:
        one = Press(run=run, issue=issue, user=user, name=f"name of {user}", action="resolve", at=NOON)
        PressesInTables(self.engine).record(one)


@pytest.fixture
def desk(either: Engine):
    made = Desk(either)
    yield made
    made.intake.close()


@pytest.fixture(params=[forget.AT_ONCE, 1], ids=["all at once", "one after the other"])
def in_parts(request, monkeypatch):
    """However little is forgotten in one transaction."""
    monkeypatch.setattr(forget, "AT_ONCE", request.param)
    monkeypatch.setattr(forget, "PAUSE_SECONDS", 0.0)


def everything(engine: Engine) -> str:
    """All rows of our tables."""
    with engine.connect() as connection:
        return "".join(str(connection.execute(select(table)).all()) for table in metadata.sorted_tables)


def test_what_is_under_way_comes_as_the_queue_takes_it(desk):
    requests = [an_alert("1"), asked("2"), an_alert("3"), asked("4"), an_alert("5")]
    begun = [desk.begin(one) for one in requests]
    desk.book.taken_up(begun[4], "here")
    told = desk.history.under_way()
    assert [one.run for one in told] == [begun[4], begun[1], begun[3], begun[0], begun[2]]
    assert [one.state for one in told] == ["running", "waiting", "waiting", "waiting", "waiting"]
    assert [one.run for one in desk.history.under_way(2)] == [begun[4], begun[1]]
    assert desk.history.recent() == ()


def test_the_last_verdicts_come_newest_first_with_what_people_said(desk):
    first = desk.end(asked("1", asker="U7"))
    second = desk.end(asked("2"), failed="Sentry is down.")
    FeedbackInTables(desk.engine).record(first, "U1", "right")
    FeedbackInTables(desk.engine).record(first, "U2", "wrong")
    desk.begin(asked("1"))
    told = desk.history.recent()
    assert [one.run for one in told] == [second, first]
    assert (told[0].failed, told[0].verdict, told[0].issue) == ("Sentry is down.", None, None)
    assert (told[1].right, told[1].wrong, told[1].asked, told[1].asker) == (("U1",), ("U2",), 2, "U7")
    assert (told[1].grade, told[1].short_id, told[1].message) == ("proved", "SHOP-42", "9.9")
    assert (told[1].asked_at, told[1].ended_at, told[1].seconds) == (NOON, NOON, 1.5)


def test_the_load_counts_all_replicas_and_the_age_of_the_oldest_that_waits(desk):
    assert desk.history.load().oldest_seconds == 0.0
    first = desk.begin(asked("1"))
    desk.clock.now += 30
    desk.begin(asked("2"))
    load = desk.history.load()
    assert (load.running, load.waiting, load.oldest_seconds) == (0, 2, 30.0)
    desk.book.taken_up(first, "here")
    load = desk.history.load()
    assert (load.running, load.waiting, load.oldest_seconds) == (1, 1, 0.0)
    desk.clock.now -= 3_600
    assert desk.history.load().oldest_seconds == 0.0


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("100%", ["100% of orders"]),
        ("a_b", ["a_b"]),
        ("%", ["100% of orders"]),
        ("_", ["a_b"]),
        ("\\", ["back\\slash"]),
        ("/", ["a/b"]),
        ("'; DROP TABLE diagnose_runs; --", []),
        ("ORDERS 100%", ["100% of orders"]),
        ("orders nothing", []),
        ("   ", ["a/b", "back\\slash", "a_b", "axb", "100% of orders"]),
        ("1002", ["axb"]),
        ("Shop-42 axb", ["axb"]),
    ],
)
def test_a_search_takes_every_sign_as_it_is(desk, words, titles):
    for number, title in enumerate(("100% of orders", "axb", "a_b", "back\\slash", "a/b")):
        desk.end(asked(str(1_001 + number)), title=title)
    assert [one.title for one in desk.history.recent(matching=words)] == titles


@pytest.fixture(scope="module")
def searched():
    with a_database() as engine:
        desk = Desk(engine)
        desk.end(asked("1"), title="anything % _ \\ ' \"")
        yield desk.history
        desk.intake.close()


@settings(max_examples=150)
@given(st.text(st.characters(), max_size=30) | st.text("%_/\\'\"\0 *?[]", max_size=30))
def test_whatever_is_searched_for_is_found_or_not_and_nothing_else(searched, words):
    assert len(searched.recent(matching=words)) <= 1


@pytest.mark.parametrize("words", ["\0", "\ud800", "x" * 100_000, "zq " * 2_000], ids=["NUL", "half", "long", "many"])
def test_the_database_is_not_blamed_for_hostile_words(desk, words):
    desk.end(asked("1"))
    assert len(desk.history.recent(matching=words)) <= 1


@pytest.mark.usefixtures("in_parts")
def test_runs_are_forgotten_by_age_with_all_that_hangs_on_them(desk):
    old = desk.end(asked("1", asker="UOLD"))
    FeedbackInTables(desk.engine).record(old, "UOPINION", "right")
    desk.press(old, "UPRESS")
    desk.clock.now += 86_400
    young = desk.end(asked("2"))
    desk.clock.now -= 86_400 * 2
    going = desk.begin(asked("3"))
    moment = NOON + timedelta(hours=1)
    assert desk.history.purge(before=moment, dry=True) == 1
    assert desk.book.run(old) is not None
    assert desk.history.purge(before=moment) == 1
    assert desk.history.purge(before=moment) == 0
    assert [desk.book.run(run) is not None for run in (old, young, going)] == [False, True, True]
    assert not any(one in everything(desk.engine) for one in (old, "UOLD", "UOPINION", "UPRESS"))
    assert desk.intake.take(asked("1")).new


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("name", ["5551234567", "SHOP-42", "shop-42"])
def test_an_issue_is_forgotten_by_any_of_its_names_and_no_other_is(desk, name):
    mine = [desk.end(asked("SHOP-42"))]
    desk.clock.now += 86_400
    mine.append(desk.end(asked("5551234567")))
    other = desk.end(asked("7"), short_id="SHOP-420")
    assert desk.history.purge(issue=name, dry=True) == 2
    assert desk.history.purge(issue=name) == 2
    assert [desk.book.run(run) for run in mine] == [None, None]
    assert desk.book.run(other) is not None
    assert not any(run in everything(desk.engine) for run in mine)


def test_what_is_under_way_is_not_forgotten(desk):
    going = desk.begin(asked("SHOP-42"))
    assert desk.history.purge(issue="SHOP-42") == 0
    assert desk.history.purge(before=NOON + timedelta(days=900)) == 0
    assert desk.book.run(going) is not None


@pytest.mark.usefixtures("in_parts")
def test_a_person_is_forgotten_wherever_they_stand_and_the_runs_stay(desk):
    url = "https://hooks.slack.example.com/commands/T0/1/secret"
    theirs = desk.end(asked("1", asker="UGONE", answer_to=url))
    other = desk.end(asked("2", asker="USTAYS"))
    desk.begin(asked("2", asker="UGONE"))
    for run in (theirs, other):
        FeedbackInTables(desk.engine).record(run, "UGONE", "right")
    FeedbackInTables(desk.engine).record(other, "USTAYS", "wrong")
    desk.press(theirs, "UGONE")
    desk.press(other, "USTAYS")
    assert desk.history.purge(person="UGONE", dry=True) == desk.history.purge(person="UGONE") > 0
    kept = everything(desk.engine)
    assert not any(one in kept for one in ("UGONE", "name of UGONE", "hooks.slack"))
    assert "name of USTAYS" in kept
    told = desk.history.recent()
    assert [(one.run, one.asker, one.right, one.wrong) for one in told] == [
        (other, "USTAYS", (), ("USTAYS",)),
        (theirs, None, (), ()),
    ]
    assert desk.book.run(theirs) is not None
    assert desk.history.purge(person="UGONE") == 0


def test_requests_are_written_down_while_much_is_forgotten(desk, monkeypatch):
    monkeypatch.setattr(forget, "AT_ONCE", 2)
    meanwhile = iter(range(100, 200))
    monkeypatch.setattr(forget.time, "sleep", lambda _: desk.begin(asked(str(next(meanwhile)))))
    for number in range(1, 8):
        desk.end(asked(str(number), asker="UGONE"))
    assert desk.history.purge(person="UGONE") == 7
    assert next(meanwhile) >= 106, "it stopped after every second row, both of requests and of runs"
    assert desk.history.purge(before=NOON + timedelta(days=1)) == 7
    assert len(desk.history.under_way()) == next(meanwhile) - 101


def test_every_column_that_may_name_a_person_is_known_to_the_purge(desk):
    """A new table with a person in it fails here until it is forgotten, too."""
    known = {
        "diagnose_runs": {"asker"},
        "diagnose_requests": {"asker"},
        "diagnose_feedback": {"person"},
        "diagnose_presses": {"person"},
        "diagnose_apart": {"person"},
    }
    names = {"asker", "person", "user", "by", "undone_by"}
    found = {table.name: {column.name for column in table.c} & names for table in metadata.sorted_tables}
    assert {name: columns for name, columns in found.items() if columns} == known


def test_who_took_issues_apart_is_forgotten_too(desk):
    with desk.engine.begin() as connection:
        row = {"one": "1", "other": "2", "person": "UGONE", "name": "name of UGONE", "at": 0.0}
        connection.execute(metadata.tables["diagnose_apart"].insert().values(row))
    desk.history.purge(person="UGONE")
    assert "UGONE" not in everything(desk.engine)


def test_a_database_that_fails_is_a_sentence_and_no_empty_answer(engine):
    history = HistoryInTables(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE diagnose_runs RENAME TO away"))
    for ask in (history.recent, history.under_way, history.load, lambda: history.purge(issue="SHOP-42")):
        with pytest.raises(NotStarted, match="try again in a minute"):
            ask()


@pytest.mark.parametrize("asked_often", ["due", "waiting", "under_way", "load"])
def test_what_is_asked_every_second_reads_no_run_that_ended(engine, asked_often):
    """For there may be a hundred thousand of them."""
    statements: list[tuple[str, Any]] = []
    desk = Desk(engine)
    ask = getattr(desk.book if hasattr(desk.book, asked_often) else desk.history, asked_often)
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append((given[2], given[3])))
    ask()
    desk.intake.close()
    told = [one for one in statements if one[0].startswith("SELECT")]
    assert told
    with engine.connect() as connection:
        for statement, given in told:
            raw = connection.connection.cursor()
            raw.execute(f"EXPLAIN QUERY PLAN {statement}", given)
            steps = [step[3] for step in raw.fetchall() if runs.name in step[3]]
            assert all("USING" in step and "SCAN" not in step for step in steps), steps
