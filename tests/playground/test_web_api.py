"""Who may call what, and who may come in at all; the methods themselves are tried with Slack's own client elsewhere."""

import re
import socket
from dataclasses import replace

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from bot.playground.guard import HEADERS
from bot.playground.slack.app import DIAGNOSE
from bot.playground.slack.forms import LARGEST, arguments
from bot.playground.slack.json_in import read
from bot.playground.slack.limits import Limits, Rate
from bot.playground.slack.people import PEOPLE
from bot.playground.slack.refused import Refused
from bot.playground.slack.web_api import METHODS, call
from bot.playground.slack.workspace import Workspace
from tests.playground.house import rehearsal, until

HERE = "C0INCIDENTS"


@pytest.fixture
def workspace():
    made = Workspace("http://127.0.0.1:1", app=DIAGNOSE)
    yield made
    made.close()


def asked(workspace, method, token=None, **given):
    return call(workspace, method, given, workspace.bot_token if token is None else token).body


@pytest.mark.parametrize(
    ("method", "token", "error"),
    [
        ("chat.postMessage", "", "not_authed"),
        ("chat.postMessage", "xoxb-wrong", "invalid_auth"),
        ("chat.postMessage", "app", "not_allowed_token_type"),
        ("apps.connections.open", "bot", "not_allowed_token_type"),
        ("chat.postMassage", "bot", "unknown_method"),
    ],
)
def test_a_call_needs_its_token(workspace, method, token, error):
    known = {"app": workspace.app_token, "bot": workspace.bot_token}
    assert asked(workspace, method, known.get(token, token))["error"] == error


def test_the_bots_scopes_are_enough_for_what_it_does_and_for_nothing_else(workspace):
    for method in ("chat.postMessage", "chat.update", "chat.delete", "chat.postEphemeral", "conversations.replies"):
        assert asked(workspace, method)["error"] != "missing_scope"
    told = asked(workspace, "reactions.add", channel=HERE, name="eyes", timestamp="1.000001")
    assert (told["error"], told["needed"]) == ("missing_scope", "reactions:write")
    assert set(told["provided"].split(",")) == DIAGNOSE.scopes


def test_the_scopes_are_in_the_header_that_slack_names_them_in(workspace):
    answer = call(workspace, "auth.test", {}, workspace.bot_token)
    assert "X-OAuth-Scopes" not in answer.headers
    answer = call(workspace, "chat.update", {}, workspace.bot_token)
    assert set(answer.headers["X-OAuth-Scopes"].split(",")) == DIAGNOSE.scopes


def test_a_call_past_its_rate_is_told_how_long_to_wait():
    workspace = Workspace(limits=Limits({"chat.postMessage": (Rate(60, 1, by_channel=True),)}))
    assert asked(workspace, "chat.postMessage", channel=HERE, text="x")["ok"]
    answer = call(workspace, "chat.postMessage", {"channel": HERE, "text": "x"}, workspace.bot_token)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert answer.body == {"ok": False, "error": "ratelimited"}
    assert asked(workspace, "chat.postMessage", channel="#alerts", text="x")["ok"]


def test_every_exchange_is_noted_with_its_error_and_without_a_token(workspace):
    asked(workspace, "chat.postMessage", channel="C9", text="x")
    (told,) = workspace.traffic.shown()
    assert (told["name"], told["ok"], told["error"]) == ("chat.postMessage", False, "channel_not_found")
    assert workspace.bot_token not in str(workspace.traffic.whole(told["n"]))


def test_an_archived_channel_takes_nothing(workspace):
    ts = asked(workspace, "chat.postMessage", channel=HERE, text="x")["ts"]
    workspace.conversations[HERE].archived = True
    assert asked(workspace, "chat.postMessage", channel=HERE, text="x")["error"] == "is_archived"
    assert asked(workspace, "chat.update", channel=HERE, ts=ts, text="x")["error"] == "is_inactive"


def test_only_its_own_messages_can_be_edited_or_deleted(workspace):
    ts = workspace.post_as(PEOPLE[2], HERE, text="an alert")
    assert asked(workspace, "chat.update", channel=HERE, ts=ts, text="x")["error"] == "cant_update_message"
    assert asked(workspace, "chat.delete", channel=HERE, ts=ts)["error"] == "cant_delete_message"


