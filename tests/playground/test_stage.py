"""What a visitor can play: alerts on demand, on their own, in storms, and sources that are made to fail."""

import pytest

from bot.demo import FIRST
from bot.demo import incidents as recordings
from bot.playground.recorded import Sources, incidents
from bot.playground.slack.refused import NotDone
from bot.playground.slack.workspace import ALERTS, Workspace
from bot.playground.stage import LiveStage, RecordedStage

SENTRY = "https://acme.sentry.example"


@pytest.fixture
def workspace():
    made = Workspace("http://127.0.0.1:7433")
    yield made
    made.close()


@pytest.fixture(scope="module")
def known():
    return incidents(recordings())


@pytest.fixture
def stage(workspace, known):
    made = RecordedStage(workspace, known, Sources(pace=0), SENTRY, arriving=True)
    yield made
    made.close()


def posted(workspace):
    return [one for one in workspace.snapshot()["messages"] if one["channel"] == ALERTS.id and not one.get("ephemeral")]


def test_every_incident_is_offered_with_what_to_type(stage):
    shown = stage.shown()
    assert {"name", "ref", "title", "about", "link"} == set(shown["incidents"][0])
    assert "SHOP-42" in {one["ref"] for one in shown["incidents"]}
    assert shown["live"] is False


def test_an_alert_is_posted_by_sentry_in_the_alert_channel(stage, workspace, known):
    stage.act({"do": "stage.alert", "incident": FIRST})
    (message,) = posted(workspace)
    assert message["user"] == "U0SENTRY"
    (incident,) = [one for one in known if one.name == FIRST]
    assert f'"issue":{incident.issue.id},' in message["blocks"][0]["block_id"]


def test_who_plays_an_alert_again_is_told_why_no_card_follows(stage, workspace):
    for _ in range(2):
        stage.act({"do": "stage.alert", "incident": FIRST})
    assert len(posted(workspace)) == 2
    (whispered,) = [one for one in workspace.snapshot()["messages"] if one.get("ephemeral")]
    assert "30 minutes" in whispered["text"]


def test_a_source_is_set_and_the_page_can_see_it(stage):
    stage.act({"do": "stage.source", "source": "github", "mode": "failing"})
    assert {"name": "github", "title": "GitHub", "mode": "failing"} in stage.shown()["sources"]


@pytest.mark.parametrize(
    "act",
    [
        {"do": "stage.source", "source": "github", "mode": "broken"},
        {"do": "stage.source", "source": "gitlab", "mode": "slow"},
        {"do": "stage.source", "source": ["github"], "mode": {}},
        {"do": "stage.alert", "incident": "nothing"},
        {"do": "stage.storm", "count": 0},
        {"do": "stage.storm", "count": 1_000_000},
        {"do": "stage.storm", "count": "many"},
        {"do": "stage.fly"},
        {},
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(stage, act):
    with pytest.raises(NotDone, match=r"\.$"):
        stage.act(act)


def test_alerts_arrive_on_their_own_until_the_visitor_stops_them(stage, workspace, monkeypatch, until):
    monkeypatch.setattr("bot.playground.stage.FIRST_SECONDS", 0.01)
    monkeypatch.setattr("bot.playground.stage.ARRIVING_SECONDS", 0.05)
    stage.start()
    until(lambda: len(posted(workspace)) >= 2)
    stage.act({"do": "stage.arriving", "on": False})
    assert stage.shown()["arriving"] is False
    names = [message["blocks"][0]["block_id"] for message in posted(workspace)]
    assert len(set(names)) == len(names), "an incident alerted twice on its own"


def test_a_storm_posts_every_alert_and_ends(stage, workspace, monkeypatch, until):
    monkeypatch.setattr("bot.playground.stage.STORM_SECONDS", 0.2)
    stage.act({"do": "stage.storm", "count": 40})
    until(lambda: len(posted(workspace)) == 40)


def test_a_storm_is_not_blown_up_by_another(stage):
    stage.act({"do": "stage.storm", "count": 200})
    with pytest.raises(NotDone, match=r"\.$"):
        stage.act({"do": "stage.storm", "count": 200})


def test_closing_ends_a_storm(stage, workspace):
    stage.act({"do": "stage.storm", "count": 200})
    stage.close()
    assert len(posted(workspace)) < 200


def test_over_real_sources_nothing_can_be_played():
    stage = LiveStage("https://sentry.example.com")
    assert stage.shown()["live"] is True
    with pytest.raises(NotDone, match="real sources"):
        stage.act({"do": "stage.alert", "incident": FIRST})
