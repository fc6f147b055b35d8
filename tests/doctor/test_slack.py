"""Each way in which Slack's tokens, scopes, channels and cards can be wrong is told by its telling words."""

import json
from pathlib import Path

import pytest
import yaml

from bot import demo
from bot.doctor import cards
from bot.doctor import slack as doctor
from playbook.sources.budget import Budget
from tests.doctor.services import APP_TOKEN, BOT_TOKEN, SCOPES, Workspace, by_state, one, projects, settings
from tests.stand_ins.loopback import Loopback, a_closed_port, a_page

ROOT = Path(__file__).parents[2]


def examined(workspace: Workspace, channels=(), **given):
    told = {"slack_bot_token": BOT_TOKEN, "slack_app_token": APP_TOKEN, "slack_api_url": workspace.url, **given}
    return doctor.examine(settings(**told), projects(alert_channels=list(channels)), Budget(20))


@pytest.fixture
def two_cards(tmp_path, monkeypatch):
    """Two recorded incidents with a card each, the second of which is wrong."""
    good = {"text": "Good", "blocks": [{"type": "divider"}]}
    wrong = {"text": "Wrong", "blocks": [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]}
    for name, card in (("good", good), ("wrong", wrong)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "recording.json").write_text("{}", encoding="utf-8")
        (tmp_path / name / "card.json").write_text(json.dumps(card), encoding="utf-8")
    monkeypatch.setattr(demo, "INSTALLED", tmp_path)


def test_the_scopes_that_are_checked_are_those_of_the_manifest():
    manifest = yaml.safe_load((ROOT / "manifest.yml").read_text(encoding="utf-8"))
    assert set(doctor.SCOPES) == set(manifest["oauth_config"]["scopes"]["bot"])
    assert set(SCOPES.split(",")) == set(doctor.SCOPES)


def test_all_is_well_where_every_call_works():
    with Workspace() as workspace:
        found = examined(workspace, ["C0123456789"])
        assert len(workspace.named("blocks.validate")) == len(demo.incidents()) >= 10
    assert all(finding.well for finding in found)
    assert by_state(found).keys() == {"ok"}
    assert "diagnose (U0DIAGNOSE) in Test" in one(found, "bot token").sentence
    assert one(found, "Socket Mode").state == "ok"
    assert "a member" in one(found, "channel C0123456789").sentence
    assert f"takes {len(demo.incidents())} of {len(demo.incidents())} cards" in one(found, "cards").sentence


def test_nothing_is_posted():
    with Workspace() as workspace:
        examined(workspace, ["C0123456789"])
        assert {call.method.split(".")[0] for call in workspace.calls} == {"auth", "apps", "conversations", "blocks"}


@pytest.mark.parametrize("scope", sorted(doctor.SCOPES))
def test_a_missing_scope_is_named_with_what_does_not_happen(scope):
    with Workspace() as workspace:
        workspace.scopes = ",".join(set(SCOPES.split(",")) - {scope})
        found = examined(workspace)
    finding = one(found, f"scope {scope}")
    assert finding.state == "missing"
    assert doctor.SCOPES[scope] in finding.sentence
    assert "OAuth & Permissions" in (finding.fix or "")
    assert "reinstall" in (finding.fix or "")


def test_a_scope_that_nothing_uses_is_told_and_fails_nothing():
    with Workspace() as workspace:
        workspace.scopes = f"{SCOPES},admin"
        finding = one(examined(workspace), "scopes beyond need")
    assert finding.well
    assert "admin" in finding.sentence


def test_a_server_that_names_no_scopes_is_not_called_well():
    with Workspace() as workspace:
        workspace.scopes = None
        assert one(examined(workspace), "scopes").state == "not tried"


def test_a_bad_bot_token_stops_all_that_needs_it():
    with Workspace() as workspace:
        workspace.fail("auth.test", "invalid_auth")
        found = examined(workspace, ["C0123456789"])
        assert {call.method for call in workspace.calls} == {"auth.test", "apps.connections.open"}
    assert by_state(found) == {"broken": ["bot token"], "ok": ["Socket Mode"]}
    assert "invalid_auth" in one(found, "bot token").sentence


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        ("missing_scope", "missing", "connections:write"),
        ("not_allowed_token_type", "broken", "not_allowed_token_type"),
    ],
)
def test_an_app_token_that_opens_no_socket_is_told(error, state, words):
    with Workspace() as workspace:
        workspace.fail("apps.connections.open", error)
        finding = one(examined(workspace), "Socket Mode")
    assert finding.state == state
    assert words in finding.sentence
    assert "Basic Information" in (finding.fix or "")


