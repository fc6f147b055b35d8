"""The tags step keeps what says where and what, and drops who."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbook.evidence.error import Error
from playbook.evidence.issue import Issue
from playbook.evidence.tags import Tags, is_personal
from playbook.evidence.unavailable import Unavailable
from playbook.sources.sentry import Sentry
from playbook.steps.tags import tags

RECORDED = Path(__file__).parents[1] / "recorded" / "sentry" / "tags.json"
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
ISSUE = Issue(
    url="https://acme.sentry.io/issues/1/",
    id="1",
    short_id="BACKEND-1",
    title="t",
    error=Error(),
    project="backend",
    project_id="42",
    first_seen=datetime(2026, 11, 20, 10, tzinfo=UTC),
)


def read(answer, issue=ISSUE, asked=None):
    def door(question):
        if asked is not None:
            asked.append((question.call, question.arguments))
        return answer

    return tags(issue, Sentry(door))


def test_values_are_kept_with_their_counts_most_frequent_first():
    found = read(json.loads(RECORDED.read_text()))
    assert [(one.value, one.count) for one in found.values("server_name")] == [("web-1", 763), ("web-2", 760)]
    assert found.tag("environment").total == 1523
    assert (found.tag("server_name").total, found.tag("server_name").unique) == (None, 2)
    assert found.values("level")[0].count is None
    assert found.values("tenant")[0].value == "acme"


def test_nobody_is_named_and_nothing_typed_is_kept():
    found = read(json.loads(RECORDED.read_text()))
    assert {tag.key for tag in found.tags} == {"environment", "release", "server_name", "url", "tenant", "level"}
    assert [one.value for one in found.values("url")] == ["shop.example.com/api/orders/"]
    assert "someone" not in found.model_dump_json()


@pytest.mark.parametrize(
    "key",
    ["user", "user.id", "userEmail", "ip", "client_ip", "clientIp", "http.query", "session_id", "x-forwarded-for"],
)
def test_keys_about_people_are_personal(key):
    assert is_personal(key)


@pytest.mark.parametrize(
    "key",
    ["environment", "server_name", "tenant", "customer", "description", "zip", "shipping", "transaction", "os.name"],
)
def test_keys_about_systems_and_tenants_are_not(key):
    assert not is_personal(key)


def test_the_tags_are_those_of_the_issues_environment():
    asked = []
    read([], ISSUE.model_copy(update={"environment": "eu"}), asked)
    assert asked == [("issues/1/tags/", {"environment": "eu"})]


def test_no_tags_are_absent_and_no_list_is_unavailable():
    assert read([]) is None
    assert read(None) is None
    assert read([{"key": "user", "topValues": [{"value": "id:1"}]}]) is None
    with pytest.raises(Unavailable):
        read({"detail": "something else"})


@settings(deadline=None)
@given(ANY_JSON | st.lists(st.fixed_dictionaries({"key": ANY_JSON, "topValues": ANY_JSON, "totalValues": ANY_JSON})))
def test_whatever_comes_back_gives_tags_or_none_or_a_sentence(answer):
    try:
        found = read(answer)
    except Unavailable as refusal:
        assert refusal.sentence
    else:
        assert found is None or Tags.model_validate_json(found.model_dump_json()) == found
