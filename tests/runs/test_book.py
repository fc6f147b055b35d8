"""A run's row gives back what was shown, and tells what is still to be done."""

import json
import zlib
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from bot.runs import replays as module
from bot.runs.book import JUDGED_OTHERWISE, Book
from bot.runs.run import Result
from bot.runs.tables import requests, runs
from playbook.gather import Progress
from tests.card.diagnoses import a_diagnosis
from tests.runs.scene import a_run, an_alert, asked, found, replayed, with_result


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
