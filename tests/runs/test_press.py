"""Every press is on record, in the order in which they were made, with what it changed."""

from datetime import timedelta

import pytest

from bot.runs.press import Press
from bot.runs.record import PressesInTables
from bot.runs.run import NotStarted
from bot.runs.tables import metadata
from tests.card.diagnoses import NOON

PRESS = Press(
    run="r-1", issue="5551234567", user="U1", name="Ada 🦉 O'Neil", action="resolve", at=NOON, before="unresolved",
    after="resolved",
)  # fmt: skip


def test_a_press_is_given_back_as_it_was(either):
    refused = PRESS.model_copy(update={"after": "", "refused": "You may not: ask an admin.", "user": "U2"})
    book = PressesInTables(either)
    for one in (PRESS, refused):
        book.record(one)
    assert PressesInTables(either).of("r-1") == (PRESS, refused)
    assert book.of("r-2") == ()


def test_presses_keep_their_order_whatever_the_clock_said(either):
    book = PressesInTables(either)
    made = [PRESS.model_copy(update={"at": NOON - timedelta(hours=hours), "after": str(hours)}) for hours in range(4)]
    for one in made:
        book.record(one)
    assert book.of("r-1") == tuple(made)


def test_a_press_that_cannot_be_written_is_refused_before_anything_changes(engine):
    metadata.tables["diagnose_presses"].drop(engine)
    with pytest.raises(NotStarted, match="try again in a minute"):
        PressesInTables(engine).record(PRESS)
