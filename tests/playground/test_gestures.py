"""What a person does in the page becomes what Slack would send, or a sentence that says why it did not."""

import json
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.slack import gestures
from bot.playground.slack.people import BOT
from bot.playground.slack.refused import NotDone
from bot.playground.slack.times import Times
from bot.playground.slack.workspace import Workspace
from tests.playground.house import until

BUTTON = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}
ACTIONS = {"type": "actions", "block_id": "b", "elements": [BUTTON]}


class Ear:
    """A socket that acknowledges everything, with an answer of the test's choice."""

    def __init__(self, workspace):
        self.workspace, self.got, self.answers = workspace, deque(), {}
        workspace.envelopes.join(self)

    def send(self, text):
        told = json.loads(text)
        self.got.append(told)
        payload = told["payload"]
        answer = self.answers.get(payload.get("type") or told["type"])
        if answer != "silence":
            self.workspace.timetable.after(
                0, lambda: self.workspace.envelopes.acknowledge(json.dumps({**told, "payload": answer or {}}))
            )

    def heard(self, kind):
        return [one["payload"] for one in self.got if kind in {one["type"], one["payload"].get("type")}]

    def events(self):
        return [payload["event"] for payload in self.heard("events_api")]


@pytest.fixture
def workspace():
    made = Workspace("http://127.0.0.1:1", times=Times(acknowledge=0.3))
    yield made
    made.close()


@pytest.fixture
def ear(workspace):
    return Ear(workspace)


def shown(workspace, channel="C0INCIDENTS"):
    return [one for one in workspace.snapshot()["messages"] if one["channel"] == channel]


def posted(workspace, *blocks, channel="C0INCIDENTS"):
    return workspace.post(BOT, workspace.conversations[channel], "x", list(blocks))["ts"]


def opened(workspace, *blocks, **more):
    given = {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": list(blocks), "callback_id": "c"}
    return workspace.views.open({**given, **more})


ASKING = {
    "type": "input",
    "block_id": "i",
    "label": {"type": "plain_text", "text": "x"},
    "element": {"type": "plain_text_input", "action_id": "a"},
}
SEND = {"type": "plain_text", "text": "Send"}


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("@diagnose SHOP-42", "<@U0DIAGNOSE> SHOP-42"),
        ("ask @nobody", "ask @nobody"),
        ("see https://e.com/?a=1&b=2 there", "see <https://e.com/?a=1&amp;b=2> there"),
        ("is it https://e.com/issues/1/?", "is it <https://e.com/issues/1/>?"),
        ("(https://e.com/a), https://e.com/b.", "(<https://e.com/a>), <https://e.com/b>."),
        ("<!channel> <@U0YOU>", "&lt;!channel&gt; &lt;@U0YOU&gt;"),
    ],
)
def test_what_is_typed_is_stored_as_slack_stores_it(workspace, typed, stored):
    gestures.act(workspace, {"do": "say", "channel": "C0INCIDENTS", "text": typed})
    assert shown(workspace)[0]["text"] == stored


def test_a_mention_is_a_message_and_a_mention(workspace, ear):
    gestures.act(workspace, {"do": "say", "channel": "C0INCIDENTS", "text": "@diagnose help"})
    message, mention = ear.events()
    assert (message["type"], mention["type"]) == ("message", "app_mention")
    assert message["ts"] == mention["ts"]
    assert "channel_type" not in mention


def test_a_mention_where_the_bot_is_not_is_answered_with_how_to_let_it_in(workspace, ear):
    gestures.act(workspace, {"do": "say", "channel": "C0RANDOM", "text": "@diagnose help"})
    assert ear.events() == []
    assert "/invite @diagnose" in shown(workspace, "C0RANDOM")[1]["text"]


def test_an_invitation_lets_the_bot_in(workspace, ear):
    gestures.act(workspace, {"do": "say", "channel": "C0RANDOM", "text": "/invite @diagnose"})
    gestures.act(workspace, {"do": "say", "channel": "C0RANDOM", "text": "hello"})
    assert [one.get("subtype") for one in ear.events()] == ["channel_join", None]
    with pytest.raises(NotDone, match="already in #random"):
        gestures.act(workspace, {"do": "say", "channel": "C0RANDOM", "text": "/invite @diagnose"})


