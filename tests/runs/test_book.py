"""A run's row gives back what was shown, and the names of an issue mean the same once they are known."""

import json
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, update

from bot.runs import replays as module
from bot.runs.book import JUDGED_OTHERWISE, Book
from bot.runs.claim import QUIET_SECONDS, alone
from bot.runs.intake import Intake
from bot.runs.past import HistoryInTables
from bot.runs.run import Place, Request, Result, Run
from bot.runs.tables import claims, requests, runs
from playbook.gather import Progress
from tests.card.diagnoses import a_diagnosis
from tests.runs.scene import Clock, a_run, an_alert, asked, found, replayed, taking


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def book(engine: Engine, clock: Clock) -> Book:
    return Book(engine, clock)


@pytest.fixture
def begun(engine: Engine, clock: Clock):
    intake = Intake(engine, clock)

    def begin(request: Request) -> Run:
        return Run(intake.take(request).run, request, request.place)

    yield begin
    intake.close()


def with_result(run: Run, investigation=None, failed: str | None = None, **given) -> Run:
    return replace(run, result=Result(1.5, investigation, failed, **given))


def posted(book: Book, *runs_: Run) -> None:
    for run in runs_:
        book.taken_up(run.id, "here")
        book.placed(run.id, "9.9")


def aware(book: Book, run: Run, issue: str = "5551234567") -> Run:
    """That run once its message stands, and it has read in Sentry which issue it has."""
    posted(book, run)
    assert book.learned(run, issue) is None
    return run


def holder(engine: Engine, issue: str) -> str | None:
    with engine.connect() as connection:
        return connection.execute(select(claims.c.run).where(claims.c.issue == issue)).scalar()


def test_what_was_shown_is_given_back_as_it_was_by_another_process(engine, book, begun, clock):
    steps = (Progress("Issue", "Issue", "done", "found «it»", "https://acme.sentry.io/issues/1/"),)
    run = replace(with_result(begun(asked()), replayed()), steps=steps)
    book.concluded(run)
    book.placed(run.id, "9.9")
    known = Book(engine, clock).run(run.id)
    assert known == replace(run, place=run.place.model_copy(update={"message": "9.9"}))
    assert known.investigation is not run.investigation


def test_a_run_that_still_goes_has_no_result_and_an_unknown_one_is_none(book, begun):
    run = begun(asked())
    assert book.run(run.id) == run
    assert book.run("r-unknown") is None


def test_a_failure_is_given_back_with_its_sentence_and_answers_nobody(engine, book, begun):
    run = with_result(begun(asked()), failed="Sentry is down.")
    book.concluded(run)
    assert book.run(run.id) == run
    assert begun(asked()).id != run.id


def test_what_is_judged_otherwise_today_is_said_and_not_shown_as_if_it_had_been(engine, book, begun, clock):
    run = with_result(begun(asked()), replayed())
    book.concluded(run)
    with engine.begin() as connection:
        connection.execute(update(runs).values(digest="0" * 64))
    known = Book(engine, clock).run(run.id)
    assert known.result == Result(1.5, None, JUDGED_OTHERWISE)


@pytest.mark.parametrize(
    "recording",
    [b"", b"no zlib", zlib.compress(b"{}"), zlib.compress(b"\xff"), zlib.compress(json.dumps({"format": 99}).encode())],
    ids=["empty", "garbage", "nothing", "no text", "of a later version"],
)
def test_a_recording_that_cannot_be_read_is_no_crash(engine, book, begun, clock, recording):
    run = with_result(begun(asked()), replayed())
    book.concluded(run)
    with engine.begin() as connection:
        connection.execute(update(runs).values(recording=recording))
    assert Book(engine, clock).run(run.id).result == Result(1.5, None, JUDGED_OTHERWISE)


def test_a_recording_that_holds_no_issue_is_no_crash(book, engine, begun, clock):
    """Of an investigation that was not replayed: there is no answer in it."""
    run = with_result(begun(asked()), found())
    book.concluded(run)
    assert Book(engine, clock).run(run.id).result.failed == JUDGED_OTHERWISE