@pytest.mark.parametrize(
    ("secret", "state", "words"),
    [
        (None, "not configured", "neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET"),
        ("xoxb-1-not-a-secret", "broken", "holds a token instead"),
        ("8f742231b10e8888abcd99aaabbb85a5", "not tried", "first request"),
    ],
)
def test_http_mode_needs_a_signing_secret(secret, state, words):
    with Workspace() as workspace:
        found = examined(workspace, slack_app_token=None, slack_signing_secret=secret)
    finding = next(one for one in found if "HTTP mode" in one.what)
    assert finding.state == state
    assert words in finding.sentence


def test_a_channel_that_the_bot_is_not_in_is_named():
    with Workspace() as workspace:
        found = examined(workspace, ["C0123456789", "G0000000001"])
    assert one(found, "channel C0123456789").state == "ok"
    finding = one(found, "channel G0000000001")
    assert finding.state == "missing"
    assert "missed silently" in finding.sentence
    assert "/invite @diagnose" in (finding.fix or "")


def test_a_channel_by_name_is_told_to_be_an_id():
    with Workspace() as workspace:
        finding = one(examined(workspace, ["#alerts"]), "channel #alerts")
        assert workspace.named("conversations.history") == []
    assert finding.state == "broken"
    assert "not names" in finding.sentence


def test_a_card_that_slack_refuses_is_named_with_the_pointer(two_cards):
    with Workspace() as workspace:
        found = examined(workspace)
    refused = one(found, "card wrong")
    assert refused.state == "broken"
    assert "/ " in refused.sentence
    assert "block_id" in refused.sentence
    assert "1 of 2 cards" in one(found, "cards").sentence


def test_a_workspace_that_cannot_judge_cards_leaves_them_untried(two_cards):
    with Workspace() as workspace:
        workspace.fail("blocks.validate", "unknown_method")
        finding = one(examined(workspace), "cards")
    assert finding.state == "not tried"
    assert "does not know blocks.validate, so 2 of 2 cards were not tried" in finding.sentence


def test_slack_is_given_the_patience_that_it_asks_for(two_cards, monkeypatch):
    monkeypatch.setattr(cards, "WAIT_SECONDS", 0.01)
    with Workspace() as workspace:
        workspace.fail("blocks.validate", "ratelimited", retry_after=0)
        found = examined(workspace)
        assert len(workspace.named("blocks.validate")) == 3
    assert by_state(found)["broken"] == ["card wrong"]


def test_a_host_that_is_down_is_told():
    given = settings(slack_bot_token=BOT_TOKEN, slack_api_url=f"http://127.0.0.1:{a_closed_port()}/api")
    found = doctor.examine(given, projects(), Budget(20))
    assert one(found, "bot token").state == "broken"
    assert "cannot be reached" in one(found, "bot token").sentence
    assert "SLACK_API_URL" in one(found, "bot token").sentence


def test_a_page_instead_of_an_api_is_told():
    with Loopback() as server:
        server.fault = a_page()
        given = settings(slack_bot_token=BOT_TOKEN, slack_api_url=server.origin)
        finding = one(doctor.examine(given, projects(), Budget(20)), "bot token")
    assert finding.state == "broken"
    assert "not Slack's API" in finding.sentence
    assert "Sign in" not in finding.sentence


def test_what_is_not_set_is_not_configured_and_fails_nothing():
    found = doctor.examine(settings(), projects(), Budget(5))
    assert by_state(found) == {"not configured": ["everything"]}
    assert found[0].well


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        ("missing_scope", "missing", "channels:history or groups:history, so alerts there are missed silently"),
        ("channel_not_found", "missing", "no such channel"),
        ("fatal_error", "broken", "fatal_error"),
    ],
)
def test_a_channel_that_cannot_be_read_is_told_with_the_reason(error, state, words):
    with Workspace() as workspace:
        workspace.fail("conversations.history", error)
        finding = one(examined(workspace, ["C0123456789"]), "channel C0123456789")
    assert finding.state == state
    assert words in finding.sentence


def test_a_persons_token_is_not_taken_for_the_bots(monkeypatch):
    monkeypatch.setattr(Workspace, "_auth_test", lambda *_: {"ok": True, "user": "someone", "user_id": "U0PERSON"})
    with Workspace() as workspace:
        finding = one(examined(workspace), "bot token")
    assert finding.state == "broken"
    assert "a person's token" in finding.sentence
