"""The frequency step counts from what came with the issue, or from its newest events, and dates the onset."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.evidence.error import Error
from playbook.evidence.frequency import Frequency
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Bucket, Issue
from playbook.evidence.issue_ref import IssueRef
from playbook.sources.sentry import Sentry
from playbook.steps.frequency import frequency
from playbook.steps.issue import issue

RECORDED = Path(__file__).parents[1] / "recorded" / "sentry"
NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
LAST = datetime(2026, 11, 20, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 9, 1, tzinfo=UTC)
INQUIRY = Inquiry(ref=IssueRef(issue_id="1"), at=NOW)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - zoned by `timezones`


def an_issue(*hourly, **given_):
    buckets = tuple(
        Bucket(start=LAST - timedelta(hours=len(hourly) - 1 - place), count=count) for place, count in enumerate(hourly)
    )
    return Issue(
        **{
            "url": "https://acme.sentry.io/issues/1/",
            "id": "1",
            "short_id": "BACKEND-1",
            "title": "t",
            "error": Error(),
            "project": "backend",
            "project_id": "42",
            "first_seen": LONG_AGO,
            "last_seen": NOW,
            "count": 5_000,
            "hourly": buckets,
            **given_,
        }
    )


def asks_nothing(question):
    raise AssertionError(f"{question.call} was asked although the issue brought its counts")


def counted(found, answer=asks_nothing, asked=None):
    def door(question):
        if asked is not None:
            asked.append((question.call, question.arguments))
        return answer(question) if callable(answer) else answer

    return frequency(INQUIRY, found, Sentry(door))


def rows(moments, more=False):
    return {"rows": [{"id": "x", "dateCreated": when.isoformat()} for when in moments], "more": more}


def test_a_new_issue_is_a_spike_since_its_first_event_to_the_minute_at_no_call():
    recorded = json.loads((RECORDED / "issue.json").read_text())
    inquiry = Inquiry(ref=IssueRef(issue_id="5551234567"), at=datetime(2026, 11, 20, 12, 0, 36, tzinfo=UTC))
    new = issue(inquiry, Sentry(lambda _: recorded))
    found = frequency(inquiry, new, Sentry(asks_nothing))
    assert (found.trend, found.new, found.onset, found.onset_seconds) == ("spike", True, new.first_seen, 60)
    assert (found.total, len(found.buckets), found.bucket_seconds) == (1523, 25, 3600)
    assert "spike since 20 Nov 10:02 UTC" in found.finding


def test_an_old_issue_that_jumped_began_anew_in_the_bucket_of_the_jump():
    found = counted(an_issue(*[5] * 20, 60, 66, 58, 61, 30))
    assert (found.trend, found.new) == ("spike", False)
    assert (found.onset, found.onset_seconds) == (LAST - timedelta(hours=4), 3600)


def test_an_old_issue_without_a_change_is_constant_and_has_no_onset_in_the_window():
    found = counted(an_issue(*[40, 38, 44, 41, 39, 42] * 4, 20))
    assert (found.trend, found.onset, found.new) == ("constant", None, False)


def test_the_running_hour_is_weighed_by_what_has_passed_of_it():
    assert counted(an_issue(*[1_000] * 24, 500)).trend == "constant"
    assert counted(an_issue(*[1_000] * 24, 5_000)).trend == "spike"


def test_silence_after_a_busy_time_is_stopped():
    found = counted(an_issue(*[50] * 20, 0, 0, 0, 0, 0, last_seen=LAST - timedelta(hours=4)))
    assert found.trend == "stopped"


def a_burst(minutes, events, crowded, offset, silent, old=False):
    """What Sentry tells `silent` minutes after a burst that began `offset` minutes past an hour."""
    begin = datetime(2026, 11, 20, 8, tzinfo=UTC) + timedelta(minutes=offset)
    parts = [(place / (events - 1)) ** crowded for place in range(events)]
    moments = [begin + timedelta(minutes=minutes * part) for part in parts]
    now = moments[-1] + timedelta(minutes=silent)
    running = now.replace(minute=0, second=0, microsecond=0)
    counts = Counter(when.replace(minute=0, second=0, microsecond=0) for when in moments)
    hours = [running - timedelta(hours=ago) for ago in range(24, -1, -1)]
    hourly = tuple(Bucket(start=hour, count=counts[hour]) for hour in hours)
    found = an_issue(hourly=hourly, first_seen=LONG_AGO if old else begin, last_seen=moments[-1], count=events)
    return frequency(Inquiry(ref=IssueRef(issue_id="1"), at=now), found, Sentry(asks_nothing)).trend


BURSTS = {
    "minutes": st.integers(3, 60),
    "events": st.integers(10, 2_000),
    "crowded": st.floats(0.2, 5.0),
    "silent": st.integers(0, 600),
}


@settings(deadline=None, max_examples=40)
@given(**BURSTS)
def test_a_new_issues_burst_has_stopped_after_a_silent_hour_wherever_the_hours_edge_cuts_it(
    minutes, events, crowded, silent
):
    named = {a_burst(minutes, events, crowded, offset, silent) for offset in range(60)}
    assert named == {"stopped" if silent >= 60 else "spike"}


@settings(deadline=None, max_examples=15)
@given(**BURSTS | {"events": st.integers(20, 2_000), "silent": st.integers(60, 600)})
def test_a_burst_of_an_old_issue_long_silent_is_a_spike_wherever_the_hours_edge_cuts_it(
    minutes, events, crowded, silent
):
    assert {a_burst(minutes, events, crowded, offset, silent, old=True) for offset in range(60)} == {"spike"}


def test_a_burst_across_the_edge_of_an_hour_has_stopped_like_one_within_it():
    assert [a_burst(9, 40, 3.0, offset, 109) for offset in (2, 50, 55, 58)] == ["stopped"] * 4


def test_a_last_event_older_than_the_counts_or_unknown_leaves_the_edges_of_the_hours():
    def trend(last_seen):
        born = an_issue(40, 0, 0, first_seen=LAST - timedelta(hours=1, minutes=50), last_seen=last_seen)
        return counted(born).trend

    assert trend(LAST - timedelta(hours=1, minutes=30)) == trend(None) == "stopped"
    assert trend(LAST - timedelta(hours=9)) == "stopped"
    assert trend(LAST) == "spike"  # Sentry saw another after what it counted: half an hour ago


def test_of_single_events_the_newest_tells_how_long_it_has_been_silent():
    begin = LAST - timedelta(hours=2, minutes=5)
    moments = [begin + timedelta(seconds=15 * place) for place in range(40)]
    for last_seen in (None, moments[-1], LONG_AGO):
        assert counted(an_issue(first_seen=begin, last_seen=last_seen), rows(moments)).trend == "stopped"


def test_a_window_without_events_is_stopped_only_if_the_lifetime_says_so():
    busy = an_issue(*[0] * 25, count=5_000, last_seen=LAST - timedelta(days=3))
    assert counted(busy).trend == "stopped"
    rare = an_issue(*[0] * 25, count=5, last_seen=LAST - timedelta(days=3))
    assert counted(rare).trend == "too few to say"


def test_hours_that_the_server_left_out_are_empty_ones():
    whole = an_issue(*[9, 0, 0, 8], *[0] * 20, 7)
    holes = whole.model_copy(update={"hourly": tuple(one for one in whole.hourly if one.count or one.start.hour % 2)})
    assert counted(holes).total == 24
    regular = an_issue(9, 0, 0, 8, 0, 4, 4, 0, 2)
    holes = regular.model_copy(update={"hourly": tuple(one for one in regular.hourly if one.count)})
    assert [one.count for one in counted(holes).buckets] == [9, 0, 0, 8, 0, 4, 4, 0, 2]


def test_events_before_the_first_one_mean_that_the_issue_is_not_new():
    found = counted(an_issue(*[20] * 24, 10, first_seen=LAST - timedelta(hours=3)))
    assert not found.new


def test_a_server_without_counts_is_asked_for_its_newest_events():
    answer = json.loads((RECORDED / "events_glitchtip.json").read_text())
    details = json.loads((RECORDED / "issue_glitchtip.json").read_text())
    old = issue(INQUIRY, Sentry(lambda _: details))
    asked = []
    found = counted(old, answer, asked)
    assert [call for call, _ in asked] == ["issues/7/events/"]
    assert (found.trend, found.new, found.total, found.floor) == ("spike", True, 64, False)
    assert found.onset == old.first_seen
    assert found.bucket_seconds == 3600


def test_a_full_page_of_events_is_a_floor_and_says_so():
    moments = [NOW - timedelta(seconds=20 * place) for place in range(100)]
    found = counted(an_issue(first_seen=LONG_AGO), rows(moments, more=True))
    assert found.floor
    assert "there were more" in found.rule
    assert "at least 100 events" in found.finding
    assert found.bucket_seconds == 60
    assert found.trend == "constant"


def test_a_full_page_that_reaches_back_beyond_the_day_is_no_floor():
    moments = [NOW - timedelta(hours=place) for place in range(100)]
    found = counted(an_issue(first_seen=LONG_AGO), rows(moments, more=True))
    assert (found.floor, found.total) == (False, 25)


def test_no_events_left_are_absent():
    assert counted(an_issue(), None) is None
    assert counted(an_issue(), rows([])) is None


def test_the_events_are_those_of_the_issues_environment():
    asked = []
    counted(an_issue(environment="eu"), None, asked)
    assert asked[0][1]["environment"] == "eu"


@settings(deadline=None)
@given(
    ANY_JSON | st.fixed_dictionaries({"rows": st.lists(st.fixed_dictionaries({"dateCreated": ANY_JSON}), max_size=120)})
)
def test_whatever_comes_back_gives_a_frequency_or_none(answer):
    found = counted(an_issue(), answer)
    assert found is None or Frequency.model_validate_json(found.model_dump_json()) == found


@settings(deadline=None)
@given(
    st.lists(st.builds(Bucket, start=MOMENTS, count=st.integers(0, 2**62)), max_size=40),
    st.lists(st.builds(Bucket, start=MOMENTS, count=st.integers(0, 2**62)), max_size=5),
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.none() | st.integers(0, 2**62),
)
def test_any_counts_and_moments_give_a_frequency(hourly, daily, first, last, count):
    odd = an_issue(first_seen=first, last_seen=last, count=count, daily=tuple(daily))
    odd = odd.model_copy(update={"hourly": tuple(sorted(hourly, key=lambda one: one.start))})
    found = counted(odd, None)
    assert found is None or (found.rule and len(found.buckets) <= 48)
