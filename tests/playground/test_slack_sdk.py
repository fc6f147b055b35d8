"""The real slack_sdk against the playground's Slack: every encoding, retries, response_urls, Socket Mode."""

import json
import threading
import time
from typing import Any

import pytest
import requests
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from slack_sdk.models.attachments import Attachment
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ContextBlock, MarkdownTextObject, SectionBlock
from slack_sdk.models.blocks.basic_components import PlainTextObject
from slack_sdk.models.views import View
from slack_sdk.webhook import WebhookClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from bot.playground.slack.limits import Limits
from bot.playground.slack.people import SENTRY
from bot.playground.slack.times import Times
from tests.playground.rehearsal import APP, BOT, BOT_ID, INCIDENTS, RANDOM, TEAM, YOU, Ear, includes, visit

AWKWARD = 'größer & <b>"quoted"</b> – 100% =+?/ \\ 日本語 🚨\nsecond line'


@pytest.fixture
def at_work():
    with visit() as running:
        yield running


def sent(client, method: str, encoding: str, **given: Any):
    """One call in one of the encodings that slack_sdk has."""
    texts = {name: one if isinstance(one, str) else json.dumps(one) for name, one in given.items()}
    match encoding:
        case "json":
            return client.api_call(method, json=given)
        case "form":
            return client.api_call(method, data=texts)
        case "query":
            return client.api_call(method, http_verb="GET", params=texts)
        case _:
            return client.api_call(method, data=texts, files={"a_file": b"of no interest"})


@pytest.mark.parametrize("encoding", ["json", "form", "query", "multipart"])
def test_a_message_arrives_as_it_was_written_in_every_encoding(at_work, encoding):
    blocks = [SectionBlock(block_id="b1", text=MarkdownTextObject(text="*größer* &amp; 🚨")).to_dict()]
    given = {"channel": INCIDENTS, "text": AWKWARD.replace("&", "&amp;").replace("<", "&lt;"), "blocks": blocks}
    answer = sent(at_work.client(), "chat.postMessage", encoding, **given)
    shown = at_work.shows("größer")
    assert (shown["ts"], shown["channel"]) == (answer["ts"], answer["channel"])
    assert shown["text"] == given["text"]
    assert shown["blocks"][0]["text"]["text"] == blocks[0]["text"]["text"]
    assert shown["user"] == BOT


@pytest.mark.parametrize("encoding", ["json", "form", "query", "multipart"])
def test_the_token_is_taken_from_the_header(at_work, encoding):
    answer = sent(at_work.client(), "auth.test", encoding)
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == (BOT, BOT_ID, TEAM)


@pytest.mark.parametrize("encoding", ["form", "multipart"])
def test_the_token_is_taken_from_a_form(at_work, encoding):
    client = at_work.client()
    client.token = None
    assert sent(client, "auth.test", encoding, token=at_work.workspace.bot_token)["user_id"] == BOT


def test_beside_json_the_token_stands_in_the_header_only(at_work):
    """https://docs.slack.dev/changelog/2017-10-keeping-up-with-the-jsons; slack_sdk would put it into the header."""
    answer = requests.post(f"{at_work.api}auth.test", json={"token": at_work.workspace.bot_token}, timeout=10)
    assert answer.json() == {"ok": False, "error": "not_authed"}


def test_typed_blocks_and_attachments_come_back_as_they_were_sent(at_work):
    button = ButtonElement(text=PlainTextObject(text="Press"), action_id="press", value="1")
    blocks = [
        SectionBlock(block_id="s", text=MarkdownTextObject(text="*hi*"), accessory=button),
        ContextBlock(block_id="c", elements=[MarkdownTextObject(text="by *me*")]),
        ActionsBlock(block_id="a", elements=[button]),
    ]
    client = at_work.client()
    posted = client.chat_postMessage(
        channel=INCIDENTS, text="hi", blocks=blocks, attachments=[Attachment(text="below", fallback="below")]
    )
    kept = client.conversations_history(channel=INCIDENTS, latest=posted["ts"], inclusive=True, limit=1)["messages"][0]
    assert kept["ts"] == posted["ts"]
    for sent_block, kept_block in zip(blocks, kept["blocks"], strict=True):
        assert includes(kept_block, sent_block.to_dict()), kept_block
    assert kept["attachments"][0]["text"] == "below"
    assert posted["message"]["blocks"] == kept["blocks"]


