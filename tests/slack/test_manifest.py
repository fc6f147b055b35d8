"""The manifest is one that Slack accepts, and asks for exactly what the listeners use."""

from pathlib import Path

import pytest
import yaml

from bot.card.actions import SHORTCUT
from tests.card.contract import breaches

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("version", [1, 2])
def test_slacks_own_schema_accepts_it(version: int):
    assert breaches(MANIFEST, f"slack-manifest-{version}.schema.json") == []


def test_it_asks_for_the_least_scopes_that_do_the_job():
    scopes = MANIFEST["oauth_config"]["scopes"]
    cards = ["commands", "chat:write", "app_mentions:read", "channels:history", "groups:history"]
    home = ["channels:read", "groups:read"]
    writes = ["users:read", "users:read.email", "usergroups:read"]
    assert scopes == {"bot": [*cards, *home, *writes]}


def test_it_subscribes_to_what_the_doors_listen_to_and_each_event_has_its_scope():
    assert MANIFEST["settings"]["event_subscriptions"]["bot_events"] == [
        "app_home_opened",
        "app_mention",
        "message.channels",
        "message.groups",
    ]


def test_socket_mode_the_command_and_the_shortcut_are_there():
    assert MANIFEST["settings"]["socket_mode_enabled"] is True
    assert MANIFEST["settings"]["interactivity"]["is_enabled"] is True
    assert [one["command"] for one in MANIFEST["features"]["slash_commands"]] == ["/diagnose"]
    assert [(one["type"], one["callback_id"]) for one in MANIFEST["features"]["shortcuts"]] == [("message", SHORTCUT)]
