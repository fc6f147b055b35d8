"""`diagnose purge`: what it would forget is said first, what it did forget last, and nothing else is touched."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.purge import REMAINS, Wanted, WrongUse, purge, wanted

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SENTRY = "https://acme.sentry.io"


@dataclass
class Book:
    """Entries that are forgotten by being counted down; every call is on record."""

    entries: int = 3
    calls: list[tuple[Any, ...]] = field(default_factory=list)

    def purge(
        self, before: datetime | None = None, issue: str | None = None, person: str | None = None, dry: bool = False
    ) -> int:
        self.calls.append((before, issue, person, dry))
        found = self.entries
        self.entries = found if dry else 0
        return found


def options(before: str | None = None, issue: str | None = None, person: str | None = None) -> Wanted:
    return wanted(before, issue, person, NOW, SENTRY)


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("30d", NOW - timedelta(days=30)),
        ("12h", NOW - timedelta(hours=12)),
        ("8W", NOW - timedelta(weeks=8)),
        ("0d", NOW),
        ("2026-10-01", datetime(2026, 10, 1, tzinfo=UTC)),
        ("2026-10-01T02:00:00+02:00", datetime(2026, 10, 1, tzinfo=UTC)),
    ],
)
def test_an_age_and_a_day_are_moments_in_utc(said: str, moment: datetime):
    assert options(before=said) == Wanted(before=moment)


def test_a_day_is_one_in_utc_wherever_it_is_typed(monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        assert options(before="2026-10-01") == Wanted(before=datetime(2026, 10, 1, tzinfo=UTC))
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("said", ["SHOP-42", "shop-42", f"{SENTRY}/issues/SHOP-42/"])
def test_an_issue_is_named_in_any_way_that_people_paste(said: str):
    assert options(issue=said) == Wanted(issue="SHOP-42")


def test_a_person_is_named_by_the_id_in_slack():
    assert options(person=" U0123456789 ") == Wanted(person="U0123456789")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"before": "30d", "issue": "SHOP-42"},
        {"before": "30d", "person": "U0123456789"},
        {"before": "soon"},
        {"before": "-3d"},
        {"before": "30"},
        {"before": "2027-01-01"},
        {"before": "0001-01-01T00:00:00+14:00"},
        {"before": ""},
        {"issue": ""},
        {"issue": "everything"},
        {"issue": "9f" * 16},
        {"person": "@ada"},
        {"person": ""},
    ],
    ids=str,
)
def test_what_does_not_say_what_to_forget_is_refused_with_a_sentence(said: dict[str, str]):
    with pytest.raises(WrongUse) as refused:
        options(**said)
    assert "--" in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.text(max_size=40), st.sampled_from(["before", "issue", "person"]))
def test_whatever_is_typed_is_understood_or_refused(text: str, option: str):
    try:
        found = options(**{option: text})
    except WrongUse:
        return
    assert (found.before is None) + (found.issue is None) + (found.person is None) == 2


def test_what_would_be_forgotten_is_asked_and_what_was_is_said():
    book, said, asked = Book(), list[str](), list[str]()

    def yes(sentence: str) -> bool:
        asked.append(sentence)
        return True

    assert purge(book, Wanted(issue="SHOP-42"), dry=False, ask=yes, say=said.append)
    assert asked == ["Forget 3 runs of SHOP-42, with evidence and answers? This cannot be undone."]
    assert said == [f"Forgotten: 3 runs of SHOP-42, with evidence and answers. {REMAINS}"]
    assert book.calls == [(None, "SHOP-42", None, True), (None, "SHOP-42", None, False)]


def test_a_no_forgets_nothing_and_says_so():
    book, said = Book(), list[str]()
    assert not purge(book, Wanted(person="U1"), dry=False, ask=lambda _: False, say=said.append)
    assert said == ["Nothing was forgotten."]
    assert book.entries == 3


def test_a_dry_run_asks_nothing_and_forgets_nothing():
    book, said = Book(1), list[str]()
    assert purge(book, Wanted(before=NOW), dry=True, ask=lambda _: pytest.fail("asked"), say=said.append)
    told = "1 run that ended before 20 Nov 12:00 UTC of 2026, with evidence and answers"
    assert said == [f"Would be forgotten: {told}. {REMAINS}"]
    assert book.entries == 1


def test_without_a_question_it_is_done_at_once_and_only_what_was_done_is_said():
    book, said = Book(), list[str]()
    assert purge(book, Wanted(person="U1"), dry=False, ask=None, say=said.append)
    assert book.calls == [(None, None, "U1", False)]
    assert said == [f"Forgotten: 3 entries of what U1 asked, answered and pressed; the runs themselves stay. {REMAINS}"]


def test_nothing_to_forget_is_said_and_not_asked():
    book, said = Book(0), list[str]()
    assert purge(book, Wanted(issue="SHOP-42"), dry=False, ask=lambda _: pytest.fail("asked"), say=said.append)
    assert said == ["There is nothing to forget: 0 runs of SHOP-42, with evidence and answers."]
    assert all(dry for *_, dry in book.calls)
