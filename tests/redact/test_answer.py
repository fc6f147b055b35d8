"""What each source's answers lose and keep, by place."""

import base64
import json
from typing import Any

import pytest

from playbook.redact import Redacted
from playbook.redact import redact_json as _redact_json


def redact_json(answer: Any, source: Any) -> Redacted:
    return _redact_json(answer, source)


SHA = "2f1c0ffee2f1c0ffee2f1c0ffee2f1c0ffee2f1c"
EVENT_ID = "0123456789abcdef0123456789abcdef"


def an_event() -> dict[str, Any]:
    return {
        "id": EVENT_ID,
        "eventID": EVENT_ID,
        "groupID": "5551234567",
        "dateCreated": "2026-11-22T10:01:02Z",
        "metadata": {
            "type": "ProgrammingError",
            "value": 'relation "orders" does not exist\nLINE 1: SELECT ... WHERE id = 4711',
        },
        "user": {
            "id": "4711",
            "email": "jane@example.com",
            "ip_address": "203.0.113.9",
            "username": "jane",
            "data": {"plan": "gold"},
            "name": None,
        },
        "tags": [
            {"key": "environment", "value": "production"},
            {"key": "release", "value": "shop@1.2.3.4"},
            {"key": "browser", "value": "Chrome 120.0.0.0"},
            {"key": "server_name", "value": "ip-10-0-3-17"},
            {"key": "user", "value": "id:4711"},
            {"key": "user.email", "value": "jane@example.com"},
            {"key": "url", "value": "https://shop.example.com/orders/?token=cafe1234"},
            {"key": None, "value": None},
        ],
        "contexts": {
            "trace": {
                "trace_id": EVENT_ID,
                "span_id": "0123456789abcdef",
                "op": "http.server",
                "data": {"cart": "secret"},
            },
            "runtime": {"name": "CPython", "version": "3.12.1", "type": "runtime"},
            "customer": {"name": "Jane"},
        },
        "context": {"cart": ["Jane"], "sys.argv": ["manage.py"]},
        "packages": {"django": "5.2.19", "thing": "1.2.3.4"},
        "release": {
            "version": "shop@1.2.3.4",
            "lastCommit": {
                "id": SHA,
                "message": "add orders",
                "author": {"id": "9", "name": "Ada Example", "email": "ada@example.com", "username": "ada"},
            },
        },
        "entries": [
            {
                "type": "exception",
                "data": {
                    "values": [
                        {
                            "type": "ProgrammingError",
                            "value": 'relation "orders" does not exist',
                            "module": "django.db.utils",
                            "stacktrace": {
                                "frames": [
                                    {
                                        "filename": "orders/views.py",
                                        "absPath": "/srv/app/orders/views.py",
                                        "function": "create",
                                        "lineNo": 42,
                                        "inApp": True,
                                        "context": [
                                            [41, "    key = settings.KEY"],
                                            [42, "    Order.objects.get(state='new')"],
                                        ],
                                        "vars": {"password": "'hunter2'", "order": {"id": 4711}},
                                    }
                                ]
                            },
                        },
                        None,
                    ]
                },
            },
            {
                "type": "breadcrumbs",
                "data": {
                    "values": [
                        {
                            "type": "default",
                            "category": "query",
                            "message": "SELECT a FROM orders WHERE name = 'Jane'",
                            "data": {"db.params": ["Jane"]},
                            "timestamp": None,
                        },
                    ]
                },
            },
            {
                "type": "request",
                "data": {
                    "method": "POST",
                    "url": "https://shop.example.com/orders/?sig=cafe1234",
                    "query": [["sig", "cafe1234"]],
                    "data": {"card": "4111"},
                    "headers": [["Authorization", "Bearer abcdef123456"]],
                    "cookies": [["sid", "8f7a"]],
                    "env": {"REMOTE_ADDR": "203.0.113.9"},
                    "fragment": "",
                    "inferredContentType": "application/json",
                },
            },
            {
                "type": "message",
                "data": {"formatted": "order of jane@example.com", "message": None, "params": ["jane"]},
            },
        ],
    }