def test_a_message_is_posted_answered_edited_linked_read_and_deleted(at_work):
    client = at_work.client()
    root = client.chat_postMessage(channel=INCIDENTS, text="root")
    reply = client.chat_postMessage(channel=INCIDENTS, text="reply", thread_ts=root["ts"])
    client.chat_update(channel=INCIDENTS, ts=reply["ts"], text="a better reply")
    thread = client.conversations_replies(channel=INCIDENTS, ts=root["ts"])["messages"]
    assert [(one["ts"], one["text"]) for one in thread] == [(root["ts"], "root"), (reply["ts"], "a better reply")]
    assert thread[0]["thread_ts"] == thread[1]["thread_ts"] == root["ts"]
    assert thread[0]["reply_count"] == 1
    assert thread[1]["parent_user_id"] == BOT
    assert thread[1]["edited"]["user"] == BOT
    texts = [one["text"] for one in client.conversations_history(channel=INCIDENTS)["messages"]]
    assert "root" in texts
    assert "a better reply" not in texts
    link = client.chat_getPermalink(channel=INCIDENTS, message_ts=reply["ts"])["permalink"]
    assert f"/archives/{INCIDENTS}/p{reply['ts'].replace('.', '')}?thread_ts={root['ts']}&cid={INCIDENTS}" in link
    opened = requests.get(link, allow_redirects=False, timeout=10)
    assert opened.status_code == requests.codes.found
    assert opened.headers["Location"].endswith(f"/#/{INCIDENTS}/{reply['ts']}?thread={root['ts']}")
    assert at_work.shows("a better reply")["edited"]["ts"]
    assert at_work.shows("root", reply_count=1)["latest_reply"] == reply["ts"]
    client.chat_delete(channel=INCIDENTS, ts=reply["ts"])
    at_work.feed.until(lambda shown: all(one["ts"] != reply["ts"] for one in shown["messages"]))
    assert len(client.conversations_replies(channel=INCIDENTS, ts=root["ts"])["messages"]) == 1


def test_an_edit_keeps_the_blocks_that_it_does_not_name_and_drops_them_when_it_names_none(at_work):
    client = at_work.client()
    ts = client.chat_postMessage(
        channel=INCIDENTS, text="x", blocks=[SectionBlock(text=MarkdownTextObject(text="kept"))]
    )["ts"]
    client.chat_update(channel=INCIDENTS, ts=ts, text="other text")
    assert at_work.shows("other text")["blocks"][0]["text"]["text"] == "kept"
    client.chat_update(channel=INCIDENTS, ts=ts, text="text alone", blocks=[])
    assert not at_work.shows("text alone").get("blocks")


def test_time_stamps_are_slacks_and_grow(at_work):
    client = at_work.client()
    stamps = [client.chat_postMessage(channel=channel, text="x")["ts"] for channel in (INCIDENTS, "C0ALERTS")]
    assert stamps == sorted(stamps, key=float)
    assert len(set(stamps)) == len(stamps)
    for stamp in stamps:
        seconds, _, count = stamp.partition(".")
        assert abs(int(seconds) - time.time()) < 60
        assert len(count) == 6


def test_an_ephemeral_message_is_seen_by_one_and_kept_by_nobody(at_work):
    client = at_work.client()
    client.chat_postEphemeral(channel=INCIDENTS, user=YOU, text="psst")
    shown = at_work.shows("psst", ephemeral=True)
    assert all(one["text"] != "psst" for one in client.conversations_history(channel=INCIDENTS)["messages"])
    at_work.act(do="delete", channel=INCIDENTS, ts=shown["ts"])
    at_work.feed.until(lambda now: all(one["text"] != "psst" for one in now["messages"]))


