"""The smaller stand-in for Slack that other tests use: it loses answers, refuses for a while, and keeps metadata."""

from http.client import HTTPException

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.stand_ins.slack_server import SlackServer

HERE = "C0HERE"
RUN = {"event_type": "diagnose_run", "event_payload": {"run": "r-1"}}


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def client(slack):
    return WebClient("xoxb-test", base_url=slack.url, timeout=10, retry_handlers=[])


def test_a_post_whose_answer_is_lost_stands_and_is_found_by_its_metadata(slack, client):
    slack.lose_answers(2)
    for _ in range(2):
        with pytest.raises((HTTPException, OSError)):
            client.chat_postMessage(channel=HERE, text="card", metadata=RUN)
    client.chat_postMessage(channel=HERE, text="another")
    told = client.conversations_history(channel=HERE, include_all_metadata=True)["messages"]
    assert [one.get("metadata") for one in told] == [None, RUN, RUN]
    bare = client.conversations_history(channel=HERE)["messages"]
    assert [one.get("metadata") for one in bare] == [None, *[{"event_type": "diagnose_run"}] * 2]


def test_slack_sdk_by_itself_posts_again_what_was_posted(slack):
    """Why a bot that must not post twice gives its client no retry handlers."""
    slack.lose_answers(1)
    WebClient("xoxb-test", base_url=slack.url, timeout=10).chat_postMessage(channel=HERE, text="card")
    assert len(slack.messages) == 2


def test_it_refuses_everything_or_one_method_for_a_while(slack, client):
    slack.refuse(60, "chat.update")
    ts = client.chat_postMessage(channel=HERE, text="card")["ts"]
    with pytest.raises(SlackApiError) as refused:
        client.chat_update(channel=HERE, ts=ts, text="later")
    assert refused.value.response.status_code == 429
    assert int(refused.value.response.headers["Retry-After"]) in {59, 60}
    slack.refuse(60)
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel=HERE, text="card")
    slack.refuse(0)
    slack.refuse(0, "chat.update")
    assert client.chat_update(channel=HERE, ts=ts, text="later")["ok"]


def test_a_thread_is_told_with_its_head_though_another_posted_it(slack, client):
    slack.others[(HERE, "1.000001")] = {"user": "U0SENTRY", "text": "alert"}
    reply = client.chat_postMessage(channel=HERE, thread_ts="1.000001", text="card", metadata=RUN)["ts"]
    told = client.conversations_replies(channel=HERE, ts="1.000001", include_all_metadata=True)["messages"]
    assert [(one["ts"], one.get("metadata")) for one in told] == [("1.000001", None), (reply, RUN)]
    with pytest.raises(SlackApiError, match="thread_not_found"):
        client.conversations_replies(channel=HERE, ts="2.000002")


def test_a_history_has_pages_ends_and_refusals(slack, client):
    stamps = [client.chat_postMessage(channel=HERE, text=str(n))["ts"] for n in range(5)]
    first = client.conversations_history(channel=HERE, limit=2)
    assert [one["ts"] for one in first["messages"]] == stamps[:2:-1]
    second = client.conversations_history(channel=HERE, limit=2, cursor=first["response_metadata"]["next_cursor"])
    assert [one["ts"] for one in second["messages"]] == stamps[2:0:-1]
    told = client.conversations_history(channel=HERE, oldest=stamps[1], latest=stamps[3], inclusive=True)["messages"]
    assert [one["ts"] for one in told] == stamps[3:0:-1]
    told = client.conversations_history(channel=HERE, oldest=stamps[1], latest=stamps[3])["messages"]
    assert [one["ts"] for one in told] == [stamps[2]]
    slack.not_in.add(HERE)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.conversations_history(channel=HERE)
    slack.lacking.add("conversations.history")
    with pytest.raises(SlackApiError, match="missing_scope"):
        client.conversations_history(channel=HERE)


def test_it_knows_people_groups_shared_channels_and_home_tabs(slack, client):
    slack.people["U1"], slack.groups["S1"], slack.shared[HERE] = "ada", ["U1"], {"U1"}
    assert client.users_info(user="U1")["user"]["name"] == "ada"
    assert client.usergroups_users_list(usergroup="S1")["users"] == ["U1"]
    assert [one["id"] for one in client.users_conversations(user="U1")["channels"]] == [HERE]
    assert client.users_conversations(user="U2")["channels"] == []
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    assert client.views_publish(user_id="U1", view=view)["view"]["id"]
    assert slack.homes["U1"] == view
