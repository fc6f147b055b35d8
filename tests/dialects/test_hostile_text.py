"""Hostile text never raises, never takes long, and does not keep a sentence at either end from being read."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.dialects.reading import dialects, missing_relation
from playbook.evidence.error import Error

STEP = 5.0
"""Seconds for a megabyte: a hundred times what it takes, so that only another order of growth is noticed."""

PIECES = [
    'relation "',
    '" does not exist',
    "Table '",
    "' doesn't exist",
    "no such table: ",
    "ORA-00942 ",
    "«",
    "»",
    '"',
    "'",
    '\\"',
    "\\\\",
    "&quot;",
    "&amp;",
    "\\u0022",
    "\\ud800",
    "\x1b[",
    "\x00",
    "\n",
    " ",
    ".",
    "42P01 ",
    "42S02 ",
    "SQL Server (208)",
    'column "',
    '" of relation "',
    'リレーション"',
    '"は存在しません',
    "不存在",
    " nesnesi mevcut değil",
    "İ",
    "DB::Exception Table a.",
    "line 1:1: Table '",
    "SQLERRMC=",
    "SQLCODE=-204 ",
    "user lacks privilege or object not found: x in statement [",
    "Not found: Table a:",
]


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_one_piece_takes_no_time(piece: str) -> None:
    value = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
    before = time.monotonic()
    missing_relation([Error(value=value)])
    assert time.monotonic() - before < STEP


def test_all_the_words_that_make_us_look_closer_take_no_time() -> None:
    words = " ".join(sorted({word for dialect in dialects() for form in dialect.reads for word in form.anchors}))
    value = (words + ' "a" «b» ') * (1_000_000 // len(words))
    before = time.monotonic()
    missing_relation([Error(value=value)])
    assert time.monotonic() - before < STEP


def test_ten_megabytes_are_cut_and_both_ends_are_read() -> None:
    noise = "lorem ipsum " * 900_000
    sentence = 'relation "orders" does not exist'
    for value in (f"{sentence}\n{noise}", f"{noise}\n{sentence}"):
        before = time.monotonic()
        found = missing_relation([Error(value=value)])
        assert time.monotonic() - before < STEP
        assert found is not None
        assert found.name == "orders"


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join))
def test_any_mixture_is_an_answer_or_none(value: str) -> None:
    found = missing_relation([Error(value=value)])
    assert found is None or len(found.quote) <= 300


@given(st.none() | st.text(max_size=40), st.text(max_size=400))
def test_any_text_is_an_answer_or_none(error_type: str | None, value: str) -> None:
    missing_relation([Error(type=error_type, value=value)])


def test_a_name_longer_than_any_product_allows_is_not_read() -> None:
    assert missing_relation([Error(value=f'relation "{"x" * 5000}" does not exist')]) is None