def test_history_comes_in_pages(at_work):
    for number in range(5):
        at_work.say(f"message {number}")
    client = at_work.client()
    texts, pages = [], 0
    for page in client.conversations_history(channel=INCIDENTS, limit=2):
        texts += [one["text"] for one in page["messages"]]
        pages += 1
    assert [text for text in texts if text.startswith("message")] == [f"message {number}" for number in (4, 3, 2, 1, 0)]
    assert pages >= 3


def too_fast(client) -> SlackApiError:
    """The refusal that comes when one channel is written to as fast as possible."""
    for number in range(30):
        try:
            client.chat_postMessage(channel=INCIDENTS, text=f"fast {number}")
        except SlackApiError as refused:
            return refused
    raise AssertionError("30 messages at once in one channel were all taken")


def test_too_many_messages_are_refused_with_whole_seconds_to_wait(at_work):
    refused = too_fast(at_work.client())
    assert refused.response.status_code == requests.codes.too_many_requests
    assert refused.response["error"] == "ratelimited"
    assert int(refused.response.headers["Retry-After"]) >= 1
    at_work.feed.until(lambda _: ("chat.postMessage", "ratelimited") in at_work.refused())


def test_slack_sdks_own_retry_handler_waits_and_succeeds(at_work):
    too_fast(at_work.client())
    patient = at_work.client(retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)])
    assert patient.chat_postMessage(channel=INCIDENTS, text="at last")["ok"]
    assert at_work.shows("at last")


def test_the_limit_of_one_channel_leaves_another_alone(at_work):
    client = at_work.client()
    too_fast(client)
    assert client.chat_postMessage(channel="C0ALERTS", text="elsewhere")["ok"]


@pytest.fixture
def respond(at_work):
    """slack_sdk's webhook client on the response_url of a slash command."""
    ear = Ear(at_work)
    at_work.say("/diagnose SHOP-42")
    return WebhookClient(ear.next("slash_commands").payload["response_url"], timeout=10)


def test_a_response_url_answers_the_asker_alone_unless_told_otherwise(at_work, respond):
    assert respond.send(text="for you").status_code == requests.codes.ok
    assert at_work.shows("for you")["ephemeral"] is True
    respond.send(text="for everyone", response_type="in_channel")
    assert "ephemeral" not in at_work.shows("for everyone")


def test_a_response_url_takes_typed_blocks(at_work, respond):
    assert respond.send(text="t", blocks=[SectionBlock(text=MarkdownTextObject(text="*typed*"))]).status_code == 200
    assert at_work.shows("*typed*")["blocks"][0]["type"] == "section"


def test_a_response_url_is_good_for_five_uses(respond):
    assert [respond.send(text=f"use {use}").status_code for use in range(5)] == [200] * 5
    sixth = respond.send(text="one too many")
    assert sixth.status_code == 404
    assert "used_url" in sixth.body


def test_an_unknown_response_url_is_refused(at_work):
    assert WebhookClient(f"{at_work.address}/response/nobody-gave-this-away").send(text="x").status_code == 404


def pressed(at_work, ear) -> WebhookClient:
    """The response_url of a press in a message of the bot."""
    button = ActionsBlock(
        block_id="a", elements=[ButtonElement(text=PlainTextObject(text="Press"), action_id="press", value="1")]
    )
    at_work.client().chat_postMessage(channel=INCIDENTS, text="press me", blocks=[button])
    at_work.press(at_work.shows("press me"), "press")
    payload = ear.next("interactive").payload
    assert payload["type"] == "block_actions"
    return WebhookClient(payload["response_url"], timeout=10)


