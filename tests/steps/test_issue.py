"""The issue step reads what Sentry and its lookalikes send, and says plainly when there is no issue."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Issue
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable
from playbook.sources.sentry import Sentry
from playbook.steps.issue import issue

RECORDED = Path(__file__).parents[1] / "recorded" / "sentry"
NOW = datetime(2026, 11, 20, 12, 0, 36, tzinfo=UTC)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def recorded(name, **changes):
    return {**json.loads((RECORDED / name).read_text()), **changes}


def inquiry(**ref):
    return Inquiry(ref=IssueRef(**ref), at=NOW, sentry_url="https://sentry.example.com/", organization="acme")


def looked_up(answer, asked=None, **ref):
    def door(question):
        if asked is not None:
            asked.append((question.call, question.arguments))
        return answer(question) if callable(answer) else answer

    return issue(inquiry(**(ref or {"issue_id": "5551234567"})), Sentry(door))


def test_every_documented_field_is_read():
    found = looked_up(recorded("issue.json"))
    assert (found.id, found.short_id, found.project, found.project_id) == ("5551234567", "BACKEND-4KD", "backend", "42")
    assert (found.error.type, found.error.value.splitlines()[0]) == (
        "ProgrammingError",
        'relation "orders_order" does not exist',
    )
    assert (found.priority, found.status, found.substatus, found.level) == ("high", "unresolved", "new", "error")
    assert (found.count, found.users) == (1523, 87)
    assert found.first_seen == datetime(2026, 11, 20, 10, 2, 2, 345000, tzinfo=UTC)
    assert (found.first_release, found.last_release) == ("backend@1.4.0", "backend@1.4.0")
    assert not found.merged


def test_the_hours_and_days_that_came_along_are_kept_oldest_first():
    found = looked_up(recorded("issue.json"))
    assert [bucket.count for bucket in found.hourly[-4:]] == [0, 702, 811, 10]
    assert found.hourly[-1].start == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert (len(found.hourly), len(found.daily), found.daily[-1].count) == (25, 31, 1523)


def test_the_error_is_never_taken_from_the_title():
    assert looked_up(recorded("issue.json", metadata={})).error.value == ""
    assert looked_up(recorded("issue.json", metadata={"title": "Something"})).error.type is None


def test_glitchtip_gives_an_issue_with_a_link_on_the_configured_host():
    found = looked_up(recorded("issue_glitchtip.json"), issue_id="7")
    assert found.url == "https://sentry.example.com/organizations/acme/issues/7/"
    assert (found.priority, found.first_release, found.hourly, found.count) == (None, None, (), 64)


def test_without_an_organization_the_link_leaves_it_out():
    asked = Inquiry(ref=IssueRef(issue_id="7"), at=NOW)
    assert asked.issue_url("7") == "https://sentry.io/issues/7/"
    assert asked.issue_url("7", "a" * 32).endswith(f"/issues/7/events/{'a' * 32}/")


@pytest.mark.parametrize("permalink", [None, "Not implemented", "javascript:alert(1)", "https://evil.example|x>", 7])
def test_a_permalink_that_is_no_url_is_not_used(permalink):
    found = looked_up(recorded("issue.json", permalink=permalink))
    assert found.url == "https://sentry.example.com/organizations/acme/issues/5551234567/"


def test_an_answer_with_another_id_is_a_merged_issue():
    assert looked_up(recorded("issue.json"), issue_id="41").merged
    assert looked_up(recorded("issue.json"), short_id="BACKEND-1").merged


def test_a_short_id_is_the_same_however_its_number_is_spelled():
    assert not looked_up(recorded("issue.json"), short_id="BACKEND-4KD").merged
    assert not looked_up(recorded("issue.json", shortId="BACKEND-10"), short_id="BACKEND-1O").merged


def test_an_event_id_alone_is_looked_up_first():
    asked = []

    def answers(question):
        if question.call.startswith("eventids/"):
            return {"groupId": "5551234567", "event": {}}
        return recorded("issue.json")

    found = looked_up(answers, asked, event_id="a" * 32)
    assert [call for call, _ in asked] == [f"eventids/{'a' * 32}/", "issues/5551234567/"]
    assert not found.merged


@pytest.mark.parametrize("ref", [{"issue_id": "1"}, {"short_id": "SHOP-42"}, {"event_id": "b" * 32}])
def test_no_such_issue_is_one_sentence_that_names_what_was_asked(ref):
    with pytest.raises(Unavailable) as refusal:
        looked_up(None, **ref)
    assert next(iter(ref.values())) in refusal.value.sentence
    assert "\n" not in refusal.value.sentence


def test_an_unknown_environment_costs_the_narrowing_and_not_the_issue():
    asked = []
    found = looked_up(
        lambda question: None if question.arguments.get("environment") else recorded("issue.json"),
        asked,
        issue_id="5551234567",
        environment="prdo",
    )
    assert [arguments.get("environment") for _, arguments in asked] == ["prdo", None]
    assert found.environment is None


def test_the_environment_of_the_link_narrows_the_figures():
    asked = []
    found = looked_up(recorded("issue.json"), asked, issue_id="5551234567", environment="production")
    assert asked == [("issues/5551234567/", {"environment": "production"})]
    assert found.environment == "production"


@settings(deadline=None)
@given(ANY_JSON)
def test_whatever_comes_back_gives_an_issue_or_a_sentence(answer):
    try:
        found = looked_up(answer)
    except Unavailable as refusal:
        assert refusal.sentence
    else:
        assert Issue.model_validate_json(found.model_dump_json()) == found


@settings(deadline=None)
@given(st.sampled_from(sorted(recorded("issue.json"))), ANY_JSON)
def test_any_field_may_hold_anything(field, value):
    try:
        found = looked_up(recorded("issue.json", **{field: value}))
    except Unavailable:
        assert field == "id"
    else:
        assert found.finding
