"""What the bot writes on the back of a message, by which it finds a post again whose answer was lost."""

import json
from http.client import IncompleteRead

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from bot.playground.slack.metadata import LARGEST, metadata_of
from bot.playground.slack.refused import Refused
from bot.playground.slack.web_api import call
from bot.playground.slack.workspace import Workspace
from tests.playground.house import rehearsal

HERE = "C0INCIDENTS"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)
RUN = {"event_type": "diagnose_run", "event_payload": {"run": "r-1"}}


@pytest.fixture
def workspace():
    made = Workspace("http://127.0.0.1:1")
    yield made
    made.close()


def asked(workspace, method, **given):
    return call(workspace, method, given, workspace.bot_token).body


def test_history_and_replies_give_it_back_whole_only_to_those_who_ask(workspace):
    ts = asked(workspace, "chat.postMessage", channel=HERE, text="card", metadata=RUN)["ts"]
    for method, more in (("conversations.history", {}), ("conversations.replies", {"ts": ts})):
        told = asked(workspace, method, channel=HERE, **more)["messages"]
        assert [one["metadata"] for one in told] == [{"event_type": "diagnose_run"}]
        whole = asked(workspace, method, channel=HERE, include_all_metadata="true", **more)["messages"]
        assert [one["metadata"] for one in whole] == [RUN]


def test_it_is_found_again_in_a_thread_page_by_page(workspace):
    head = asked(workspace, "chat.postMessage", channel=HERE, text="alert")["ts"]
    runs = [{**RUN, "event_payload": {"run": f"r-{n}"}} for n in range(5)]
    for run in runs:
        asked(workspace, "chat.postMessage", channel=HERE, thread_ts=head, text="card", metadata=json.dumps(run))
    found, cursor = [], ""
    while not found or cursor:
        page = asked(
            workspace, "conversations.replies", channel=HERE, ts=head, limit=2, cursor=cursor, include_all_metadata=True
        )
        found += page["messages"]
        cursor = page.get("response_metadata", {}).get("next_cursor", "")
    assert [one["metadata"] for one in found if "metadata" in one] == runs


def test_an_edit_keeps_it_unless_it_names_another(workspace):
    ts = asked(workspace, "chat.postMessage", channel=HERE, text="plan", metadata=RUN)["ts"]
    asked(workspace, "chat.update", channel=HERE, ts=ts, text="card")
    other = {**RUN, "event_payload": {"run": "r-2"}}
    assert asked(workspace, "chat.update", channel=HERE, ts=ts, text="card")["message"]["metadata"] == RUN
    asked(workspace, "chat.update", channel=HERE, ts=ts, text="card", metadata=other)
    (told,) = asked(workspace, "conversations.history", channel=HERE, include_all_metadata=True)["messages"]
    assert told["metadata"] == other


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ("{", "invalid_metadata_format"),
        ([RUN], "invalid_metadata_format"),
        ({"event_type": "x"}, "invalid_metadata_format"),
        ({"event_type": 1, "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"a": {"b": {"c": 1}}}}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"a": None}}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"a": "b" * LARGEST}}, "metadata_too_large"),
    ],
)
def test_what_is_no_metadata_is_refused_and_nothing_is_posted(workspace, wrong, error):
    assert asked(workspace, "chat.postMessage", channel=HERE, text="x", metadata=wrong)["error"] == error
    assert asked(workspace, "conversations.history", channel=HERE)["messages"] == []


def test_an_event_type_with_a_dot_is_dropped_without_a_word(workspace):
    told = asked(workspace, "chat.postMessage", channel=HERE, text="x", metadata={**RUN, "event_type": "diagnose.run"})
    assert told["ok"]
    assert "metadata" not in told["message"]


@given(VALUES)
def test_anything_is_kept_whole_or_refused(value):
    try:
        kept = metadata_of({"metadata": {"event_type": "run", "event_payload": {"value": value}}})
    except Refused as refused:
        assert refused.error == "invalid_metadata_format"
    else:
        assert kept == {"event_type": "run", "event_payload": {"value": value}}


def test_a_post_whose_answer_was_lost_stands_once_and_is_found_by_it(tmp_path):
    with rehearsal(tmp_path) as running:
        running.workspace.faults.lose_answers(1)
        with pytest.raises(IncompleteRead):
            running.client.chat_postMessage(channel=HERE, text="card", metadata=RUN)
        (told,) = running.client.conversations_history(channel=HERE, include_all_metadata=True)["messages"]
        assert told["metadata"] == RUN
        assert running.client.chat_postMessage(channel=HERE, text="next")["ok"]


def test_a_slack_that_refuses_says_for_how_long_and_nothing_is_posted(tmp_path):
    with rehearsal(tmp_path) as running:
        running.workspace.faults.refuse(30)
        with pytest.raises(SlackApiError) as refused:
            running.client.chat_postMessage(channel=HERE, text="card")
        assert refused.value.response.status_code == 429
        assert 28 <= int(refused.value.response.headers["Retry-After"]) <= 30
        assert running.client.conversations_history(channel=HERE)["messages"] == []
        running.workspace.faults.refuse(0)
        assert running.client.chat_postMessage(channel=HERE, text="card")["ok"]
