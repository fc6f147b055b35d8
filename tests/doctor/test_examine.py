"""The whole examination: side by side, bounded, one line for each finding, and never a secret."""

import io
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import bot.doctor
from bot.cli import app
from bot.doctor import examined
from bot.doctor.check import Check, findings
from bot.doctor.finding import Finding, broken, missing, not_configured, not_tried, ok
from bot.doctor.report import line, report
from bot.settings import Mapping
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from tests.doctor.services import (
    API_KEY,
    APP_TOKEN,
    BOT_TOKEN,
    GITHUB_TOKEN,
    SENTRY_TOKEN,
    Workspace,
    hub,
    logs,
    sentry,
    settings,
)
from tests.stand_ins.loopback import a_closed_port
from tests.stand_ins.sentry_server import answer

SECRETS = (API_KEY, APP_TOKEN, BOT_TOKEN, GITHUB_TOKEN, SENTRY_TOKEN)
TOML = """
[projects.shop]
repository = "acme/shop"
log_service = "shop-web"
alert_channels = ["C0123456789"]
"""


def environment(sentry_url: str, github_url: str, elastic_url: str, slack_url: str) -> dict[str, str]:
    return {
        "SENTRY_URL": sentry_url,
        "SENTRY_ORG": "acme",
        "SENTRY_TOKEN": SENTRY_TOKEN,
        "GITHUB_API_URL": github_url,
        "GITHUB_TOKEN": GITHUB_TOKEN,
        "ELASTICSEARCH_URL": elastic_url,
        "ELASTICSEARCH_API_KEY": API_KEY,
        "ELASTICSEARCH_INDEX": "logs-shop",
        "SLACK_API_URL": slack_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "COLUMNS": "80",
    }


def test_the_command_leaves_with_0_where_everything_works():
    Path("diagnose.toml").write_text(TOML, encoding="utf-8")
    with sentry() as one, hub() as two, logs() as three, Workspace() as four:
        told = CliRunner().invoke(app, ["doctor"], env=environment(one.url, two.url, three.url, four.url))
    assert told.exit_code == 0, told.output
    assert "✗" not in told.stdout
    assert "Everything that is needed works." in told.stdout
    lines = told.stdout.splitlines()
    order = list(dict.fromkeys(text[2:].split(",")[0] for text in lines if text[:1] in "✓?–!"))
    assert order == ["Settings", "Sentry", "GitHub", "Elasticsearch", "Slack"]
    assert not any(secret in told.output for secret in SECRETS)


def test_the_command_leaves_with_2_and_names_what_to_fix_where_all_hosts_are_down():
    nowhere = f"http://127.0.0.1:{a_closed_port()}"
    told = CliRunner().invoke(app, ["doctor"], env=environment(nowhere, nowhere, nowhere, nowhere))
    assert told.exit_code == 2
    for name in ("SENTRY_URL", "GITHUB_API_URL", "ELASTICSEARCH_URL", "SLACK_API_URL"):
        assert any(name in text for text in told.stdout.splitlines() if text.startswith("✗"))
    assert "Traceback" not in told.output
    assert not any(secret in told.output for secret in SECRETS)


def test_the_command_without_a_setting_says_what_to_set():
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 2
    assert "– Sentry, everything — not configured: without SENTRY_ORG and SENTRY_TOKEN" in told.stdout
    assert "Slack, everything — not configured (can be done without)" in told.stdout


def test_a_secret_that_a_service_sends_back_is_not_printed():
    given = settings(sentry_org="acme", sentry_token=SENTRY_TOKEN, slack_bot_token=BOT_TOKEN)
    echo = broken("Slack", f"card {BOT_TOKEN}", f"the server said {SENTRY_TOKEN}\x1b[2J\n", f"remove {BOT_TOKEN}")
    out = io.StringIO()
    assert not report([[echo]], given, Console(file=out, width=40))
    assert BOT_TOKEN not in out.getvalue()
    assert SENTRY_TOKEN not in out.getvalue()
    assert "\x1b" not in out.getvalue()
    assert len(out.getvalue().splitlines()) == 2