def test_a_command_is_sent_as_typed_and_shows_nothing_by_itself(workspace, ear):
    gestures.act(workspace, {"do": "say", "channel": "C0INCIDENTS", "text": "/diagnose <https://e.com?a&b> now"})
    (payload,) = ear.heard("slash_commands")
    assert (payload["command"], payload["text"]) == ("/diagnose", "<https://e.com?a&b> now")
    assert shown(workspace) == []


@pytest.mark.parametrize(("kind", "alone"), [({}, True), ({"response_type": "in_channel"}, False)])
def test_what_a_command_is_acknowledged_with_is_shown(workspace, ear, kind, alone):
    ear.answers["slash_commands"] = {"text": "on it", **kind}
    gestures.act(workspace, {"do": "say", "channel": "C0INCIDENTS", "text": "/diagnose x"})
    until(lambda: shown(workspace))
    assert (shown(workspace)[0]["text"], shown(workspace)[0].get("ephemeral", False)) == ("on it", alone)


def test_a_command_that_nobody_acknowledges_fails_as_in_slack(workspace, ear):
    ear.answers["slash_commands"] = "silence"
    gestures.act(workspace, {"do": "say", "channel": "C0INCIDENTS", "text": "/diagnose x"})
    until(lambda: shown(workspace))
    assert shown(workspace)[0]["text"] == '/diagnose failed with the error "operation_timeout"'


def test_a_press_that_nobody_acknowledges_is_told_where_it_was_pressed(workspace, ear):
    ear.answers["block_actions"] = "silence"
    ts = posted(workspace, ACTIONS)
    gestures.act(workspace, {"do": "press", "channel": "C0INCIDENTS", "ts": ts, "block_id": "b", "action_id": "go"})
    until(lambda: len(shown(workspace)) == 2)
    assert "did not respond" in shown(workspace)[1]["text"]
    assert len(ear.heard("block_actions")) == 1


def test_a_press_brings_the_element_as_it_was_posted_whatever_the_page_says(workspace, ear):
    ts = posted(workspace, ACTIONS)
    press = {"do": "press", "channel": "C0INCIDENTS", "ts": ts, "block_id": "b", "action_id": "go"}
    gestures.act(workspace, {**press, "element": {"type": "button", "value": "forged"}})
    assert ear.heard("block_actions")[0]["actions"][0]["value"] == "1"


