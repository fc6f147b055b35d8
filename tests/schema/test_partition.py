"""A name that ends in a period: which parent and which period it tells, and when that is no date at all."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.schema.partition import as_long_as, listing, making_it, part_of, placed, sibling_of, siblings_in
from tests.facts import a_relation


def day(year, month=1, number=1, hour=0):
    return datetime(year, month, number, hour, tzinfo=UTC)


DECEMBER = (day(2026, 12), day(2027))


@pytest.mark.parametrize(
    ("name", "parent", "start", "end"),
    [
        ("events_2026_12", "events", *DECEMBER),
        ("events_p2026_12", "events", *DECEMBER),
        ("events_y2026m12", "events", *DECEMBER),
        ("events_202612", "events", *DECEMBER),
        ("events202612", "events", *DECEMBER),
        ("events-2026-12", "events", *DECEMBER),
        ("Events_2026_12", "Events", *DECEMBER),
        ("events__2026_12", "events", *DECEMBER),
        ("user_events_p2026_12_01", "user_events", day(2026, 12), day(2026, 12, 2)),
        ("events_p20261201", "events", day(2026, 12), day(2026, 12, 2)),
        ("events20261231", "events", day(2026, 12, 31), day(2027)),
        ("events_y2026m12d01", "events", day(2026, 12), day(2026, 12, 2)),
        ("events_p20261201_050000", "events", day(2026, 12, 1, 5), day(2026, 12, 1, 6)),
        ("events_2026120105", "events", day(2026, 12, 1, 5), day(2026, 12, 1, 6)),
        ("events_2026", "events", day(2026), day(2027)),
        ("events_p2026q4", "events", day(2026, 10), day(2027)),
        ("events_2026_q1", "events", day(2026), day(2026, 4)),
        ("events_p2026w49", "events", day(2026, 11, 30), day(2026, 12, 7)),
        ("2fa_events_2026_12", "2fa_events", *DECEMBER),
    ],
)
def test_the_parent_and_the_period_are_told(name, parent, start, end):
    assert part_of(name) == (parent, start, end)


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "events",
        "users_v2",
        "orders_20240101_backup",
        "events_2026_13",
        "events_2026_02_30",
        "events_p2026w54",
        "events_20261",
        "events_1826",
        "events_3026",
        "iso2022",
        "events_2026_12_old",
        "20261201",
        "p20261201",
        "_2026_12",
        "12_2026",
        "events_12026",
        "orders_0042",
        "x" * 200 + "_2026_12",
    ],
)
def test_other_names_tell_no_period(name):
    assert part_of(name) is None


@given(st.text(max_size=150))
def test_whatever_a_name_holds_it_tells_a_period_or_none(name):
    found = part_of(name)
    assert found is None or (
        found.start < found.end and name.startswith(found.parent) and len(found.parent) < len(name)
    )


PARENTS = st.from_regex(r"[a-z][a-z_]{0,20}[a-z]", fullmatch=True)
FIRST, LAST = (moment.replace(tzinfo=None) for moment in (day(1990), day(2099, 12, 31)))
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
FORMS = ("_%Y_%m_%d", "_p%Y_%m_%d", "_p%Y%m%d", "_%Y%m%d", "_%Y_%m", "_y%Ym%m", "_y%Ym%md%d", "_%Y%m", "_%Y", "_p%Gw%V")


@given(PARENTS, MOMENTS, st.sampled_from(FORMS))
def test_a_name_made_of_a_moment_is_of_the_period_that_holds_it(parent, moment, form):
    found = part_of(parent + moment.strftime(form))
    if found is None:  # the ISO year before 1990 or after 2099
        assert "G" in form
        return
    assert found.parent == parent
    assert found.start <= moment < found.end
    assert placed(found, moment) in ("begun", "later")


@given(PARENTS, MOMENTS, st.sampled_from(FORMS))
def test_a_name_is_no_sibling_of_itself(parent, moment, form):
    name = parent + moment.strftime(form)
    part = part_of(name)
    assert part is None or sibling_of(part, name) is None


def test_siblings_are_other_periods_of_the_same_parent():
    part = part_of("events_2026_12")
    assert sibling_of(part, "events_2026_11") is not None
    assert sibling_of(part, "public.Events_2026_11") is not None
    assert sibling_of(part, "user_events_2026_11") is None
    assert sibling_of(part, "events_old") is None
    made = 'CREATE TABLE IF NOT EXISTS "events_2026_11" PARTITION OF events; create table orders_2026_11 (id int)'
    assert siblings_in(part, made) == ("events_2026_11",)
    assert siblings_in(part, "DROP TABLE events_2026_11") == ()


@pytest.mark.parametrize(
    ("siblings", "end"),
    [
        ((), day(2026, 12, 2)),
        (("events_p20261130", "events_p20261129"), day(2026, 12, 2)),
        (("events_p20261101", "events_p20261001"), day(2027)),
        (("events_p20260901", "events_p20260601"), day(2027, 3)),
        (("events_p20261124", "events_p20261117"), day(2026, 12, 8)),
    ],
)
def test_a_day_is_as_long_as_its_siblings_show(siblings, end):
    assert as_long_as(part_of("events_p20261201"), siblings).end == end


@pytest.mark.parametrize(
    ("onset", "when"),
    [
        (day(2026, 10, 1), None),
        (day(2026, 11, 20), "ahead"),
        (day(2026, 11, 30, 22), "begun"),
        (day(2026, 12, 1, 0), "begun"),
        (day(2026, 12, 4), "begun"),
        (day(2026, 12, 20), "later"),
        (day(2027, 1, 20), "later"),
        (day(2027, 6, 1), "over"),
    ],
)
def test_the_onset_is_placed_against_the_period(onset, when):
    assert placed(part_of("events_2026_12"), onset) == when


@given(MOMENTS)
def test_every_moment_has_a_place_and_they_come_in_their_order(moment):
    part = part_of("events_2026_12")
    order = [None, "ahead", "begun", "later", "over"]
    assert order.index(placed(part, moment)) <= order.index(placed(part, moment + timedelta(days=1)))


def test_the_statement_that_makes_it_has_its_bounds_and_quotes_what_needs_it():
    relation, part = a_relation(name="events_2026_12", schema_name="Log's"), part_of("events_2026_12")
    assert making_it(relation, part, "PARTITION BY RANGE (at)") == (
        'CREATE TABLE "Log\'s".events_2026_12 PARTITION OF "Log\'s".events '
        "FOR VALUES FROM ('2026-12-01') TO ('2027-01-01');"
    )
    assert "inhparent = '\"Log''s\".events'::regclass" in listing(relation, part)


@pytest.mark.parametrize("dialect", ["mysql", "sqlserver", None])
def test_no_statement_is_guessed_for_other_databases_or_divisions(dialect):
    part = part_of("events_2026_12")
    assert making_it(a_relation(name="events_2026_12", dialect=dialect), part, "PARTITION BY RANGE (at)") is None
    assert making_it(a_relation(name="events_2026_12"), part, "PARTITION BY LIST (month)") is None
    assert listing(a_relation(name="events_2026_12", dialect=dialect), part) is None


@pytest.mark.parametrize("name", ["_" * 128, "a_" * 64, "2026" * 32, "a2026_" * 21, "y" * 127 + "2"])
def test_hostile_names_are_read_in_bounded_time(name):
    began = time.perf_counter()
    for _ in range(100):
        part_of(name)
        siblings_in(part_of("events_2026_12"), "create table " + name * 40)
    assert time.perf_counter() - began < 2.0