def test_an_event_keeps_what_a_diagnosis_reads():
    clean: Any = redact_json(an_event(), "sentry").value
    assert clean["eventID"] == EVENT_ID
    assert clean["metadata"]["value"] == 'relation "orders" does not exist\nLINE 1: SELECT ... WHERE id = [value]'
    assert [(tag["key"], tag["value"]) for tag in clean["tags"]] == [
        ("environment", "production"),
        ("release", "shop@1.2.3.4"),
        ("browser", "Chrome 120.0.0.0"),
        ("server_name", "ip-10-0-3-17"),
        ("user", "[user]"),
        ("user.email", "[user]"),
        ("url", "https://shop.example.com/orders/?token=[value]"),
        (None, None),
    ]
    assert clean["contexts"]["trace"] == {
        "trace_id": EVENT_ID,
        "span_id": "0123456789abcdef",
        "op": "http.server",
        "data": {},
    }
    assert clean["contexts"]["runtime"]["version"] == "3.12.1"
    assert clean["packages"] == {"django": "5.2.19", "thing": "1.2.3.4"}
    assert clean["release"]["lastCommit"]["author"] == {
        "id": "[user]",
        "name": "Ada Example",
        "email": "[email]",
        "username": "[user]",
    }
    frame = clean["entries"][0]["data"]["values"][0]["stacktrace"]["frames"][0]
    assert frame == an_event()["entries"][0]["data"]["values"][0]["stacktrace"]["frames"][0] | {"vars": {}}


def test_an_event_loses_whom_it_happened_to():
    redacted = redact_json(an_event(), "sentry")
    clean: Any = redacted.value
    told = json.dumps(clean)
    for gone in (
        "4711",
        "Jane",
        "jane",
        "203.0.113.9",
        "hunter2",
        "cafe1234",
        "8f7a",
        "abcdef123456",
        "4111",
        "gold",
        "cart",
    ):
        assert gone not in told
    assert clean["user"] == {
        "id": "[user]",
        "email": "[email]",
        "ip_address": "[ip]",
        "username": "[user]",
        "data": {},
        "name": None,
    }
    assert clean["entries"][2]["data"]["headers"] == [] and clean["entries"][2]["data"]["method"] == "POST"
    assert clean["entries"][1]["data"]["values"][0]["message"] == "SELECT a FROM orders WHERE name = '[value]'"
    hidden = dict(redacted.hidden)
    assert hidden["frame variable"] == 2
    assert hidden["breadcrumb data"] == 1
    assert hidden["request data"] == 5  # query, data, headers, cookies, env
    assert redacted.hidden == tuple(sorted(hidden.items()))


def test_an_issue_keeps_its_team_and_loses_its_watchers():
    person = {"id": "7", "name": "Ada Example", "email": "ada@example.com", "type": "user"}
    clean: Any = redact_json(
        {
            "seenBy": [person],
            "participants": [person, person],
            "assignedTo": person,
            "count": "1523",
            "userCount": 87,
        },
        "sentry",
    ).value
    assert clean == {
        "seenBy": [],
        "participants": [],
        "count": "1523",
        "userCount": 87,
        "assignedTo": {"id": "[user]", "name": "[user]", "email": "[email]", "type": "user"},
    }
    team = {"assignedTo": {"type": "team", "id": "3", "name": "payments"}}
    assert redact_json(team, "sentry").value == team


def test_the_tags_of_an_issue_lose_the_values_of_users_only():
    tags = [
        {
            "key": "user",
            "name": "User",
            "totalValues": 9,
            "topValues": [{"value": "id:4711", "name": "4711", "count": 3, "query": "user.id:4711"}],
        },
        {
            "key": "release",
            "totalValues": 9,
            "topValues": [{"value": "1.2.3.4", "name": "1.2.3.4", "count": 9, "key": "release"}],
        },
    ]
    clean: Any = redact_json(tags, "sentry").value
    assert clean == [{"key": "user", "name": "User", "totalValues": 9, "topValues": []}, tags[1]]
    row = {
        "value": "email:jane@example.com",
        "name": "jane@example.com",
        "count": 3,
        "lastSeen": "2026-11-22T10:00:00Z",
    }
    assert redact_json([row], "sentry").value == [row | {"value": "[user]", "name": "[user]"}]


