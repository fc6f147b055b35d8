"""A getter gives what it names or nothing, whatever the JSON holds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.sources import reading

LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "\ud800", "9" * 5000, "https://[::1"])
)
ANY_JSON = st.recursive(LEAF, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)
GETTERS = (
    reading.text,
    reading.integer,
    reading.count,
    reading.flag,
    reading.moment,
    reading.link,
    reading.items,
    reading.rows,
)


@settings(deadline=None)
@given(ANY_JSON)
def test_no_getter_ever_raises(value):
    for getter in GETTERS:
        for path in ((), ("a",), (0,), (-1, "a")):
            getter(value, *path)
        assert getter({"a": [value]}, "a", 0) == getter(value)


@settings(deadline=None)
@given(ANY_JSON)
def test_every_text_can_be_written_out_again(value):
    found = reading.text(value)
    assert found is None or found.encode()


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-11-20T10:01:02.345000Z", datetime(2026, 11, 20, 10, 1, 2, 345000, tzinfo=UTC)),
        ("2026-11-20T12:01:02+02:00", datetime(2026, 11, 20, 10, 1, 2, tzinfo=UTC)),
        ("2026-11-20T10:01:02", datetime(2026, 11, 20, 10, 1, 2, tzinfo=UTC)),
        (1795165200, datetime(2026, 11, 20, 9, 0, tzinfo=UTC)),
        (1795165200000, None),
        ("soon", None),
        (True, None),
        (float("nan"), None),
    ],
)
def test_moments_come_as_iso_8601_or_unix_seconds(value, read):
    assert reading.moment(value) == read


@pytest.mark.parametrize(
    ("value", "number"),
    [("1523", 1523), (12, 12), (12.0, 12), (12.5, None), (True, None), ("1_000", None), ("²", None), (2**63, None)],
)
def test_numbers_come_as_digits_too(value, number):
    assert reading.integer(value) == number


def test_a_count_is_never_negative():
    assert reading.count(-1) is None
    assert reading.integer(-1) == -1


def test_blank_text_is_none_and_long_text_is_cut():
    assert reading.text(" \n") is None
    assert reading.text("x" * 100_000) == "x" * reading.LONGEST
    assert reading.text(7) == "7"


@pytest.mark.parametrize(
    "value", ["Not implemented", "ftp://example.com/", "https://a b", "https://", "https://u@example.com"]
)
def test_only_http_addresses_are_links(value):
    assert reading.link(value) is None
    assert reading.link("https://acme.sentry.io/issues/1/") == "https://acme.sentry.io/issues/1/"
