"""The spread step calls a segment only what stands out of the project's other events."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.evidence.error import Error
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Issue
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.spread import Spread
from playbook.evidence.tags import Tag, Tags, TagValue
from playbook.evidence.unavailable import Unavailable
from playbook.sources.sentry import Sentry
from playbook.steps.spread import spread
from playbook.steps.tags import tags

RECORDED = Path(__file__).parents[1] / "recorded" / "sentry"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
INQUIRY = Inquiry(ref=IssueRef(issue_id="1"), at=NOW)
ISSUE = Issue(
    url="https://acme.sentry.io/issues/1/",
    id="1",
    short_id="BACKEND-1",
    title="t",
    error=Error(),
    project="backend",
    project_id="42",
    users=87,
    first_seen=NOW - timedelta(minutes=118),
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def tagged(**keys):
    return Tags(
        url=ISSUE.url,
        tags=tuple(
            Tag(
                key=key,
                values=tuple(TagValue(value=value, count=count) for value, count in values.items()),
                total=sum(count or 0 for count in values.values()),
            )
            for key, values in keys.items()
        ),
    )


def others(*rows):
    return {
        "data": [
            {"environment": environment, "server_name": server, "release": release, "count()": count}
            for environment, server, release, count in rows
        ]
    }


def compared(here, answer, issue=ISSUE, asked=None):
    def door(question):
        if asked is not None:
            asked.append((question.call, question.arguments))
        if isinstance(answer, Unavailable):
            raise answer
        return answer

    return spread(INQUIRY, issue, here, Sentry(door))


TWO_PLACES = others(("eu", "eu-1", "1.4", 200), ("us", "us-1", "1.4", 300), ("us", "us-2", "1.4", 100))


def test_an_issue_of_one_environment_only_is_a_segment_with_its_counts():
    found = compared(tagged(environment={"eu": 120}, release={"1.4": 120}), TWO_PLACES)
    assert found.reach == "segment"
    assert found.segments[0].told == "environment=eu: 120 of 120 events here, 200 of 600 in the project"
    assert found.users == 87


def test_an_issue_that_falls_as_all_others_do_is_everyones():
    here = tagged(
        environment={"eu": 400, "us": 800}, server_name={"eu-1": 400, "us-1": 600, "us-2": 200}, release={"1.4": 9}
    )
    found = compared(here, TWO_PLACES)
    assert (found.reach, found.segments, found.compared) == ("everyone", (), ("environment", "server_name"))


def test_the_recorded_answers_say_everyone_of_the_two_servers():
    here = tags(ISSUE, Sentry(lambda _: json.loads((RECORDED / "tags.json").read_text())))
    found = compared(here, json.loads((RECORDED / "event_counts.json").read_text()))
    assert found.reach == "everyone"
    assert "of the same release" in found.rule


def test_the_baseline_is_one_call_without_the_issue_over_the_issues_own_lifetime():
    asked = []
    compared(tagged(environment={"eu": 120}), TWO_PLACES, asked=asked)
    ((call, arguments),) = asked
    assert call == "events/"
    assert arguments["query"] == "!issue:BACKEND-1"
    assert arguments["field"] == ["environment", "server_name", "release", "count()"]
    assert (arguments["project"], arguments["statsPeriod"]) == ("42", "2h")


@pytest.mark.parametrize(
    ("age", "period"),
    [
        (timedelta(minutes=3), "1h"),
        (timedelta(hours=47, minutes=5), "48h"),
        (timedelta(days=10), "10d"),
        (timedelta(days=400), "90d"),
        (None, "90d"),
        (-timedelta(hours=1), "1h"),
    ],
)
def test_the_period_is_the_issues_age(age, period):
    asked = []
    old = ISSUE.model_copy(update={"first_seen": NOW - age if age is not None else None})
    compared(tagged(environment={"eu": 120}), TWO_PLACES, old, asked)
    assert asked[0][1]["statsPeriod"] == period


def test_a_narrowed_issue_is_compared_within_its_environment_and_never_by_it():
    asked = []
    narrowed = ISSUE.model_copy(update={"environment": 'eu "west"'})
    found = compared(tagged(environment={"eu": 120}, server_name={"eu-1": 120}), TWO_PLACES, narrowed, asked)
    assert asked[0][1]["query"] == '!issue:BACKEND-1 environment:"eu \\"west\\""'
    assert found.compared == ("server_name",)


def test_a_new_release_is_no_segment():
    """Everything that is new is over-represented in the newest release, and on the servers that came with it."""
    here = tagged(environment={"eu": 60, "us": 60}, server_name={"pod-x": 60, "pod-y": 60}, release={"1.5": 120})
    found = compared(here, others(("eu", "pod-a", "1.4", 300), ("us", "pod-b", "1.4", 300)))
    assert found.reach == "everyone"
    assert found.compared == ("environment",)


def test_only_the_issues_own_release_is_compared_where_it_has_other_events():
    answer = others(("eu", "a", "1.5", 100), ("us", "b", "1.4", 900))
    found = compared(tagged(environment={"eu": 120}, release={"1.5": 120}), answer)
    assert found.segments == ()


def test_a_server_among_its_peers_can_be_a_segment():
    found = compared(tagged(server_name={"us-2": 80}, release={"1.4": 80}), TWO_PLACES)
    assert [(one.key, one.value) for one in found.segments] == [("server_name", "us-2")]


def test_one_environment_alone_is_not_called_a_segment_without_a_baseline():
    with pytest.raises(Unavailable, match="org:read"):
        compared(tagged(environment={"eu": 120}), Unavailable("the Sentry token lacks org:read"))
    with pytest.raises(Unavailable):
        compared(tagged(environment={"eu": 120}), None)


def test_a_few_events_cost_no_call_and_say_nothing():
    asked = []
    found = compared(tagged(environment={"eu": 7}), TWO_PLACES, asked=asked)
    assert (found.reach, asked) == ("too few to say", [])


def test_a_thin_baseline_says_nothing():
    assert compared(tagged(environment={"eu": 120}), others(("us", "u", "1.4", 20))).reach == "too few to say"
    assert compared(tagged(environment={"eu": 120}), {"data": []}).reach == "too few to say"


def test_a_project_with_one_environment_has_nobody_who_is_spared():
    assert compared(tagged(environment={"eu": 120}), others(("eu", "e", "1.4", 900))).reach == "too few to say"


def test_tags_that_are_not_counted_say_nothing():
    assert compared(tagged(environment={"eu": None}), TWO_PLACES).reach == "too few to say"


def test_events_without_environment_and_server_have_no_spread():
    assert compared(tagged(release={"1.4": 120}), TWO_PLACES) is None


def test_a_baseline_that_was_cut_off_is_said_to_be_and_judges_no_value_it_does_not_name():
    answer = others(*[("us", f"us-{place}", "1.4", 10) for place in range(100)])
    found = compared(tagged(environment={"eu": 120}, release={"1.4": 120}), answer)
    assert found.segments == ()
    assert found.shortfalls == ("only the 100 most frequent groups of the project's events were compared",)


@settings(deadline=None)
@given(
    ANY_JSON
    | st.lists(st.dictionaries(st.sampled_from(["environment", "server_name", "release", "count()"]), ANY_JSON))
)
def test_whatever_comes_back_gives_a_spread_or_a_sentence(answer):
    try:
        found = compared(tagged(environment={"eu": 120}, server_name={"eu-1": 120}), answer)
    except Unavailable as refusal:
        assert refusal.sentence
    else:
        assert Spread.model_validate_json(found.model_dump_json()) == found