def test_a_github_commit_keeps_who_and_what_and_loses_mail_and_secrets():
    who = {"name": "Ada Example", "email": "ada@example.com", "date": "2026-11-20T10:00:00Z"}
    commit = {
        "sha": SHA,
        "author": {"login": "ada-example", "id": 12},
        "html_url": f"https://github.com/acme/shop/commit/{SHA}",
        "commit": {"author": who, "message": "Add orders\n\nCo-authored-by: Bo <bo@example.com>"},
        "files": [
            {
                "filename": "orders/migrations/0042_order_add.py",
                "patch": "@@ -0,0 +1,2 @@\n+sql = \"INSERT INTO a VALUES ('x', 1)\"\n+KEY = 'AKIAIOSFODNN7EXAMPLE'",
            }
        ],
    }
    redacted = redact_json(commit, "github")
    clean: Any = redacted.value
    assert clean["author"] == commit["author"] and clean["sha"] == SHA and clean["html_url"] == commit["html_url"]
    assert clean["commit"] == {
        "author": who | {"email": "[email]"},
        "message": "Add orders\n\nCo-authored-by: Bo <[email]>",
    }
    assert clean["files"][0]["patch"] == "@@ -0,0 +1,2 @@\n+sql = \"INSERT INTO a VALUES ('x', 1)\"\n+KEY = '[secret]'"
    assert redacted.hidden == (("email", 2), ("secret", 1))


def test_a_file_that_github_sends_in_base64_is_read_before_it_passes():
    def packed(text: str) -> str:
        return base64.encodebytes(text.encode()).decode()

    answer = {"encoding": "base64", "content": packed("DB_PASSWORD=hunter2\n")}
    clean: Any = redact_json(answer, "github").value
    assert base64.b64decode(clean["content"]) == b"DB_PASSWORD=[secret]\n"
    harmless = {"encoding": "base64", "content": packed("class Order(Model): ...\n" * 9)}
    assert redact_json(harmless, "github").value == harmless


def test_a_log_document_keeps_its_message_and_host():
    hit = {
        "_index": "logs-shop-2026.11.22",
        "_id": "AYx10.0.3.17",
        "_score": 1.5,
        "_source": {
            "@timestamp": "2026-11-22T10:00:00Z",
            "message": "Applying orders.0042_order_add... OK (0.3s) for jane@example.com from 10.0.3.17",
            "host": {"name": "ip-10-0-3-17", "ip": ["10.0.3.17", "127.0.0.1"]},
            "trace.id": EVENT_ID,
            "user": {"name": "jane", "id": "4711"},
            "user.email": "jane@example.com",
            "url": {"path": "/orders", "query": "a=b&sig=cafe1234"},
            "http": {"request": {"method": "GET", "body": {"content": "card=4111"}}},
            "service": {"name": "shop", "version": "1.2.3.4"},
            "process": {"pid": 7, "env_vars": ["A=1"]},
            "labels": {"env": "production", "api_key": "abc"},
        },
    }
    assert redact_json({"hits": {"hits": [hit]}, "timed_out": False, "took": 4}, "elasticsearch").value == {
        "hits": {
            "hits": [
                {
                    "_index": "logs-shop-2026.11.22",
                    "_id": "AYx10.0.3.17",
                    "_score": 1.5,
                    "_source": {
                        "@timestamp": "2026-11-22T10:00:00Z",
                        "message": "Applying orders.0042_order_add... OK (0.3s) for [email] from [ip]",
                        "host": {"name": "ip-10-0-3-17", "ip": ["[ip]", "127.0.0.1"]},
                        "trace.id": EVENT_ID,
                        "user": {"name": "[user]", "id": "[user]"},
                        "user.email": "[email]",
                        "url": {"path": "/orders", "query": "[value]"},
                        "http": {"request": {"method": "GET", "body": {}}},
                        "service": {"name": "shop", "version": "1.2.3.4"},
                        "process": {"pid": 7, "env_vars": []},
                        "labels": {"env": "production", "api_key": "[secret]"},
                    },
                }
            ]
        },
        "timed_out": False,
        "took": 4,
    }


def test_a_secret_in_a_key_is_hidden_and_no_entry_is_lost():
    clean = redact_json({"a@example.com": 1, "b@example.com": 2}, "elasticsearch").value
    assert clean == {"[email]": 1, "[email] 2": 2}


@pytest.mark.parametrize(
    "odd",
    [
        None,
        True,
        0,
        1.5,
        "",
        [],
        {},
        [None],
        {"user": None, "entries": None, "tags": [None, [], ["user"], 3]},
        {"type": [], "data": None},
    ],
)
def test_odd_answers_pass(odd: Any):
    assert redact_json(odd, "sentry").value == odd


def test_depth_does_not_matter():
    deep: Any = "jane@example.com"
    for _ in range(50_000):
        deep = [deep]
    clean: Any = redact_json(deep, "sentry").value
    for _ in range(50_000):
        (clean,) = clean
    assert clean == "[email]"
