"""`diagnose serve` as people run it: a process, a Slack on loopback, an alert in, a card out, SIGTERM and gone."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from tests.cases.migration_failed.story import incident
from tests.stand_ins.sentry_server import SentryServer
from tests.stand_ins.slack_server import SlackServer

SECONDS = 60


@pytest.fixture
def at_work(tmp_path):
    """A serving bot with a Sentry and a Slack on loopback; what it logged is read when it has ended."""
    with SentryServer(incident.world) as sentry, SlackServer() as slack:
        environment = {
            **os.environ,
            "SENTRY_URL": sentry.url,
            "SENTRY_ORG": "acme",
            "SENTRY_TOKEN": "sentry-token-of-the-test",
            "SLACK_API_URL": slack.url,
            "SLACK_BOT_TOKEN": "xoxb-of-the-test",
            "SLACK_APP_TOKEN": "xapp-of-the-test",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve"],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(Path.cwd())},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield slack, process
        finally:
            process.kill()
            process.communicate(timeout=10)


def until(slack, process, true):
    """Waits for the bot; a bot that has ended instead is shown with what it logged."""
    slack.until(lambda: true() or process.poll() is not None, SECONDS)
    assert process.poll() is None, process.communicate(timeout=10)[1]


def test_a_command_becomes_a_card_and_the_process_ends_when_told(at_work):
    slack, process = at_work
    until(slack, process, lambda: slack.named("apps.connections.open") and not slack._connections.empty())
    slack.send(
        "slash_commands",
        {
            "command": "/diagnose",
            "text": "SHOP-42",
            "channel_id": "C1",
            "user_id": "U1",
            "team_id": "T0TEST",
            "trigger_id": "1.2.3",
            "response_url": slack.response_url(),
        },
    )
    until(slack, process, lambda: "Show evidence" in str(slack.messages))
    assert "orders_order" in str(slack.messages)
    process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    _, logged = process.communicate(timeout=30)
    assert process.returncode == 0, logged
    assert time.monotonic() - began < 30
    assert "of-the-test" not in logged
    assert "Traceback" not in logged


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [("SLACK_BOT_TOKEN", []), ("SLACK_APP_TOKEN", []), ("SLACK_SIGNING_SECRET", ["--http"])],
)
def test_a_missing_token_is_named_before_anything_is_opened(missing, arguments, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    settings = {
        "SENTRY_ORG": "acme",
        "SENTRY_TOKEN": "t0",
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_SIGNING_SECRET": "s",
        missing: "",
    }
    done = CliRunner().invoke(app, ["serve", *arguments], env=settings)
    assert done.exit_code == 2
    assert missing in done.stderr