def test_a_press_can_replace_and_delete_its_message(at_work):
    respond = pressed(at_work, Ear(at_work))
    before = at_work.shows("press me")
    assert respond.send(text="replaced", replace_original=True).status_code == 200
    after = at_work.shows("replaced")
    assert after["ts"] == before["ts"]
    assert not after.get("blocks")
    assert respond.send(delete_original=True).status_code == 200
    at_work.feed.until(lambda shown: all(one["ts"] != before["ts"] for one in shown["messages"]))


def test_a_press_can_be_answered_beside_its_message(at_work):
    respond = pressed(at_work, Ear(at_work))
    assert respond.send(text="beside", replace_original=False, response_type="ephemeral").status_code == 200
    assert at_work.shows("beside")["ephemeral"] is True
    assert at_work.shows("press me")["blocks"]


def test_an_ephemeral_answer_can_be_replaced_by_a_press_in_it(at_work):
    ear = Ear(at_work)
    at_work.say("/diagnose x")
    button = ButtonElement(text=PlainTextObject(text="Press"), action_id="press", value="1")
    WebhookClient(ear.next("slash_commands").payload["response_url"]).send(
        text="whispered", blocks=[ActionsBlock(block_id="a", elements=[button])]
    )
    shown = at_work.shows("whispered")
    at_work.press(shown, "press")
    payload = ear.next("interactive").payload
    assert payload["container"]["is_ephemeral"] is True
    assert "message" not in payload
    WebhookClient(payload["response_url"]).send(text="whispered anew", replace_original=True)
    anew = at_work.shows("whispered anew")
    assert anew["ephemeral"] is True
    assert len([one for one in at_work.feed.shown["messages"] if one.get("ephemeral")]) == 1


def modal(**given: Any) -> View:
    return View(
        **{
            "type": "modal",
            "title": PlainTextObject(text="Title"),
            "blocks": [SectionBlock(block_id="s", text=MarkdownTextObject(text="inside"))],
            **given,
        }
    )


def test_a_typed_view_is_opened_pushed_on_and_updated(at_work):
    ear, client = Ear(at_work), at_work.client()
    at_work.say("/diagnose x")
    trigger = ear.next("slash_commands").payload["trigger_id"]
    button = ButtonElement(text=PlainTextObject(text="More"), action_id="more", value="1")
    opened = client.views_open(
        trigger_id=trigger, view=modal(blocks=[ActionsBlock(block_id="a", elements=[button])], private_metadata="{}")
    )["view"]
    shown = at_work.view("More")
    assert (shown["id"], shown["hash"]) == (opened["id"], opened["hash"])
    assert (opened["root_view_id"], opened["previous_view_id"]) == (opened["id"], None)
    assert (opened["app_id"], opened["bot_id"], opened["team_id"]) == (APP, BOT_ID, TEAM)
    at_work.press(shown, "more")
    trigger = ear.next("interactive").payload["trigger_id"]
    pushed = client.views_push(trigger_id=trigger, view=modal())["view"]
    assert (pushed["root_view_id"], pushed["previous_view_id"]) == (opened["id"], opened["id"])
    assert [one["id"] for one in at_work.feed.until(lambda now: len(now["views"]) == 2 and now["views"])] == [
        opened["id"],
        pushed["id"],
    ]
    updated = client.views_update(view_id=pushed["id"], hash=pushed["hash"], view=modal(callback_id="anew"))["view"]
    assert updated["id"] == pushed["id"]
    assert updated["hash"] != pushed["hash"]
    with pytest.raises(SlackApiError, match="hash_conflict"):
        client.views_update(view_id=pushed["id"], hash=pushed["hash"], view=modal())


def test_a_socket_begins_with_hello_and_envelopes_have_slacks_fields(at_work):
    ear = Ear(at_work)
    hello = ear.told("hello")
    assert hello["num_connections"] == 1
    assert hello["connection_info"] == {"app_id": APP}
    assert {"host", "approximate_connection_time"} <= set(hello["debug_info"])
    at_work.say("/diagnose SHOP-42")
    command = ear.told("slash_commands")
    assert set(command) == {"envelope_id", "payload", "type", "accepts_response_payload"}
    assert command["accepts_response_payload"] is True
    at_work.say("hello there")
    event = ear.told("events_api")
    assert set(event) == {
        "envelope_id", "payload", "type", "accepts_response_payload", "retry_attempt", "retry_reason",
    }  # fmt: skip
    assert (event["accepts_response_payload"], event["retry_attempt"], event["retry_reason"]) == (False, 0, "")


