"""What Slack refuses, the playground refuses: one row for each limit and each rule of the reference of Slack's limits.

Each row is taken at its limit and refused one past it. Sources: the models of slack_sdk, docs.slack.dev, and for the
sum of all texts https://github.com/slackapi/bolt-js/issues/2509.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import requests
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

from bot.playground.slack.app import DIAGNOSE
from bot.playground.slack.limits import Limits
from bot.playground.slack.times import Times
from tests.playground.rehearsal import ALERTS, BOT, INCIDENTS, NOWHERE, RANDOM, YOU, Ear, Visit, visit

Json = dict[str, Any]


@pytest.fixture(scope="module")
def open_house():
    """One workspace for all that only tries what is taken; nobody is counted there."""
    with visit(limits=Limits({}), app=replace(DIAGNOSE, scopes=None)) as running:
        yield running, Ear(running)


@pytest.fixture
def at_work():
    with visit() as running:
        yield running


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def section(text: str = "x", **given: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **given}


def button(number: int = 0, **given: Any) -> Json:
    return {"type": "button", "action_id": f"a{number}", "text": plain("x"), **given}


def actions(*elements: Json, **given: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **given}


def select(options: int) -> Json:
    return {
        "type": "static_select", "action_id": "a", "placeholder": plain("x"),
        "options": [{"text": plain(f"{number}"), "value": f"{number}"} for number in range(options)],
    }  # fmt: skip


def feedback(number: int) -> Json:
    one = {"text": plain("x"), "value": "v"}
    return {"type": "feedback_buttons", "action_id": f"f{number}", "positive_button": one, "negative_button": one}


def markdown(text: str) -> Json:
    return {"type": "markdown", "text": text}


def table(rows: int = 1, columns: int = 1) -> Json:
    cell = {"type": "raw_text", "text": "x"}
    return {"type": "table", "rows": [[cell] * columns for _ in range(rows)]}


def plan(tasks: int = 1) -> Json:
    listed = [
        {"type": "task_card", "task_id": f"t{number}", "title": "x", "status": "complete"} for number in range(tasks)
    ]
    return {"type": "plan", "title": "x", "tasks": listed}


def bars(points: int = 2, series: int = 1, title: int = 5, label: int = 0, **given: Any) -> Json:
    labels = [f"p{number}" for number in range(points - 1)] + ["x" * label if label else "last"]
    drawn = [{"name": f"s{number}", "data": [{"label": one, "value": 1} for one in labels]} for number in range(series)]
    chart = {"type": "bar", "series": drawn, "axis_config": {"categories": labels}, **given}
    return {"type": "data_visualization", "title": "t" * title, "chart": chart}


def pie(*values: float, label: int = 1) -> Json:
    segments = [{"label": f"{number}".rjust(label, "x"), "value": value} for number, value in enumerate(values)]
    return {"type": "data_visualization", "title": "t", "chart": {"type": "pie", "segments": segments}}


def container(*inner: Json) -> Json:
    return {"type": "container", "title": plain("x"), "child_blocks": list(inner)}


def context_actions(elements: int) -> Json:
    return {"type": "context_actions", "elements": [feedback(number) for number in range(elements)]}


CARD = {"type": "card", "body": mrkdwn("x")}
ALERT = {"type": "alert", "text": mrkdwn("x"), "level": "info"}
FILE_INPUT = {"type": "input", "label": plain("x"), "element": {"type": "file_input", "action_id": "a"}}


@dataclass(frozen=True)
class Limit:
    """So many are taken, one more is refused."""

    name: str
    most: int
    blocks: Callable[[int], list[Json]]
    error: str = "invalid_blocks"


LIMITS = [
    Limit("blocks in a message", 50, lambda n: [section()] * n),
    Limit("characters in a section", 3_000, lambda n: [section("x" * n)]),
    Limit("fields of a section", 10, lambda n: [{"type": "section", "fields": [mrkdwn("x")] * n}]),
    Limit("characters in a field", 2_000, lambda n: [{"type": "section", "fields": [mrkdwn("x" * n)]}]),
    Limit("characters in a header", 150, lambda n: [{"type": "header", "text": plain("x" * n)}]),
    Limit("elements of a context", 10, lambda n: [{"type": "context", "elements": [mrkdwn("x")] * n}]),
    Limit("elements of actions", 25, lambda n: [actions(*(button(one) for one in range(n)))]),
    Limit("characters in a block_id", 255, lambda n: [section(block_id="b" * n)]),
    Limit("characters in an action_id", 255, lambda n: [actions({**button(), "action_id": "a" * n})]),
    Limit("characters on a button", 75, lambda n: [actions({**button(), "text": plain("x" * n)})]),
    Limit("characters in a button's value", 2_000, lambda n: [actions(button(value="v" * n))]),
    Limit("characters in a button's url", 3_000, lambda n: [actions(button(url="https://e.com/".ljust(n, "u")))]),
    Limit("options of a select", 100, lambda n: [actions(select(n))]),
    Limit("characters of markdown in a block", 12_000, lambda n: [markdown("x" * n)]),
    Limit("characters of markdown in all blocks", 12_000, lambda n: [*map(markdown, ("x" * 6_000, "x" * (n - 6_000)))]),
    Limit("elements of context_actions", 5, lambda n: [context_actions(n)]),
    Limit("rows of a table", 100, lambda n: [table(rows=n)]),
    Limit("columns of a table", 20, lambda n: [table(columns=n)]),
    Limit("tables in a message", 1, lambda n: [table()] * n),
    Limit("plans in a message", 1, lambda n: [plan()] * n),
    Limit("charts in a message", 2, lambda n: [bars()] * n),
    Limit("characters in a chart's title", 50, lambda n: [bars(title=n)]),
    Limit("characters in a chart's label", 20, lambda n: [bars(label=n)]),
    Limit("points of a chart's series", 20, lambda n: [bars(points=n)]),
    Limit("series of a chart", 6, lambda n: [bars(series=n)]),
    Limit("pieces of a pie", 6, lambda n: [pie(*range(1, n + 1))]),
    Limit("characters in the body of a card", 200, lambda n: [{"type": "card", "body": mrkdwn("x" * n)}]),
    Limit("cards of a carousel", 10, lambda n: [{"type": "carousel", "elements": [CARD] * n}]),
    Limit("characters in all blocks", 13_200, lambda n: [section("x" * 2_640)] * 4 + [section("x" * (n - 4 * 2_640))],
          "msg_blocks_too_long"),
]  # fmt: skip

MODAL_LIMITS: list[tuple[str, int, Callable[[int], Json]]] = [
    ("blocks in a modal", 100, lambda n: {"blocks": [section()] * n}),
    ("characters in a modal's title", 24, lambda n: {"title": plain("x" * n)}),
    ("characters in private_metadata", 3_000, lambda n: {"private_metadata": "x" * n}),
    ("characters in a callback_id", 255, lambda n: {"callback_id": "x" * n}),
    ("characters in a section of a modal", 3_000, lambda n: {"blocks": [section("x" * n)]}),
]

CLASHING = bars()
CLASHING["chart"]["series"] = [CLASHING["chart"]["series"][0]] * 2
STRAYING = bars()
STRAYING["chart"]["axis_config"]["categories"] = ["other", "last"]

FAULTS: list[tuple[str, list[Json]]] = [
    ("a block of unknown type", [{"type": "no_such_block"}]),
    ("a block without a type", [{"text": mrkdwn("x")}]),
    ("a section without text or fields", [{"type": "section"}]),
    ("a section with an empty text", [section("")]),
    ("a text of unknown type", [{"type": "section", "text": {"type": "html", "text": "x"}}]),
    ("a header in mrkdwn", [{"type": "header", "text": mrkdwn("x")}]),
    ("a button in mrkdwn", [actions({**button(), "text": mrkdwn("x")})]),
    ("a button of unknown style", [actions(button(style="loud"))]),
    ("actions without elements", [actions()]),
    ("a field that no block has", [section(colour="red")]),
    ("one block_id twice", [section(block_id="b"), section(block_id="b")]),
    ("one action_id twice in a block", [actions(button(1), button(1))]),
    ("an alert, which is for modals", [ALERT]),
    ("a file input, which is for modals", [FILE_INPUT]),
    ("two series of one name", [CLASHING]),
    ("points that are not the chart's categories", [STRAYING]),
    ("a pie with nothing in a piece", [pie(1, 0)]),
    ("a task of unknown status", [{**plan(0), "tasks": [{"task_id": "t", "title": "x", "status": "odd"}]}]),
    ("a table beside a second one", [table(), section(), table()]),
    ("a card with nothing in it", [{"type": "card"}]),
    ("a data table without a caption", [{"type": "data_table", "rows": [[{"type": "raw_text", "text": "x"}]] * 2}]),
]  # fmt: skip

WELL_FORMED: dict[str, list[Json]] = {
    "no blocks at all": [],
    "a section with fields alone": [{"type": "section", "fields": [mrkdwn("x"), plain("y")]}],
    "two block_ids": [section(block_id="a"), section(block_id="b")],
    "one action_id in two blocks": [actions(button(1)), actions(button(1))],
    "buttons of every style": [actions(button(1, style="primary"), button(2, style="danger"), button(3))],
    "a text with emoji": [{"type": "header", "text": {**plain("x"), "emoji": True}}],
    "an input": [{"type": "input", "label": plain("x"), "element": {"type": "plain_text_input", "action_id": "a"}}],
    "a plan of every status": [
        {
            "type": "plan",
            "title": "x",
            "tasks": [
                {"task_id": status, "title": "x", "status": status}
                for status in ("pending", "in_progress", "complete", "error")
            ],
        }
    ],
    "a pie": [pie(1, 2)],
    "two charts and a table": [bars(), bars(), table()],
    "a card with a body": [CARD],
    "a data table": [{"type": "data_table", "caption": "c", "rows": [[{"type": "raw_text", "text": "x"}]] * 2}],
    "a container with a table": [container(section(), table())],
    "rich text": [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
        }
    ],
}
"""The neighbours of the faults: what must not be refused along with them."""

NOT_IN_MODALS = {
    "markdown": markdown("x"),
    "table": table(),
    "plan": plan(),
    "container": container(section()),
    "context_actions": context_actions(1),
    "data_visualization": bars(),
}


def refusal(call: Callable[[], Any]) -> SlackApiError:
    with pytest.raises(SlackApiError) as caught:
        call()
    return caught.value


def posting(running: Visit, blocks: list[Json]) -> Callable[[], Any]:
    return lambda: running.client().chat_postMessage(channel=INCIDENTS, text="x", blocks=blocks)


def opening(running: Visit, ear: Ear, given: Json) -> Callable[[], Any]:
    view = {"type": "modal", "title": plain("x"), "blocks": [section()], **given}

    def call() -> Any:
        running.say("/diagnose x")
        trigger = ear.next("slash_commands").payload["trigger_id"]
        return running.client().views_open(trigger_id=trigger, view=view)

    return call


def validated(running: Visit, **given: Any) -> Json:
    """The answer of blocks.validate; slack_sdk raises on `ok: false`, the answer is in the error."""
    texts = {name: json.dumps(one) for name, one in given.items()}
    try:
        answer = running.client().api_call("blocks.validate", params=texts)
    except SlackApiError as refused:
        answer = refused.response
    assert isinstance(answer.data, dict)
    return dict(answer.data)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_a_message_is_taken_at_the_limit_and_refused_past_it(open_house, limit):
    running, _ = open_house
    assert posting(running, limit.blocks(limit.most))()["ok"]
    refused = refusal(posting(running, limit.blocks(limit.most + 1)))
    assert refused.response["error"] == limit.error


@pytest.mark.parametrize(("name", "most", "given"), MODAL_LIMITS, ids=[row[0] for row in MODAL_LIMITS])
def test_a_modal_is_taken_at_the_limit_and_refused_past_it(open_house, name, most, given):
    running, ear = open_house
    assert opening(running, ear, given(most))()["ok"]
    refused = refusal(opening(running, ear, given(most + 1)))
    assert refused.response["error"] == "invalid_arguments"
    assert refused.response["response_metadata"]["messages"]


def test_a_home_tab_has_at_most_a_hundred_blocks(open_house):
    running, _ = open_house
    assert validated(running, view={"type": "home", "blocks": [section()] * 100}) == {"ok": True}
    assert validated(running, view={"type": "home", "blocks": [section()] * 101})["error"] == "invalid_view"


def test_markdown_text_is_taken_up_to_twelve_thousand_characters_and_on_its_own(open_house):
    client = open_house[0].client()
    assert client.chat_postMessage(channel=INCIDENTS, markdown_text="x" * 12_000)["ok"]
    long = refusal(lambda: client.chat_postMessage(channel=INCIDENTS, markdown_text="x" * 12_001))
    assert long.response["error"] == "msg_too_long"
    both = refusal(lambda: client.chat_postMessage(channel=INCIDENTS, markdown_text="x", blocks=[section()]))
    assert both.response["error"] == "markdown_text_conflict"


@pytest.mark.parametrize(("name", "blocks"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_message_with_a_fault_is_refused(open_house, name, blocks):
    running, _ = open_house
    refused = refusal(posting(running, blocks))
    assert refused.response["error"] == "invalid_blocks"
    assert refused.response["response_metadata"]["messages"]
    posted = running.client().chat_postMessage(channel=INCIDENTS, text="to be edited")["ts"]
    edit = refusal(lambda: running.client().chat_update(channel=INCIDENTS, ts=posted, text="x", blocks=blocks))
    assert edit.response["error"] == "invalid_blocks"
    told = validated(running, blocks=blocks)
    assert (told["ok"], told["error"]) == (False, "invalid_blocks")


@pytest.mark.parametrize("name", WELL_FORMED)
def test_a_well_formed_message_is_taken_and_kept(open_house, name):
    running, _ = open_house
    posted = posting(running, WELL_FORMED[name])()
    kept = posted["message"].get("blocks", [])
    assert [one["type"] for one in kept] == [one["type"] for one in WELL_FORMED[name]]
    assert len({one["block_id"] for one in kept}) == len(kept)
    assert validated(running, blocks=WELL_FORMED[name]) == {"ok": True}


@pytest.mark.parametrize("kind", NOT_IN_MODALS)
def test_blocks_for_messages_are_taken_there_and_refused_in_modals(open_house, kind):
    running, ear = open_house
    assert posting(running, [NOT_IN_MODALS[kind]])()["ok"]
    refused = refusal(opening(running, ear, {"blocks": [NOT_IN_MODALS[kind]]}))
    assert refused.response["error"] == "invalid_arguments"


@pytest.mark.parametrize("block", [ALERT, FILE_INPUT], ids=["alert", "file_input"])
def test_blocks_for_modals_are_taken_there(open_house, block):
    running, ear = open_house
    assert opening(running, ear, {"blocks": [block], "submit": plain("Go")})()["ok"]


def test_blocks_that_are_no_list_of_objects_are_refused(open_house):
    running, _ = open_house
    for blocks in ("[", '{"type": "divider"}', "[1]"):
        refused = refusal(
            lambda blocks=blocks: running.client().api_call(
                "chat.postMessage", data={"channel": INCIDENTS, "text": "x", "blocks": blocks}
            )
        )
        assert refused.response["error"] in {"invalid_blocks_format", "invalid_blocks"}


def test_validation_answers_in_slacks_shape(open_house):
    running, _ = open_house
    assert validated(running, blocks=[section()]) == {"ok": True}
    assert validated(running, message={"blocks": [section()]}) == {"ok": True}
    view = {"type": "modal", "title": plain("x"), "blocks": [section()]}
    assert validated(running, view=view) == {"ok": True}
    told = validated(running, blocks=[{"type": "section", "text": {"type": "invalid", "text": "Hello"}}])
    assert (told["ok"], told["error"]) == (False, "invalid_blocks")
    (one,) = told["errors"]
    assert (one["pointer"], one["code"]) == ("/0/text/type", "failed_constraint")
    assert one["message"]
    assert one["constraint"]["type"] == "enum"
    assert set(one["constraint"]["expected"]) == {"plain_text", "mrkdwn"}


@pytest.mark.parametrize(
    ("given", "error", "pointer"),
    [
        ({"blocks": [{"type": "divider"}, section("x" * 3_001)]}, "invalid_blocks", "/1/text/text"),
        ({"message": {"blocks": [section("x" * 3_001)]}}, "invalid_message", "/blocks/0/text/text"),
        ({"view": {"type": "modal", "title": plain("x" * 25), "blocks": [section()]}}, "invalid_view", "/title/text"),
        ({"view": {"type": "modal", "title": plain("x"), "blocks": [markdown("x")]}}, "invalid_view", "/blocks/0/type"),
    ],
    ids=["blocks", "message", "view", "block in a view"],
)
def test_validation_points_at_what_is_wrong(open_house, given, error, pointer):
    told = validated(open_house[0], **given)
    assert told["error"] == error
    assert pointer in [one["pointer"] for one in told["errors"]]
    for one in told["errors"]:
        assert {"pointer", "code", "message"} <= set(one) <= {"pointer", "code", "message", "constraint", "field"}


def test_validation_does_not_miss_the_text(open_house):
    assert validated(open_house[0], message={"blocks": [section()]})["ok"]


@pytest.mark.parametrize("given", [{}, {"blocks": [], "view": {}}], ids=["nothing", "two at once"])
def test_validation_takes_exactly_one(open_house, given):
    told = validated(open_house[0], **given)
    assert (told["ok"], told["error"]) == (False, "invalid_arguments")
    assert told["response_metadata"]["messages"]


def test_validation_and_posting_agree_on_every_row(open_house):
    """A doctor that asks blocks.validate must not be told something else than the channel tells."""
    running, _ = open_house
    for limit in LIMITS:
        if limit.error == "invalid_blocks":
            assert validated(running, blocks=limit.blocks(limit.most)) == {"ok": True}, limit.name
            assert validated(running, blocks=limit.blocks(limit.most + 1))["error"] == "invalid_blocks", limit.name


def test_a_posted_text_is_cut_and_an_edited_or_whispered_one_refused(open_house):
    client = open_house[0].client()
    posted = client.chat_postMessage(channel=INCIDENTS, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    assert client.chat_postMessage(channel=INCIDENTS, text="x" * 40_000)["message"]["text"] == "x" * 40_000
    for length, edit in ((4_000, None), (4_001, "msg_too_long")):
        call = lambda length=length: client.chat_update(channel=INCIDENTS, ts=posted["ts"], text="x" * length)  # noqa: E731
        if edit is None:
            assert call()["ok"]
        else:
            assert refusal(call).response["error"] == edit
    whispered = refusal(lambda: client.chat_postEphemeral(channel=INCIDENTS, user=YOU, text="x" * 40_001))
    assert whispered.response["error"] == "msg_too_long"


def test_a_hundred_attachments_are_taken_and_no_more(open_house):
    client = open_house[0].client()
    given = [{"text": "x", "fallback": "x"}] * 100
    assert client.chat_postMessage(channel=INCIDENTS, text="x", attachments=given)["ok"]
    refused = refusal(lambda: client.chat_postMessage(channel=INCIDENTS, text="x", attachments=[*given, given[0]]))
    assert refused.response["error"] == "too_many_attachments"


def test_a_refused_message_is_not_shown_and_a_refused_edit_changes_nothing(at_work):
    client = at_work.client()
    posted = client.chat_postMessage(channel=INCIDENTS, text="as it was", blocks=[section("as it was")])["ts"]
    refusal(lambda: client.chat_update(channel=INCIDENTS, ts=posted, text="y", blocks=[section("")]))
    refusal(lambda: client.chat_postMessage(channel=INCIDENTS, text="z", blocks=[section("")]))
    at_work.say("afterwards")
    at_work.shows("afterwards")
    assert [one["text"] for one in at_work.feed.shown["messages"]] == ["as it was", "afterwards"]
    assert "edited" not in at_work.shows("as it was")


HALF = b"\\ud83d half of an emoji"  # JSON that is no text: the first half of a surrogate pair


def test_half_of_an_emoji_reaches_the_page_as_something_that_can_be_shown(at_work):
    """Text from outside may be cut anywhere; slack_sdk sends it as JSON escapes."""
    ear = Ear(at_work, acknowledge=False)
    headers = {"Authorization": f"Bearer {at_work.workspace.bot_token}", "Content-Type": "application/json"}
    posted = requests.post(
        f"{at_work.api}chat.postMessage", b'{"channel":"C0INCIDENTS","text":"%s"}' % HALF, headers=headers, timeout=10
    )
    assert (posted.status_code, posted.json()["ok"]) == (requests.codes.ok, True)
    at_work.shows("half of an emoji", user=BOT)
    said = requests.post(
        f"{at_work.address}/page/act", b'{"do":"say","channel":"C0ALERTS","text":"%s"}' % HALF, timeout=10
    )
    assert said.json()["ok"]
    at_work.shows("half of an emoji", user=YOU)
    at_work.say("/diagnose x")
    command = ear.next("slash_commands")
    answered = requests.post(command.payload["response_url"], b'{"text":"%s"}' % HALF, timeout=10)
    assert answered.status_code == requests.codes.ok
    at_work.shows("half of an emoji", ephemeral=True)
    ear.client.send_message(
        json.dumps({"envelope_id": command.envelope_id, "payload": {"text": "\ud83d acknowledged"}})
    )
    at_work.shows("acknowledged", ephemeral=True)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_no_json_number_is_no_json(at_work, number):
    """A page could read nothing any more after such a number: `JSON.parse` refuses it."""
    headers = {"Authorization": f"Bearer {at_work.workspace.bot_token}", "Content-Type": "application/json"}
    body = b'{"channel":"C0INCIDENTS","text":"x","attachments":[{"text":"x","color":%s}]}' % number
    answer = requests.post(f"{at_work.api}chat.postMessage", body, headers=headers, timeout=10)
    assert (answer.status_code, answer.json()) == (requests.codes.ok, {"ok": False, "error": "invalid_json"})


@pytest.mark.parametrize("depth", [50, 400, 900, 3_000])
def test_json_of_any_depth_is_refused_and_harms_nobody(at_work, depth):
    headers = {"Authorization": f"Bearer {at_work.workspace.bot_token}", "Content-Type": "application/json"}
    deep = b"[" * depth + b"]" * depth
    body = b'{"channel":"C0INCIDENTS","text":"x","blocks":%s}' % deep
    posted = requests.post(f"{at_work.api}chat.postMessage", body, headers=headers, timeout=10)
    assert posted.status_code == requests.codes.ok
    assert posted.json()["error"] in {"invalid_blocks_format", "invalid_blocks", "invalid_json"}
    acted = requests.post(f"{at_work.address}/page/act", b'{"do":"say","channel":%s}' % deep, timeout=10)
    assert acted.json()["ok"] is False
    at_work.say("afterwards")
    at_work.shows("afterwards")


CALLS: dict[str, tuple[str, Json, str]] = {
    "a message to an unknown channel": ("chat.postMessage", {"channel": NOWHERE, "text": "x"}, "channel_not_found"),
    "a message without a channel": ("chat.postMessage", {"text": "x"}, "channel_not_found"),
    "a message where the bot is not": ("chat.postMessage", {"channel": RANDOM, "text": "x"}, "not_in_channel"),
    "a message with nothing in it": ("chat.postMessage", {"channel": INCIDENTS}, "no_text"),
    "a message with an empty text": ("chat.postMessage", {"channel": INCIDENTS, "text": ""}, "no_text"),
    "a whisper in an unknown channel": (
        "chat.postEphemeral", {"channel": NOWHERE, "user": YOU, "text": "x"}, "channel_not_found",
    ),
    "a whisper where the bot is not": (
        "chat.postEphemeral", {"channel": RANDOM, "user": YOU, "text": "x"}, "not_in_channel",
    ),
    "a whisper to nobody": (
        "chat.postEphemeral", {"channel": INCIDENTS, "user": "U0NOBODY", "text": "x"}, "user_not_in_channel",
    ),
    "a whisper with nothing in it": ("chat.postEphemeral", {"channel": INCIDENTS, "user": YOU}, "no_text"),
    "an edit of nothing": ("chat.update", {"channel": INCIDENTS, "ts": "1.000002", "text": "x"}, "message_not_found"),
    "an edit in an unknown channel": ("chat.update", {"channel": NOWHERE, "ts": "1.2"}, "channel_not_found"),
    "a deletion of nothing": ("chat.delete", {"channel": INCIDENTS, "ts": "1.000002"}, "message_not_found"),
    "a permalink of nothing": (
        "chat.getPermalink", {"channel": INCIDENTS, "message_ts": "1.000002"}, "message_not_found",
    ),
    "a permalink in an unknown channel": (
        "chat.getPermalink", {"channel": NOWHERE, "message_ts": "1.000002"}, "channel_not_found",
    ),
    "a thread of nothing": ("conversations.replies", {"channel": INCIDENTS, "ts": "1.000002"}, "thread_not_found"),
    "a thread in an unknown channel": (
        "conversations.replies", {"channel": NOWHERE, "ts": "1.000002"}, "channel_not_found",
    ),
    "history of an unknown channel": ("conversations.history", {"channel": NOWHERE}, "channel_not_found"),
    "history where the bot is not": ("conversations.history", {"channel": RANDOM}, "not_in_channel"),
    "a view with no trigger of ours": (
        "views.open",
        {"trigger_id": "1.2.abc", "view": json.dumps({"type": "modal", "title": plain("x"), "blocks": [section()]})},
        "invalid_trigger_id",
    ),
    "an update of no view": (
        "views.update",
        {"view_id": "V0NOTHING", "view": json.dumps({"type": "modal", "title": plain("x"), "blocks": [section()]})},
        "not_found",
    ),
    "a method that Slack does not have": ("no.such.method", {}, "unknown_method"),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_cannot_be_done_gets_slacks_word_for_it(open_house, name):
    method, given, error = CALLS[name]
    refused = refusal(lambda: open_house[0].client().api_call(method, params=given))
    assert refused.response["error"] == error
    assert refused.response["ok"] is False
    assert refused.response.status_code == requests.codes.ok


def test_a_message_of_somebody_else_can_neither_be_edited_nor_deleted(open_house):
    running, _ = open_house
    running.say("mine", channel=ALERTS)
    ts, client = running.shows("mine", channel=ALERTS)["ts"], running.client()
    edit = refusal(lambda: client.chat_update(channel=ALERTS, ts=ts, text="x"))
    assert edit.response["error"] == "cant_update_message"
    assert refusal(lambda: client.chat_delete(channel=ALERTS, ts=ts)).response["error"] == "cant_delete_message"


@pytest.mark.parametrize(
    ("authorization", "error"),
    [
        (None, "not_authed"),
        ("Bearer xoxb-somebody-elses", "invalid_auth"),
        ("Bearer nonsense", "invalid_auth"),
    ],
)
@pytest.mark.parametrize("method", ["auth.test", "chat.postMessage", "conversations.history", "apps.connections.open"])
def test_a_wrong_token_is_refused_in_slacks_words(open_house, method, authorization, error):
    headers = {"Authorization": authorization} if authorization is not None else {}
    given = {"channel": INCIDENTS, "text": "x"}
    answer = requests.post(f"{open_house[0].api}{method}", data=given, headers=headers, timeout=10)
    assert answer.status_code == requests.codes.ok
    assert (answer.json()["ok"], answer.json()["error"]) == (False, error)


@pytest.mark.parametrize(
    ("method", "given", "scope"),
    [
        ("conversations.join", {"channel": INCIDENTS}, "channels:join"),
        ("team.info", {}, "team:read"),
        ("reactions.add", {"channel": INCIDENTS, "timestamp": "1.2", "name": "eyes"}, "reactions:write"),
    ],
)
def test_what_the_manifest_does_not_ask_for_is_a_missing_scope(method, given, scope):
    with visit(app=DIAGNOSE) as running:
        refused = refusal(lambda: running.client().api_call(method, params=given))
    assert refused.response["error"] == "missing_scope"
    assert scope in refused.response["needed"]
    assert set(refused.response["provided"].split(",")) == {
        "commands", "chat:write", "app_mentions:read", "channels:history", "groups:history", "channels:read",
        "groups:read", "users:read", "users:read.email", "usergroups:read",
    }  # fmt: skip


def test_slacks_own_times_hold_unless_a_test_says_otherwise():
    times = Times()
    assert (times.acknowledge, times.trigger, times.answer) == (3.0, 3.0, 30 * 60.0)
    assert len(times.redeliver) == 3


def test_a_trigger_opens_one_view_and_only_within_its_time():
    with visit(times=Times(trigger=0.3)) as running:
        ear = Ear(running)
        client, view = running.client(), {"type": "modal", "title": plain("x"), "blocks": [section()]}
        running.say("/diagnose x")
        trigger = ear.next("slash_commands").payload["trigger_id"]
        assert client.views_open(trigger_id=trigger, view=view)["ok"]
        again = refusal(lambda: client.views_open(trigger_id=trigger, view=view))
        assert again.response["error"] == "exchanged_trigger_id"
        running.say("/diagnose x")
        late = ear.next("slash_commands").payload["trigger_id"]
        time.sleep(0.4)
        assert refusal(lambda: client.views_open(trigger_id=late, view=view)).response["error"] == "expired_trigger_id"


def test_a_response_url_ends_after_its_time():
    with visit(times=Times(answer=0.3)) as running:
        ear = Ear(running)
        running.say("/diagnose x")
        respond = WebhookClient(ear.next("slash_commands").payload["response_url"], timeout=10)
        assert respond.send(text="in time").status_code == requests.codes.ok
        time.sleep(0.4)
        late = respond.send(text="too late")
        assert late.status_code == requests.codes.not_found
        assert "expired_url" in late.body


def test_a_response_url_refuses_what_a_message_refuses(at_work):
    ear = Ear(at_work)
    at_work.say("/diagnose x")
    respond = WebhookClient(ear.next("slash_commands").payload["response_url"], timeout=10)
    refused = respond.send(text="x", blocks=[section("")])
    assert refused.status_code != requests.codes.ok
    assert "invalid_blocks" in refused.body
    assert respond.send(text="").status_code != requests.codes.ok


def test_an_event_that_nobody_acknowledges_comes_three_times_more():
    with visit(times=Times(acknowledge=0.1, redeliver=(0.0, 0.05, 0.05))) as running:
        ear = Ear(running, acknowledge=False)
        running.say("hello?")
        tries = [ear.next("events_api") for _ in range(4)]
        assert [one.retry_attempt for one in tries] == [0, 1, 2, 3]
        assert [one.retry_reason for one in tries] == ["", "timeout", "timeout", "timeout"]
        assert len({one.payload["event_id"] for one in tries}) == 1
        time.sleep(0.3)
        assert ear.heard.empty()


def test_a_command_that_nobody_acknowledges_comes_once_and_the_person_is_told():
    with visit(times=Times(acknowledge=0.1, redeliver=(0.0, 0.05, 0.05))) as running:
        ear = Ear(running, acknowledge=False)
        running.tried(do="say", channel=INCIDENTS, text="/diagnose x")
        ear.next("slash_commands")
        assert running.shows("/diagnose", ephemeral=True)["text"]
        assert ear.heard.empty()


@pytest.mark.parametrize(
    ("method", "most", "given"),
    [("chat.update", 50, {"text": "y"}), ("conversations.history", 50, {"limit": "1"})],
)
def test_a_method_of_tier_3_is_taken_fifty_times_in_a_minute(at_work, method, most, given):
    client = at_work.client()
    ts = client.chat_postMessage(channel=INCIDENTS, text="x")["ts"]
    params = {"channel": INCIDENTS, **given, **({"ts": ts} if method == "chat.update" else {})}
    began, taken = time.monotonic(), 0
    with pytest.raises(SlackApiError) as caught:
        for taken in range(2 * most):  # noqa: B007 - how many were taken
            client.api_call(method, params=params)
    refused = caught.value
    assert most <= taken <= most + (time.monotonic() - began) * most / 60
    assert refused.response.status_code == requests.codes.too_many_requests
    assert refused.response["error"] == "ratelimited"
    assert refused.response.headers["Retry-After"].isdigit()
    assert int(refused.response.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    "headers", [{"Host": "rebound.example.com"}, {"Origin": "https://evil.example.com"}, {"Origin": "null"}],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/auth.test", "/page/act", "/page/feed", "/"])
def test_a_request_from_elsewhere_is_refused(open_house, headers, path):
    running, _ = open_house
    method = "GET" if path in {"/page/feed", "/"} else "POST"
    asked = requests.request(
        method,
        running.address + path,
        headers={"Authorization": f"Bearer {running.workspace.bot_token}", **headers},
        json={"do": "say", "channel": INCIDENTS, "text": "from elsewhere"} if method == "POST" else None,
        timeout=10,
        stream=True,
    )
    with asked:
        assert asked.status_code == requests.codes.forbidden