def test_a_reply_to_a_reply_stays_in_the_thread(workspace):
    head = asked(workspace, "chat.postMessage", channel=HERE, text="head")["ts"]
    reply = asked(workspace, "chat.postMessage", channel=HERE, text="x", thread_ts=head)["ts"]
    assert asked(workspace, "chat.postMessage", channel=HERE, text="x", thread_ts=reply)["message"]["thread_ts"] == head
    assert asked(workspace, "chat.postMessage", channel=HERE, text="x", thread_ts="1.1")["error"] == "thread_not_found"
    assert asked(workspace, "chat.postMessage", channel=HERE, text="x", thread_ts="0")["error"] == "invalid_thread_ts"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
NAMES = ("channel", "ts", "text", "blocks", "attachments", "thread_ts", "user", "view", "view_id", "trigger_id",
         "cursor", "limit", "oldest", "types", "name", "timestamp", "metadata", "message_ts")  # fmt: skip


@given(
    st.sampled_from(sorted(METHODS)),
    st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from([HERE, "1.1", "U0YOU", "[]", "{}"]), max_size=6),
)
def test_whatever_arguments_come_the_answer_is_one_that_slack_could_give(method, arguments_given):
    workspace = Workspace("http://127.0.0.1:1")
    token = workspace.app_token if METHODS[method].caller == "app" else workspace.bot_token
    told = call(workspace, method, arguments_given, token).body
    assert told["ok"] is True or re.fullmatch(r"[a-z_]+", told["error"])


def test_arguments_are_read_from_wherever_they_stand():
    multipart = (
        b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nhe\xc3\xa4\r\n'
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\nxxx\r\n--b--\r\n'
    )
    assert arguments("text=he%C3%A4", "", b"") == {"text": "heä"}
    assert arguments("a=1", "application/x-www-form-urlencoded", b"text=he%C3%A4&b=") == {
        "a": "1",
        "text": "heä",
        "b": "",
    }
    assert arguments("", "application/json; charset=utf-8", b'{"text": "he\\u00e4"}') == {"text": "heä"}
    assert arguments("", "multipart/form-data; boundary=b", multipart) == {"text": "heä"}


@pytest.mark.parametrize(
    ("kind", "body", "error"),
    [
        ("", b"x", "missing_post_type"),
        ("image/png", b"x", "invalid_post_type"),
        ("application/json", b"{", "invalid_json"),
        ("application/json", b"[1]", "json_not_object"),
        ("application/x-www-form-urlencoded", b"\xff\xfe", "invalid_form_data"),
        ("multipart/form-data", b"x", "invalid_form_data"),
    ],
)
def test_a_broken_body_is_refused_in_slacks_words(kind, body, error):
    with pytest.raises(Refused, match=error):
        arguments("", kind, body)


@pytest.mark.parametrize("text", ["", "{", "NaN", "[-Infinity]", "1e999", "[" * 5_000, '{"a":' * 300 + "1" + "}" * 300])
def test_json_that_nobody_else_could_read_is_none(text):
    with pytest.raises(ValueError, match=r"."):
        read(text)


@given(st.text(st.characters(), max_size=20))
def test_json_from_outside_can_be_told_on(text):
    told = read('"' + "".join(f"\\u{ord(one):04x}" if ord(one) < 0x10000 else "x" for one in text) + '"')
    told.encode()


# Over a real server


@pytest.fixture
def page(tmp_path):
    (tmp_path / "index.html").write_text("<title>Rehearsal</title>", encoding="utf-8")
    (tmp_path / "page.js").write_text("1", encoding="utf-8")
    with rehearsal(tmp_path) as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/static/page.js", "/page/traffic/1", "/api/api.test", "/no/such"])
def test_every_answer_keeps_the_page_on_this_machine(page, path):
    answer = requests.get(page.url + path, timeout=10)
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert "http" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example:80"},
        {"Host": "127.0.0.1.example"},
        {"Host": "["},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_another_sites_page_does_not_get_in(page, headers):
    for method, path in (("GET", "/page/feed"), ("POST", "/page/act"), ("POST", "/api/api.test")):
        answer = requests.request(method, page.url + path, headers=headers, timeout=10)
        assert answer.status_code == 403
    assert page.workspace.traffic.shown() == []