def test_a_message_of_forty_thousand_characters_comes_through_the_socket_whole(at_work):
    ear = Ear(at_work)
    at_work.workspace.post_as(SENTRY, INCIDENTS, text="größer! " * 5_000)
    assert ear.next("events_api").payload["event"]["text"] == "größer! " * 5_000


def test_a_client_that_is_not_slacks_gets_the_same(at_work):
    address = at_work.client().apps_connections_open(app_token=at_work.workspace.app_token)["url"]
    with connect(address) as socket:
        assert json.loads(socket.recv(5))["type"] == "hello"
        assert socket.ping().wait(5)
        at_work.say("hello")
        envelope = json.loads(socket.recv(5))
        assert envelope["payload"]["event"]["text"] == "hello"
        socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        at_work.feed.until(lambda shown: any(one["ok"] for one in shown["traffic"] if one["way"] == "slack→bot"))


def test_a_refreshed_socket_is_replaced_by_slack_sdk_and_nothing_is_lost(at_work):
    ear = Ear(at_work)
    first = ear.told("hello") and ear.client.session_id()
    at_work.workspace.sockets.refresh()
    at_work.say("meanwhile")
    ear.told("hello")
    at_work.say("afterwards")
    texts = {ear.next("events_api", 10).payload["event"]["text"] for _ in range(2)}
    assert texts == {"meanwhile", "afterwards"}
    assert ear.client.session_id() != first


def test_a_socket_that_grows_old_is_replaced_in_time():
    with visit(times=Times(connection=1.0, warning=0.5)) as running:
        ear = Ear(running)
        assert ear.told("hello")["debug_info"]["approximate_connection_time"] == 1
        ear.told("hello")
        running.say("still there?")
        assert ear.next("events_api").payload["event"]["text"] == "still there?"


def test_what_happened_while_nobody_listened_is_delivered_later(at_work):
    at_work.say("is anybody there?")
    assert Ear(at_work).next("events_api").payload["event"]["text"] == "is anybody there?"


def test_a_command_while_nobody_listens_fails_with_a_sentence(at_work):
    answer = at_work.tried(do="say", channel=INCIDENTS, text="/diagnose SHOP-42")
    assert answer["ok"] is False
    assert "not connected" in answer["error"]


def test_every_event_goes_to_one_of_several_connections(at_work):
    ears = [Ear(at_work), Ear(at_work)]
    assert max(ear.told("hello")["num_connections"] for ear in ears) == 2
    for number in range(6):
        at_work.say(f"message {number}")
    ends = time.monotonic() + 5
    while sum(ear.heard.qsize() for ear in ears) < 6 and time.monotonic() < ends:
        time.sleep(0.01)
    time.sleep(0.2)  # one that came twice would have come by now
    heard = [ear.heard.get_nowait().payload["event"]["text"] for ear in ears for _ in range(ear.heard.qsize())]
    assert sorted(heard) == [f"message {number}" for number in range(6)]


def test_a_client_that_leaves_is_noticed_and_the_others_get_what_comes(at_work):
    gone, stays = Ear(at_work), Ear(at_work)
    gone.client.auto_reconnect_enabled = gone.client.default_auto_reconnect_enabled = False
    gone.client.current_session.sock.close()
    gone.client.current_session.sock = None
    for number in range(4):
        at_work.say(f"message {number}")
    texts = {stays.next("events_api").payload["event"]["text"] for _ in range(4)}
    assert texts == {f"message {number}" for number in range(4)}


def test_without_a_connection_the_page_is_told(at_work):
    assert at_work.feed.until(lambda shown: shown["connected"] is False)
    Ear(at_work)
    assert at_work.feed.until(lambda shown: shown["connected"] is True)