def test_only_so_many_investigations_stay_in_memory_and_the_oldest_goes_first(monkeypatch, book, begun):
    monkeypatch.setattr(module, "REMEMBERED", 2)
    ended = [with_result(begun(asked(str(number))), found(str(number), f"SHOP-{number}")) for number in range(1, 5)]
    for run in ended:
        book.concluded(run)
    assert list(book.replays.known) == [run.id for run in ended[2:]]


def test_a_run_that_is_checked_again_knows_the_one_before_and_that_one_no_further(book, begun):
    first = with_result(begun(asked()), replayed())
    book.concluded(first)
    second = with_result(begun(asked(again=first.id)), replayed())
    book.concluded(second)
    third = begun(asked(again=second.id))
    before = book.run(third.id).before
    assert before is not None
    assert (before.id, before.before) == (second.id, None)


def test_a_number_and_a_short_id_are_one_issue_once_that_is_known(engine, book, begun):
    run = begun(asked("SHOP-42"))
    assert begun(asked("5551234567")).id != run.id
    other = begun(asked("SHOP-77"))
    assert book.learned(other, "77") is None
    assert begun(asked("77")).id == other.id
    assert begun(asked("SHOP-77")).id == other.id
    assert holder(engine, "SHOP-77") is None


def test_the_run_that_is_under_way_already_is_told_by_name(book, begun):
    by_number, by_name = aware(book, begun(an_alert("5551234567"))), begun(asked("SHOP-42"))
    assert book.learned(by_name, "5551234567") == by_number.id
    assert book.learned(by_number, "5551234567") is None
    assert begun(asked("SHOP-42")).id == by_number.id
    assert book.asked(by_number.id) == 3


def test_whoever_is_first_to_find_the_issue_takes_it_from_an_alert_but_not_from_a_person(book, begun):
    by_number, by_name = begun(an_alert("5551234567")), begun(asked("SHOP-42"))
    posted(book, by_number, by_name)
    assert book.learned(by_name, "5551234567") is None
    assert book.learned(by_number, "5551234567") == by_name.id
    asked_for, alerted = begun(asked("77")), begun(an_alert("SHOP-77"))
    posted(book, asked_for, alerted)
    assert book.learned(alerted, "77") == asked_for.id


@pytest.mark.parametrize("other", [an_alert("5551234567"), asked("5551234567", "U2")], ids=["an alert", "a person"])
def test_no_run_is_given_up_for_one_that_has_no_message_and_may_never_get_one(book, begun, other):
    """A person may have asked where the bot cannot post."""
    waits, by_name = begun(other), begun(asked("SHOP-42"))
    book.taken_up(waits.id, "here")
    posted(book, by_name)
    assert book.learned(by_name, "5551234567") is None
    assert book.answered(waits) == by_name.id
    assert book.asked(by_name.id) == 2


def test_a_run_that_was_overtaken_goes_on_if_the_other_one_failed(book, begun):
    alerted, person = begun(an_alert("5551234567")), begun(asked("SHOP-42"))
    posted(book, person)
    assert book.learned(person, "5551234567") is None
    book.concluded(with_result(person, failed="Sentry is down."))
    assert book.answered(alerted) is None
    assert book.asked(alerted.id) == 1


def test_a_run_that_waited_finds_the_card_that_was_made_meanwhile_under_another_name(book, begun, clock):
    by_number, by_name = aware(book, begun(an_alert("5551234567"))), begun(asked("SHOP-42"))
    assert book.answered(by_name) is None
    book.concluded(with_result(by_number, found()))
    assert book.answered(by_name) == by_number.id
    clock.now += QUIET_SECONDS
    assert book.answered(by_name) is None
    assert book.asked(by_number.id) == 2


