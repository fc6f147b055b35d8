"""HTTP mode listens to Slack alone: what it signed, just now and in its own form."""

import json
import time
from http import HTTPStatus
from urllib.parse import urlencode

import pytest
import requests
from slack_bolt import App
from slack_sdk import WebClient

from bot.http_door import EVENTS_PATH, http_app
from tests.doors.serving import connected, posted, served
from tests.doors.signed import FORM, JSON, SECRET, a_command, an_event, head, headers, heard, signature, status


def test_what_slack_signed_reaches_bolt(web, bolt):
    body = an_event({"type": "app_mention", "text": "ä😀"})
    assert posted(web, body, headers(body, JSON + "; charset=utf-8")).status_code == 200
    assert bolt.requests[0].body["event"]["text"] == "ä😀"
    command = a_command("SHOP-42")
    assert posted(web, command).status_code == 200
    assert bolt.requests[1].body["text"] == "SHOP-42"


def changed(at, to):
    return lambda body: (body[:at] + to + body[at + 1 :], headers(body))


def with_head(**more):
    return lambda body: (body, {**headers(body), **{name.replace("_", "-"): value for name, value in more.items()}})


def without(name):
    return lambda body: (body, {key: value for key, value in headers(body).items() if key != name})


def signed_at(seconds):
    return lambda body: (body, headers(body, at=time.time() + seconds))


def by_another(body):
    stamp = str(int(time.time()))
    return body, {**headers(body), "x-slack-signature": signature(body, stamp, "another-secret")}


def of_another_version(body):
    given = headers(body)
    return body, {**given, "x-slack-signature": given["x-slack-signature"].replace("v0=", "v1=")}


def in_capitals(body):
    given = headers(body)
    return body, {**given, "x-slack-signature": given["x-slack-signature"].upper()}


def of_another_stamp(body):
    given = headers(body)
    return body, {**given, "x-slack-request-timestamp": str(int(given["x-slack-request-timestamp"]) - 1)}


def stamped(stamp):
    return lambda body: (
        body,
        {**headers(body), "x-slack-request-timestamp": stamp, "x-slack-signature": signature(body, stamp)},
    )


FORGED = {
    "no head at all": lambda body: (body, {"content-type": FORM}),
    "no signature": without("x-slack-signature"),
    "no time": without("x-slack-request-timestamp"),
    "six minutes old": signed_at(-360),
    "an hour old": signed_at(-3600),
    "six minutes ahead": signed_at(360),
    "another secret": by_another,
    "another version": of_another_version,
    "signed for another second": of_another_stamp,
    "the first byte changed": changed(0, b"C"),
    "a byte in the middle changed": changed(20, b"X"),
    "a byte more": lambda body: (body + b"&", headers(body)),
    "the last byte gone": lambda body: (body[:-1], headers(body)),
    "nothing in the body": lambda body: (b"", headers(body)),
    "no text in the body": lambda _: (b"\xff\xfe=1", headers(b"\xff\xfe=1")),
    "an empty signature": with_head(x_slack_signature=""),
    "a signature of other letters": with_head(x_slack_signature="v0=" + "ä" * 64),
    "a signature in capitals": in_capitals,
    "a time that is no number": stamped("now"),
    "a time in other digits": with_head(x_slack_request_timestamp="²³"),
    "a time with a sign": stamped(f"+{int(time.time())}"),
    "a time beyond all measure": stamped("9" * 5_000),
    "a fraction of a second": stamped(f"{time.time():.3f}"),
    "an empty time": stamped(""),
}  # fmt: skip


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_what_slack_did_not_sign_just_now_is_refused(web, bolt, forged):
    body, given = forged(a_command("SHOP-42"))
    given = {name: value.encode() for name, value in given.items()}
    answer = requests.post(web + EVENTS_PATH, data=body, headers=given, timeout=10)
    assert answer.status_code == 401
    assert bolt.requests == []


@pytest.mark.parametrize("name", ["x-slack-signature", "x-slack-request-timestamp"])
def test_a_head_that_says_it_twice_is_refused(web, bolt, name):
    body = a_command()
    given = headers(body)
    with connected(web) as connection:
        said = [*given.items(), (name, given[name]), ("content-length", str(len(body)))]
        connection.sendall(head(said) + body)
        assert status(heard(connection)) == 401
    assert bolt.requests == []


def test_slack_may_send_the_same_again(web, bolt):
    body = a_command()
    given = headers(body, x_slack_retry_num="1", x_slack_retry_reason="http_timeout")
    assert [posted(web, body, given).status_code for _ in range(2)] == [200, 200]
    assert bolt.requests[0].headers["x-slack-retry-num"] == ["1"]


