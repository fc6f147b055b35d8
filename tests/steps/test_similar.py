"""Other issues of the project, compared by subject, first release and minute."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.evidence.issue import Bucket
from playbook.evidence.prescription import Prescription
from playbook.sources.sentry import Sentry
from playbook.steps.similar import similar
from tests.facts import ONSET, an_event, an_issue

HOURLY = (Bucket(start=ONSET, count=3),)


def row(number, value="division by zero", after_minutes=600.0, **given):
    return {
        "id": str(number),
        "shortId": f"BACKEND-{number}",
        "title": "Error",
        "metadata": {"type": "ProgrammingError", "value": value},
        "firstSeen": (ONSET + timedelta(minutes=after_minutes)).isoformat(),
        "count": "12",
        **given,
    }


def look(rows, issue=None, event=None, more=False):
    asked = []

    def door(question):
        asked.append(question.arguments["query"])
        return {"rows": rows, "more": more} if isinstance(rows, list) else rows

    found = similar(issue or an_issue(), event, None, Prescription(same_trouble="orders_order"), Sentry(door))
    return found, asked


def without_release(**given):
    return an_issue(first_release=None, last_release=None, **given)


def test_issues_of_the_same_first_release_are_asked_for_and_said_to_share_it():
    found, asked = look([row(7)])
    assert asked == ['is:unresolved firstRelease:"backend@1.4.0"']
    assert [(one.short_id, one.shares, one.first_release) for one in found.issues] == [
        ("BACKEND-7", ("same first release",), "backend@1.4.0")
    ]


def test_a_version_with_signs_of_the_search_grammar_is_escaped():
    _, asked = look([], an_issue(first_release='a"b*c\\'))
    assert asked == ['is:unresolved firstRelease:"a\\"b\\*c\\\\"']


def test_without_a_release_those_are_asked_for_that_began_about_then():
    _, asked = look([], without_release(hourly=HOURLY))
    assert asked == ["is:unresolved firstSeen:>=2026-11-17T10:02:00Z"]


def test_a_server_that_is_not_sentry_is_not_asked_in_words_it_takes_for_tags():
    _, asked = look([], without_release(), an_event(release="backend@1.4.0"))
    assert asked == ["is:unresolved"]


def test_a_trouble_that_came_back_is_not_compared_by_its_first_release():
    found, asked = look([row(7)], an_issue(substatus="regressed"))
    assert (asked, found.issues) == (["is:unresolved"], ())


@pytest.mark.parametrize(
    ("value", "same"),
    [
        ('relation "orders_order" does not exist', True),
        ("no such table: ORDERS_ORDER", True),
        ('relation "orders_order_items" does not exist', False),
        ('relation "my_orders_order" does not exist', False),
    ],
)
def test_the_same_subject_is_the_whole_name(value, same):
    found, _ = look([row(7, value)], without_release(hourly=HOURLY))
    assert [one.shares for one in found.issues] == ([("same subject",)] if same else [])


def test_a_first_event_within_a_minute_of_the_onset_is_the_same_minute():
    found, _ = look([row(7, after_minutes=0.9), row(8, after_minutes=1.1)], without_release(hourly=HOURLY))
    assert [(one.id, one.shares) for one in found.issues] == [("7", ("same minute",))]


def test_the_issue_itself_is_no_similar_issue():
    found, _ = look([row("5551234567"), row(7)])
    assert (found.looked_at, [one.id for one in found.issues]) == (1, ["7"])


def test_the_most_alike_comes_first():
    found, _ = look([row(7), row(8, 'relation "orders_order" does not exist', 0)])
    assert [one.id for one in found.issues] == ["8", "7"]


def test_nothing_shared_is_told_as_looked_and_found_nothing():
    found, _ = look([], more=False)
    assert (found.issues, found.looked_at) == ((), 0)


def test_more_issues_than_a_page_are_said_to_be_more():
    assert look([row(7)], more=True)[0].more


def test_a_missing_permalink_is_built_from_the_issues_own_host():
    found, _ = look([row(7, permalink="Not implemented"), row(8, permalink="https://acme.sentry.io/issues/8/")])
    assert [one.url for one in found.issues] == [
        "https://acme.sentry.io/organizations/acme/issues/7/",
        "https://acme.sentry.io/issues/8/",
    ]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
issue_rows = st.fixed_dictionaries(
    {"id": anything},
    optional=dict.fromkeys(("shortId", "title", "metadata", "firstSeen", "count", "project", "permalink"), anything),
)


@given(anything | st.lists(issue_rows))
def test_no_answer_of_sentry_ever_raises(answer):
    found, _ = look(answer)
    assert all(one.shares and one.title and one.url for one in found.issues)