def test_whoever_changes_whose_an_issue_is_waits_for_whoever_is_at_it(either):
    """Otherwise two runs could each give way to the other, or neither."""
    book = Book(either, Clock())
    with taking(either) as intake:
        runs_ = [Run(intake.take(one).run, one, one.place) for one in map(asked, ("1", "2", "3", "4"))]
    changes = [
        lambda: book.answered(runs_[0]),
        lambda: book.learned(runs_[1], "2"),
        lambda: book.concluded(with_result(runs_[2], failed="Sentry is down.")),
        lambda: book.given_up(runs_[3].id, "It never ended."),
    ]
    with ThreadPoolExecutor(len(changes)) as pool:
        with either.connect() as connection:
            alone(connection)
            waiting = [pool.submit(change) for change in changes]
            time.sleep(0.3)
            assert not any(one.done() for one in waiting)
            connection.commit()
        for one in waiting:
            one.result(10)


def test_who_asked_for_a_run_too_is_known_with_the_channel_of_each(book, begun):
    run = begun(asked(asker="U1"))
    begun(asked(asker="U2", place=Place(channel="C2")))
    begun(asked(asker="U2", place=Place(channel="C2")))
    begun(asked(asker="U1", place=Place(channel="C3")))
    begun(an_alert("SHOP-42", place=Place(channel="C4")))
    assert book.others(run) == [("U2", "C2")]


def test_the_first_delivery_of_a_channel_is_known_by_whatever_run_answers_it_now(book, begun):
    there = Place(channel="C2")
    by_number, by_name = aware(book, begun(an_alert("5551234567", delivery="Ev0"))), begun(asked("SHOP-42"))
    begun(an_alert("SHOP-42", delivery="Ev1", place=there))
    assert book.first_from("C2", "Ev1") == by_name.id
    assert book.learned(by_name, "5551234567") == by_number.id
    begun(an_alert("SHOP-42", delivery="Ev2", place=there))
    assert [book.first_from("C2", one) for one in ("Ev1", "Ev2", "Ev3", None)] == [by_number.id, None, None, None]


def test_which_run_answers_instead_is_known_after_a_restart_and_is_no_verdict_of_the_history(engine, book, begun):
    by_number, by_name = aware(book, begun(an_alert("5551234567"))), begun(asked("SHOP-42"))
    book.concluded(with_result(by_name, same=by_number.id))
    book.ended(by_name.id)
    book.concluded(with_result(by_number, found()))
    book.ended(by_number.id)
    assert Book(engine, Clock()).run(by_name.id).result == Result(1.5, same=by_number.id)
    assert [entry.run for entry in HistoryInTables(engine).recent()] == [by_number.id]


def test_an_ended_run_gives_its_issue_to_the_one_that_learns_of_it(engine, book, begun):
    ended = begun(asked("5551234567"))
    book.concluded(with_result(ended, found()))
    with engine.begin() as connection:
        connection.execute(claims.delete().where(claims.c.issue == "SHOP-42"))
    fresh = begun(asked("5551234567", again=ended.id))
    assert book.learned(fresh, "5551234567") is None
    assert holder(engine, "5551234567") == fresh.id


def test_a_run_that_ends_leaves_the_issue_to_the_other_one_that_has_it(engine, book, begun):
    by_number, by_name = aware(book, begun(an_alert("5551234567"))), begun(asked("SHOP-42"))
    book.concluded(with_result(by_name, found()))
    assert holder(engine, "5551234567") == by_number.id
    assert begun(asked("SHOP-42")).id == by_number.id
    book.concluded(with_result(by_number, found()))
    assert begun(asked("SHOP-42")).id == by_number.id


def test_a_run_that_turned_out_to_be_anothers_issue_answers_nothing_itself(engine, book, begun):
    by_number, by_name = aware(book, begun(an_alert("5551234567"))), begun(asked("SHOP-42"))
    book.learned(by_name, "5551234567")
    book.concluded(with_result(by_name, same=by_number.id))
    assert begun(asked("SHOP-42")).id == by_number.id


def test_a_run_without_a_result_is_not_concluded(book, begun):
    with pytest.raises(ValueError, match="result"):
        book.concluded(begun(asked()))