def test_bolt_takes_no_orders_from_a_head_that_nobody_signed(web, bolt):
    body = a_command()
    given = headers(body, x_slack_bolt_lazy_only="1", x_slack_bolt_lazy_function_name="work", cookie="a=b")
    assert requests.post(f"{web}{EVENTS_PATH}?ssl_check=1", data=body, headers=given, timeout=10).status_code == 200
    heard_by_bolt = bolt.requests[0]
    assert not heard_by_bolt.lazy_only
    assert heard_by_bolt.lazy_function_name is None
    assert set(heard_by_bolt.headers) == {"content-type", "x-slack-request-timestamp", "x-slack-signature"}
    assert heard_by_bolt.query == {}


DEEP = b'{"a":' * 150 + b"1" + b"}" * 150
NO_FORM = {
    "cut off": b'{"type": "event_callback"',
    "no object": b'["type"]',
    "a number": b"17",
    "nothing": b"null",
    "a payload cut off": urlencode({"payload": '{"type":'}).encode(),
    "a payload that is no object": urlencode({"payload": "[]"}).encode(),
    "NaN": b'{"type": NaN}',
    "half a surrogate pair": b'{"type": "\\ud83d"}',
    "nested deep": DEEP,
    "nested beyond reason": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "authorizations that are none": b'{"authorizations": 7, "type": "event_callback"}',
    "a user that is a number": b'{"user": 7, "enterprise": 9, "type": "event_callback"}',
}


@pytest.mark.parametrize("body", NO_FORM.values(), ids=NO_FORM.keys())
def test_what_is_in_no_form_of_slacks_is_refused_although_it_is_signed(web, bolt, body):
    form = FORM if body.startswith(b"payload") else JSON
    assert posted(web, body, headers(body, form)).status_code == 400
    assert bolt.requests == []


NO_JSON = ("cut off", "no object", "a number", "nothing", "NaN", "half a surrogate pair", "nested beyond reason")


def test_what_is_no_json_of_slacks_is_not_heard_in_the_event_loop_either(bolt):
    heard_at_once = []

    async def hear(body):
        heard_at_once.append(body)
        return HTTPStatus.OK

    with served(http_app(bolt, SECRET, hear)) as web:
        for name in NO_JSON:
            assert posted(web, NO_FORM[name], headers(NO_FORM[name], JSON)).status_code == 400, name
        assert heard_at_once == []
        body = an_event({"type": "message"})
        assert posted(web, body, headers(body, JSON)).status_code == 200
        assert heard_at_once == [json.loads(body)]
        assert bolt.requests == []
        assert posted(web, a_command()).status_code == 200
        assert len(bolt.requests) == 1


@pytest.mark.parametrize("form", ["text/plain", "multipart/form-data; boundary=x", "", "application/json, text/html"])
def test_only_the_two_forms_that_slack_sends_are_read(web, bolt, form):
    body = a_command()
    assert posted(web, body, headers(body, form)).status_code == 415
    assert bolt.requests == []


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", EVENTS_PATH, 405), ("PUT", EVENTS_PATH, 405), ("HEAD", EVENTS_PATH, 405), ("POST", "/", 404),
        ("GET", "/healthz", 404), ("GET", "/metrics", 404), ("POST", "/slack/events/x", 404),
        ("GET", "/docs", 404), ("GET", "/../../etc/passwd", 404),
    ],
)  # fmt: skip
def test_nothing_else_is_there(web, bolt, method, path, expected):
    body = a_command()
    assert requests.request(method, web + path, data=body, headers=headers(body), timeout=10).status_code == expected
    assert bolt.requests == []


def test_no_answer_tells_what_answers_it(web):
    for path, body in ((EVENTS_PATH, b"x"), ("/nowhere", b""), (EVENTS_PATH, NO_FORM["cut off"])):
        answer = requests.post(web + path, data=body, headers=headers(body, JSON), timeout=10)
        said = (str(dict(answer.headers)) + answer.text).lower()
        assert not any(word in said for word in ("traceback", "uvicorn", "starlette", "python", "bolt", 'file "'))


def test_a_defect_behind_the_door_is_an_answer_without_a_trace():
    def broken(_):
        raise RuntimeError("a secret")

    with served(http_app(broken, SECRET)) as web:
        body = a_command()
        answer = posted(web, body)
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_the_challenge_is_answered_by_bolt_itself():
    app = App(client=WebClient(), signing_secret=SECRET, authorize=lambda: None)
    body = json.dumps({"type": "url_verification", "challenge": "c-123"}).encode()
    with served(http_app(app.dispatch, SECRET)) as web:
        answer = posted(web, body, headers(body, JSON))
    assert answer.json() == {"challenge": "c-123"}


def test_without_a_signing_secret_nothing_begins(bolt):
    with pytest.raises(ValueError, match="SLACK_SIGNING_SECRET"):
        http_app(bolt, " ")