@pytest.mark.parametrize("ticket", ["", "nobody-gave-this-away"])
def test_a_socket_needs_a_ticket(at_work, ticket):
    with pytest.raises(InvalidStatus, match="403"):
        connect(f"{at_work.address.replace('http', 'ws', 1)}/socket?ticket={ticket}")


def test_a_ticket_is_good_for_one_connection(at_work):
    address = at_work.client().apps_connections_open(app_token=at_work.workspace.app_token)["url"]
    with connect(address), pytest.raises(InvalidStatus, match="403"):
        connect(address)


def test_a_page_from_elsewhere_gets_no_socket(at_work):
    address = at_work.client().apps_connections_open(app_token=at_work.workspace.app_token)["url"]
    with pytest.raises(InvalidStatus, match="403"):
        connect(address, origin="https://evil.example.com")


def test_many_callers_at_once_lose_nothing():
    with visit(limits=Limits({})) as running:
        ear = Ear(running)

        def write(caller: int) -> None:
            client = running.client()
            for number in range(15):
                ts = client.chat_postMessage(channel=INCIDENTS, text="first")["ts"]
                client.chat_update(channel=INCIDENTS, ts=ts, text=f"{caller} wrote {number}")

        callers = [threading.Thread(target=write, args=(caller,)) for caller in range(6)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(20)
        running.feed.until(lambda shown: sum(" wrote " in one["text"] for one in shown["messages"]) == 90)
        assert len({ear.next("events_api").payload["event_id"] for _ in range(180)}) == 180
        stamps = [one["ts"] for one in running.feed.shown["messages"]]
        assert len(set(stamps)) == 90


def test_the_inspector_has_both_sides_of_every_exchange_and_no_token(at_work):
    client = at_work.client()
    client.chat_postMessage(channel=INCIDENTS, text="look inside")
    client.chat_postMessage(channel=INCIDENTS, text=f"said by mistake: {at_work.workspace.bot_token}")
    client.token = None
    client.api_call("auth.test", data={"token": at_work.workspace.bot_token})
    shown = at_work.feed.until(lambda now: [one for one in now["traffic"] if one["name"] == "auth.test"])
    wholes = [
        requests.get(f"{at_work.address}/page/traffic/{one['n']}", timeout=10).json()
        for one in at_work.feed.shown["traffic"]
    ]
    posted = next(one for one in wholes if one["name"] == "chat.postMessage")
    assert (posted["way"], posted["ok"], posted["error"]) == ("bot→slack", True, None)
    assert posted["request"]["text"] == posted["answer"]["message"]["text"] == "look inside"
    assert at_work.workspace.bot_token not in json.dumps([wholes, at_work.feed.shown["traffic"]])
    gone = requests.get(f"{at_work.address}/page/traffic/{shown[-1]['n'] + 100}", timeout=10)
    assert gone.status_code == requests.codes.not_found


def test_a_ticket_is_for_an_app_token_alone(at_work):
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        at_work.client().apps_connections_open(app_token=at_work.workspace.bot_token)
    with pytest.raises(SlackApiError, match="invalid_auth"):
        at_work.client().apps_connections_open(app_token="xapp-1-somebody-elses")
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        at_work.client(at_work.workspace.app_token).chat_postMessage(channel=INCIDENTS, text="x")


def test_in_a_channel_without_the_bot_nothing_is_heard_until_it_is_invited(at_work):
    ear = Ear(at_work)
    at_work.say("unheard", channel=RANDOM)
    at_work.say("heard")
    assert ear.next("events_api").payload["event"]["text"] == "heard"
    at_work.say("/invite @diagnose", channel=RANDOM)
    at_work.feed.until(lambda shown: all(one["member"] for one in shown["channels"] if one["id"] == RANDOM))
    at_work.say("now heard", channel=RANDOM)
    texts = [ear.next("events_api").payload["event"].get("text") for _ in range(2)]
    assert "now heard" in texts