def test_who_waits_is_counted_people_apart(book, begun):
    assert (book.waiting().all, book.waiting().people) == (0, 0)
    first = begun(an_alert("1"))
    begun(asked("2"))
    assert (book.waiting().all, book.waiting().people) == (2, 1)
    book.taken_up(first.id, "here")
    assert (book.waiting().all, book.waiting().people) == (1, 1)


def test_what_is_due_comes_in_the_order_of_asking_whatever_the_clock_said(book, begun, clock):
    asked_for = [begun(an_alert("1")).id]
    clock.now -= 86_400
    asked_for += [begun(asked("2")).id, begun(an_alert("3")).id]
    assert [one.run for one in book.due()] == asked_for
    assert [one.person for one in book.due()] == [False, True, False]
    book.attempted(asked_for[0], 1)
    book.taken_up(asked_for[0], "here")
    assert [one.run for one in book.due()] == asked_for[1:]
    assert [(one.run, one.attempts) for one in book.due(1)] == [(asked_for[0], 1)]
    book.ended(asked_for[0])
    assert book.due(1) == []


def test_a_post_that_was_begun_is_remembered_until_its_message_is_known(book, begun):
    run = begun(asked())
    assert [book.posting(run.id), book.posting(run.id)] == [False, True]
    book.placed(run.id, "9.9")
    assert not book.posting(run.id)


def test_a_card_counts_each_request_once_and_is_drawn_anew_only_when_it_says_too_few(engine, book, begun, clock):
    run = begun(an_alert(delivery="Ev1"))
    book.concluded(with_result(run, found()))
    book.ended(run.id)
    assert book.asked(run.id) == 1
    assert book.uncounted(60, 10) == []
    for _ in range(2):
        begun(an_alert(delivery="Ev2"))
    clock.now += 59
    assert book.uncounted(60, 10) == []
    clock.now += 1
    assert book.uncounted(60, 10) == [run.id]
    assert book.asked(run.id) == 2
    clock.now += 600
    assert book.uncounted(60, 10) == []


def test_a_clock_that_was_set_back_does_not_stop_the_counting(book, begun, clock):
    run = begun(an_alert())
    book.concluded(with_result(run, found()))
    book.ended(run.id)
    book.asked(run.id)
    begun(an_alert())
    clock.now -= 1_000
    assert book.uncounted(60, 10) == [run.id]


def test_a_run_that_is_given_up_says_so_and_answers_nobody(book, begun):
    run = begun(asked())
    book.given_up(run.id, "It never ended.")
    assert book.run(run.id).result == Result(0.0, None, "It never ended.")
    assert begun(asked()).id != run.id


def test_no_answer_url_stands_in_the_rows_after_the_end(engine, book, begun):
    """Whoever has it can speak for the bot for half an hour."""
    run = begun(asked(answer_to="https://hooks.slack.example.com/commands/T0/1/secret"))
    book.concluded(with_result(run, found()))
    book.ended(run.id)
    with engine.connect() as connection:
        rows = connection.execute(select(runs)).all() + connection.execute(select(requests)).all()
    assert "hooks.slack" not in str(rows)


def test_the_summary_of_a_row_is_that_of_the_verdict(engine, book, begun):
    book.concluded(with_result(begun(asked()), found()))
    with engine.connect() as connection:
        row = connection.execute(select(runs)).one()
    diagnosis = a_diagnosis()
    assert (row.issue, row.short_id, row.title, row.project) == ("5551234567", "SHOP-42", "ProgrammingError", "shop")
    assert (row.playbook, row.cause, row.grade) == (diagnosis.playbook, diagnosis.verdict.cause, "proved")
    assert row.verdict == diagnosis.verdict.claim


def test_a_run_as_it_ended_is_written_once_and_may_be_written_again(book, begun):
    run = begun(asked())
    for seconds in (1.0, 2.0):
        book.concluded(replace(run, result=Result(seconds, found())))
    assert a_run(run.id, run.request, found()).result is not None
    assert book.run(run.id).result.seconds == 2.0