def test_its_own_page_does_and_so_does_a_link_from_elsewhere(page):
    own = {"Origin": page.url, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    told = requests.post(f"{page.url}/page/act", json={"do": "x"}, headers=own, timeout=10)
    assert (told.status_code, told.json()["ok"]) == (200, False)
    linked = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert requests.get(page.url, headers=linked, timeout=10).status_code == 200


@pytest.mark.parametrize(
    "path", ["/static/../secret", "/static/%2e%2e/secret", "/static/..%2fsecret", "/static//etc/passwd"]
)
def test_nothing_outside_the_page_is_served(page, path):
    (page.page.parent / "secret").write_text("secret", encoding="utf-8")
    host, port = page.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: raw.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/archives/C0ALERTS/p1795168863000100", "/#/C0ALERTS/1795168863.000100"),
        (
            "/archives/C0ALERTS/p1795168863000100?thread_ts=1795168862.000100&cid=C0ALERTS",
            "/#/C0ALERTS/1795168863.000100?thread=1795168862.000100",
        ),
        ("/archives/C0ALERTS/p1795168863000100?thread_ts=//evil.example", "/#/C0ALERTS/1795168863.000100"),
    ],
)
def test_a_permalink_leads_to_the_page(page, path, leads):
    answer = requests.get(page.url + path, allow_redirects=False, timeout=10)
    assert (answer.status_code, answer.headers["Location"]) == (302, leads)


def test_a_permalink_that_is_none_leads_nowhere(page):
    for path in ("/archives/C0ALERTS/px", "/archives/evil.example/p1795168863000100"):
        assert requests.get(page.url + path, allow_redirects=False, timeout=10).status_code == 404


def test_a_body_larger_than_anything_slack_takes_is_not_read(page):
    answer = requests.post(f"{page.url}/api/api.test", data=b"x" * (LARGEST + 1), timeout=10)
    assert answer.status_code == 413


def test_acts_of_the_stage_reach_it_and_its_refusals_are_sentences(page):
    assert page.act("stage.alert", incident="x") == {"ok": True}
    assert page.stage.asked == [{"do": "stage.alert", "incident": "x"}]
    assert page.act("stage.refuse") == {"ok": False, "error": "The stage does not do that."}
    told = requests.post(f"{page.url}/page/act", data=b"[", timeout=10).json()
    assert told["ok"] is False


def test_an_exchange_can_be_looked_at_as_long_as_it_is_remembered(page):
    page.call("chat.postMessage", channel=HERE, text="hello")
    until(page.workspace.traffic.shown)
    (told,) = [one for one in page.workspace.traffic.shown() if one["name"] == "chat.postMessage"]
    whole = requests.get(f"{page.url}/page/traffic/{told['n']}", timeout=10).json()
    assert (whole["request"]["text"], whole["answer"]["ok"]) == ("hello", True)
    assert requests.get(f"{page.url}/page/traffic/999", timeout=10).status_code == 404


def test_a_workspace_that_was_not_told_its_address_learns_it(tmp_path):
    with rehearsal(tmp_path) as running:
        running.workspace.address = ""
        told = running.call("auth.test")
        assert told["url"] == f"{running.url}/"


def test_a_page_that_was_not_built_says_how(tmp_path):
    with rehearsal(tmp_path) as running:
        answer = requests.get(running.url, timeout=10)
    assert (answer.status_code, "make page" in answer.text) == (503, True)


def test_direct_messages_are_off_as_in_the_manifest_and_a_home_tab_where_there_is_none():
    workspace = Workspace(app=replace(DIAGNOSE, scopes=None, home_tab=False))
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    assert asked(workspace, "views.publish", user_id="U0YOU", view=view)["error"] == "not_enabled"
    opened = asked(workspace, "conversations.open", users="U0YOU")
    assert opened["ok"]
    assert asked(workspace, "chat.postMessage", channel="U0YOU", text="x")["error"] == "messages_tab_disabled"


def test_beside_json_a_token_counts_in_the_header_only(page):
    """https://docs.slack.dev/apis/web-api: slack_sdk moves it there by itself."""
    given = {"token": page.workspace.bot_token}
    assert requests.post(f"{page.url}/api/auth.test", json=given, timeout=10).json()["error"] == "not_authed"
    assert requests.post(f"{page.url}/api/auth.test", data=given, timeout=10).json()["ok"]