def test_a_secret_in_an_answer_of_sentry_is_not_printed(capsys):
    with sentry() as server:
        server.fail("releases/", answer(403, {"detail": f"{SENTRY_TOKEN} and {GITHUB_TOKEN} lack it"}))
        given = settings(sentry_url=server.url, sentry_org="acme", sentry_token=SENTRY_TOKEN, github_token=GITHUB_TOKEN)
        given = given.model_copy(update={"github_api_url": f"http://127.0.0.1:{a_closed_port()}"})
        assert not bot.doctor.examine(given, Mapping())
    told = capsys.readouterr().out
    assert "project:read" in told
    assert SENTRY_TOKEN not in told
    assert GITHUB_TOKEN not in told


@pytest.mark.parametrize(
    ("finding", "well", "text"),
    [
        (ok("Sentry", "token", "is accepted"), True, "✓ Sentry, token: is accepted"),
        (missing("Sentry", "scope", "lacks it", "add it"), False, "✗ Sentry, scope — missing: lacks it → add it"),
        (missing("Sentry", "x", "y", needed=False), True, "! Sentry, x — missing (can be done without): y"),
        (broken("Slack", "token", "is bad"), False, "✗ Slack, token — broken: is bad"),
        (not_tried("Slack", "button", "alone"), True, "? Slack, button — not tried: alone"),
        (
            not_configured("GitHub", "all", "unset", "set it", needed=False),
            True,
            "– GitHub, all — not configured (can be done without): unset → set it",
        ),
        (
            not_configured("Sentry", "all", "unset", "set it", needed=True),
            False,
            "– Sentry, all — not configured: unset → set it",
        ),
    ],
)
def test_each_state_has_its_line_and_only_what_is_needed_fails(finding, well, text):
    assert finding.well is well
    assert line(finding).plain == text
    assert report([[finding]], settings(), Console(file=io.StringIO())) is well


def test_square_brackets_in_a_sentence_are_no_markup():
    out = io.StringIO()
    report([[ok("Sentry", "[projects.shop]", "[bold]there[/bold]")]], settings(), Console(file=out))
    assert "[projects.shop]: [bold]there[/bold]" in out.getvalue()


def check(look, what: str = "it") -> Check:
    return Check("Sentry", what, look)


def test_a_check_that_hangs_is_broken_in_time_and_stops_no_other(monkeypatch):
    monkeypatch.setattr("bot.doctor.check.CHECK_SECONDS", 0.2)
    over = threading.Event()
    began = time.monotonic()
    found = findings([check(lambda: [] * over.wait(20)), check(lambda: [ok("Sentry", "b", "c")])], Budget(10))
    over.set()
    assert time.monotonic() - began < 5
    assert [one.state for one in found] == ["broken", "ok"]
    assert "did not answer within" in found[0].sentence


def test_a_check_that_fails_is_a_finding_and_stops_no_other():
    def unavailable() -> Sequence[Finding]:
        raise Unavailable("Sentry is down; check again")

    def faulty() -> Sequence[Finding]:
        raise KeyError("hunter2")

    found = findings([check(unavailable), check(faulty), check(lambda: [ok("Sentry", "b", "c")])], Budget(10))
    assert [one.state for one in found] == ["broken", "broken", "ok"]
    assert found[0].sentence == "Sentry is down; check again"
    assert "KeyError" in found[1].sentence
    assert "hunter2" not in repr(found)


def test_when_the_time_of_a_service_is_used_up_the_rest_is_not_tried():
    found = findings([check(lambda: [ok("Sentry", "b", "c")])], Budget(0))
    assert [(one.what, one.state) for one in found] == [("it", "not tried")]


def test_services_are_examined_side_by_side_and_told_in_order(monkeypatch):
    together = threading.Barrier(2)

    def look(service):
        def examination(*_: object) -> Sequence[Finding]:
            together.wait(5)
            return [ok(service, "x", "y")]

        return examination

    monkeypatch.setattr(bot.doctor, "EXAMINATIONS", (("GitHub", look("GitHub")), ("Slack", look("Slack"))))
    found = [one for told in examined(settings(), Mapping()) for one in told]
    assert [(one.service, one.state) for one in found] == [("GitHub", "ok"), ("Slack", "ok")]
