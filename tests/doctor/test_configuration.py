"""Settings that contradict each other, do nothing or are swapped are told without asking anybody."""

from pathlib import Path

import pytest

from bot.doctor import configuration as doctor
from bot.settings import Mapping
from tests.doctor.services import APP_TOKEN, BOT_TOKEN, a_key, by_state, one, projects, settings

SOUND = {
    "sentry_org": "acme",
    "sentry_token": "sntryu_1",
    "github_token": "ghp_1",
    "elasticsearch_url": "https://logs.example.com",
    "elasticsearch_api_key": "a2V5",
    "slack_bot_token": BOT_TOKEN,
    "slack_app_token": APP_TOKEN,
}


def examined(mapping=None, **given):
    return doctor.examine(settings(**given), mapping or Mapping())


def test_sound_settings_are_listed_by_name_and_never_by_value():
    Path("diagnose.toml").write_text("", encoding="utf-8")
    found = examined(projects(repository="acme/shop"), **SOUND)
    assert by_state(found) == {"ok": ["sentry", "github", "elasticsearch", "slack", "projects"]}
    assert one(found, "slack").sentence == "set are SLACK_APP_TOKEN, SLACK_BOT_TOKEN"
    assert "shop" in one(found, "projects").sentence


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"github_app_id": 7, "github_app_key": "k"}, "GITHUB_TOKEN and GITHUB_APP_ID are both set"),
        ({"elasticsearch_cloud_id": "acme:ZQ=="}, "ELASTICSEARCH_URL and ELASTICSEARCH_CLOUD_ID are both set"),
        ({"elasticsearch_username": "me"}, "ELASTICSEARCH_API_KEY and ELASTICSEARCH_USERNAME are both set"),
        ({"elasticsearch_api_key": "not base64!"}, "ELASTICSEARCH_API_KEY is not an API key"),
        ({"elasticsearch_ca": "gone.pem"}, "ELASTICSEARCH_CA: gone.pem cannot be read"),
        ({"sentry_ca": "gone.pem"}, "SENTRY_CA: gone.pem cannot be read"),
        ({"sentry_token": "two words"}, "SENTRY_TOKEN is empty or holds a blank"),
        ({"sentry_token": "sntrys_1"}, "SENTRY_TOKEN is an organization token"),
        ({"sentry_org": None}, "SENTRY_TOKEN is set and does nothing without SENTRY_ORG"),
        ({"slack_bot_token": None}, "SLACK_APP_TOKEN is set and does nothing without SLACK_BOT_TOKEN"),
        (
            {"slack_bot_token": APP_TOKEN, "slack_app_token": BOT_TOKEN},
            "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are swapped",
        ),
        ({"slack_bot_token": "xoxp-1"}, "SLACK_BOT_TOKEN is no bot token"),
        ({"slack_app_token": "xoxb-2"}, "SLACK_APP_TOKEN is no app-level token"),
        ({"elasticsearch_url": None}, "ELASTICSEARCH_API_KEY is set and does nothing without ELASTICSEARCH_URL or"),
    ],
)
def test_a_contradiction_is_one_finding_that_names_the_settings(given, words):
    wrong = [finding for finding in examined(**{**SOUND, **given}) if finding.state == "broken"]
    assert len(wrong) == 1
    assert wrong[0].sentence.startswith(words)
    assert not wrong[0].well
    assert wrong[0].fix


def test_an_app_needs_a_key_of_its_own():
    given = {**SOUND, "github_token": None, "github_app_id": 7}
    assert any("does nothing without GITHUB_APP_KEY or" in one.sentence for one in examined(**given))
    assert by_state(examined(**given, github_app_key=a_key())).keys() == {"ok", "not configured"}
    (Path("key.pem")).write_text(a_key(), encoding="utf-8")
    assert by_state(examined(**given, github_app_key_file="key.pem")).keys() == {"ok", "not configured"}


def test_a_key_that_is_none_is_told_without_the_key():
    given = {**SOUND, "github_token": None, "github_app_id": 7, "github_app_key": "hunter2"}
    wrong = [finding for finding in examined(**given) if finding.state == "broken"]
    assert "private key of the GitHub App" in wrong[0].sentence
    assert "hunter2" not in repr(wrong)


def test_a_name_that_is_nearly_a_setting_is_told(monkeypatch):
    Path(".env").write_text("SLACK_BOT_TOKENS=xoxb-3\n", encoding="utf-8")
    monkeypatch.setenv("SENTRY_TOKENN", "hunter2")
    monkeypatch.setenv("SENTRY_ENVIRONMENT", "production")
    found = examined(**SOUND)
    assert one(found, "SENTRY_TOKENN").fix == "rename it to SENTRY_TOKEN"
    assert one(found, "SLACK_BOT_TOKENS").fix == "rename it to SLACK_BOT_TOKEN"
    assert by_state(found)["missing"] == ["SENTRY_TOKENN", "SLACK_BOT_TOKENS"]
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("url", "told"),
    [("http://sentry.internal.example.com", True), ("http://127.0.0.1:9000", False), ("http://localhost:9000", False)],
)
def test_a_token_that_would_travel_unencrypted_is_told_and_fails_nothing(url, told):
    found = [finding for finding in examined(**SOUND, sentry_url=url) if finding.what == "SENTRY_URL"]
    assert bool(found) is told
    assert all(finding.well and "unencrypted" in finding.sentence for finding in found)


def test_no_mapping_is_not_configured_and_fails_nothing():
    finding = one(examined(**SOUND), "projects")
    assert (finding.state, finding.well) == ("not configured", True)
    assert "diagnose.example.toml" in (finding.fix or "")
