"""HTTP mode: the signature first, then the same listeners."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest
import requests

from bot.doors import http_mode, web_client
from tests.slack.office import Investigator, a_desk
from tests.stand_ins.slack_server import SlackServer
from tests.stand_ins.web_server import served

SECRET = "signing-secret-of-the-test"


def signed(body: str, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    stamp = str(int(at if at is not None else time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def a_command(slack: SlackServer, text: str = "help") -> str:
    return urlencode(
        {
            "command": "/diagnose", "text": text, "channel_id": "C1", "user_id": "U0ASKER", "team_id": "T0TEST",
            "trigger_id": "1.2.3", "response_url": slack.response_url(), "api_app_id": "A0TEST",
        }
    )  # fmt: skip


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def slack():
    with SlackServer() as server:
        yield server


@pytest.fixture
def web(slack):
    client = web_client("xoxb-test", slack.url)
    investigator = Investigator()
    investigator.go_on.set()
    with a_desk(client, investigator) as desk, served(http_mode(client, SECRET, desk)) as address:
        yield address


def posted(web, body, **headers):
    return requests.post(f"{web}/slack/events", data=body, headers=headers, timeout=10)


def test_a_signed_command_is_answered(slack, web):
    body = a_command(slack, "SHOP-42")
    assert posted(web, body, **FORM, **signed(body)).status_code == 200
    slack.until(lambda: any("Show evidence" in json.dumps(message) for message in list(slack.messages.values())))


@pytest.mark.parametrize(
    "forged",
    [lambda _: {}, lambda body: signed(body, "another-secret"), lambda body: signed(body, at=time.time() - 3600)],
    ids=["unsigned", "another secret", "an hour old"],
)
def test_what_slack_did_not_sign_just_now_is_refused(slack, web, forged):
    body = a_command(slack)
    assert posted(web, body, **FORM, **forged(body)).status_code == 401
    assert slack.answers == []


def test_slacks_challenge_is_answered(web):
    body = json.dumps({"type": "url_verification", "challenge": "c-123"})
    answer = posted(web, body, **{"Content-Type": "application/json"}, **signed(body))
    assert "c-123" in answer.text


def test_http_mode_without_a_signing_secret_does_not_begin(slack):
    client = web_client("xoxb-test", slack.url)
    with a_desk(client, Investigator()) as desk, pytest.raises(ValueError, match="SLACK_SIGNING_SECRET"):
        http_mode(client, "", desk)