REFUSED = {
    "a command that there is not": ({"do": "say", "channel": "C0INCIDENTS", "text": "/deploy"}, "not a command here"),
    "a command in a thread": (
        {"do": "say", "channel": "C0INCIDENTS", "text": "/diagnose x", "thread_ts": "1.1"}, "not supported in threads",
    ),
    "a command without a bot": ({"do": "say", "channel": "C0INCIDENTS", "text": "/diagnose x"}, "not connected"),
    "nothing said": ({"do": "say", "channel": "C0INCIDENTS", "text": " "}, "nothing to say"),
    "too much said": ({"do": "say", "channel": "C0INCIDENTS", "text": "x" * 12_001}, "at most 12,000"),
    "a channel that there is not": ({"do": "say", "channel": "C9", "text": "x"}, "no such channel"),
    "a message that is gone": ({"do": "press", "channel": "C0INCIDENTS", "ts": "1.1"}, "gone"),
    "a window that is closed": ({"do": "submit", "view_id": "V9"}, "closed"),
    "a shortcut that there is not": ({"do": "shortcut", "callback_id": "x"}, "no shortcut"),
    "an act that there is not": ({"do": "dance"}, "nothing that can be done"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_is_told_in_a_sentence(workspace, name):
    given, told = REFUSED[name]
    with pytest.raises(NotDone, match=told) as refused:
        gestures.act(workspace, given)
    assert len(str(refused.value)) < 200


def test_only_what_you_alone_see_can_be_dismissed(workspace):
    ts = workspace.whisper("C0INCIDENTS", "x")
    gestures.act(workspace, {"do": "delete", "channel": "C0INCIDENTS", "ts": ts})
    assert shown(workspace) == []
    with pytest.raises(NotDone, match="visible to you alone"):
        gestures.act(workspace, {"do": "delete", "channel": "C0INCIDENTS", "ts": posted(workspace)})


@pytest.mark.parametrize(
    ("answer", "left", "gives"),
    [
        ({}, 1, {}),
        ({"response_action": "clear"}, 0, {}),
        ({"response_action": "errors", "errors": {"i": "no"}}, 2, {"ok": False, "error": "no", "errors": {"i": "no"}}),
    ],
)
def test_the_answer_to_a_modal_is_obeyed(workspace, ear, answer, left, gives):
    opened(workspace, ASKING, submit=SEND)
    given = {"type": "modal", "title": SEND, "blocks": [ASKING], "submit": SEND}
    view = workspace.views.push(given)
    ear.answers["view_submission"] = answer
    told = gestures.act(workspace, {"do": "submit", "view_id": view["id"], "values": {"i": {"a": {"value": "x"}}}})
    assert (len(workspace.views.stack), told) == (left, gives)
    assert ear.heard("view_submission")[0]["view"]["state"]["values"]["i"]["a"]["value"] == "x"


@pytest.mark.parametrize(("action", "titles"), [("update", ["new"]), ("push", ["x", "new"])])
def test_a_view_in_the_answer_is_shown(workspace, ear, action, titles):
    view = opened(workspace, ASKING, submit=SEND)
    fresh = {"type": "modal", "title": {"type": "plain_text", "text": "new"}, "blocks": [{"type": "divider"}]}
    ear.answers["view_submission"] = {"response_action": action, "view": fresh}
    gestures.act(workspace, {"do": "submit", "view_id": view["id"], "values": {"i": {"a": {"value": "x"}}}})
    assert [one["title"]["text"] for one in workspace.views.stack] == titles


def test_a_modal_that_nobody_answers_stays_open_and_says_so(workspace, ear):
    ear.answers["view_submission"] = "silence"
    view = opened(workspace, {"type": "divider"}, submit=SEND)
    with pytest.raises(NotDone, match="trouble connecting"):
        gestures.act(workspace, {"do": "submit", "view_id": view["id"]})
    assert len(workspace.views.stack) == 1


def test_a_field_that_must_be_filled_is_asked_for_before_anything_is_sent(workspace, ear):
    view = opened(workspace, ASKING, submit=SEND)
    told = gestures.act(workspace, {"do": "submit", "view_id": view["id"], "values": {}})
    assert told["errors"] == {"i": "Please complete this required field."}
    assert ear.heard("view_submission") == []


@pytest.mark.parametrize("wants", [True, False])
def test_the_bot_hears_of_a_closed_modal_if_it_wants_to(workspace, ear, wants):
    view = opened(workspace, {"type": "divider"}, notify_on_close=wants)
    gestures.act(workspace, {"do": "close", "view_id": view["id"]})
    assert workspace.views.stack == []
    assert [one["is_cleared"] for one in ear.heard("view_closed")] == ([False] if wants else [])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"do": st.sampled_from(["say", "press", "shortcut", "submit", "close", "delete"]) | JSON},
        optional={
            name: JSON | st.sampled_from(["C0INCIDENTS", "b", "go", "V1", "diagnose_message"])
            for name in ("channel", "ts", "text", "thread_ts", "block_id", "action_id", "chosen", "values", "view_id")
        },
    )
)
def test_whatever_the_page_sends_is_done_or_refused(given_):
    workspace = Workspace("http://127.0.0.1:1")
    opened(workspace, ASKING, ACTIONS, submit=SEND)
    try:
        assert isinstance(gestures.act(workspace, given_), dict)
    except NotDone as refused:
        assert str(refused)
    json.dumps(workspace.snapshot())
