"""An issue belongs to one run, under whatever names it is asked for, and a run gives way only to one that answers."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, select

from bot.runs.book import Book
from bot.runs.claim import QUIET_SECONDS, alone
from bot.runs.past import HistoryInTables
from bot.runs.run import Place, Result, Run
from bot.runs.tables import claims
from tests.runs.scene import Clock, an_alert, asked, found, taking, with_result


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


def test_a_request_without_a_name_is_nobodys_first(book, begun):
    begun(an_alert(place=Place(channel="C2")))
    assert book.first_from("C2", None) is None


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
