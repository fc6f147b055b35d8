"""What goes wrong in a real week, rehearsed: a killed bot really dies, and its run goes on in the same message."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from bot.card.actions import SHOW_EVIDENCE
from bot.demo import acts
from bot.playground import bot_keeper
from bot.playground.bot_process import AskedSources
from bot.playground.open import over_recordings
from bot.playground.slack.people import YOU
from bot.playground.slack.refused import NotDone
from bot.playground.slack.workspace import ALERTS, BOT, INCIDENTS
from bot.playground.trouble import storm
from playbook.evidence.unavailable import Unavailable
from tests.playground.house import rehearsal, until

SECONDS = 40.0  # a process begins within two seconds on a quiet machine, and a run takes three


def said(opened, channel=INCIDENTS.id):
    """What the bot has said in a channel, whispers included."""
    shown = opened.workspace.snapshot()["messages"]
    return [one for one in shown if one["channel"] == channel and one["user"] == BOT.id]


def cards(opened, channel=INCIDENTS.id):
    return [one for one in said(opened, channel) if SHOW_EVIDENCE in json.dumps(one.get("blocks"))]


def state(opened):
    return opened.stage.shown()["bot"]["state"]


@pytest.fixture
def opened(monkeypatch):
    monkeypatch.setattr(bot_keeper, "RETURN_SECONDS", 0.5)
    with over_recordings(0, pace=0.5, arriving=False, own_process=True) as one:
        until(lambda: one.workspace.envelopes.connected, SECONDS)
        yield one


def test_a_run_that_was_killed_in_the_middle_goes_on_in_the_same_message(opened):
    first = opened.stage._bot.pid
    opened.stage.act({"do": "stage.kill", "within": "run"})
    until(lambda: opened.stage._bot.pid not in {first, None}, SECONDS)
    (begun,) = said(opened)
    assert SHOW_EVIDENCE not in json.dumps(begun["blocks"])
    until(lambda: cards(opened), SECONDS)
    (card,) = said(opened)
    assert card["ts"] == begun["ts"]
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)


def test_a_killed_bot_is_shown_as_such_and_can_be_started_sooner(opened, monkeypatch):
    monkeypatch.setattr(bot_keeper, "RETURN_SECONDS", 600.0)
    opened.stage.act({"do": "stage.kill"})
    assert state(opened) == "killed"
    assert opened.stage.shown()["bot"]["returns"] == pytest.approx(time.time() + 600, abs=30)
    until(lambda: not opened.workspace.envelopes.connected)
    with pytest.raises(NotDone):
        opened.stage.act({"do": "stage.kill"})
    opened.stage.act({"do": "stage.start"})
    assert opened.stage.shown()["bot"] == {"state": "up", "returns": None}
    with pytest.raises(NotDone):
        opened.stage.act({"do": "stage.start"})
    until(lambda: opened.workspace.envelopes.connected, SECONDS)


def test_a_bot_that_ends_by_itself_is_shown_as_ended(opened):
    os.kill(opened.stage._bot.pid, signal.SIGTERM)
    until(lambda: state(opened) == "ended", SECONDS)


def test_a_source_that_is_set_while_the_bot_is_dead_is_so_when_it_returns(opened):
    opened.stage.act({"do": "stage.kill"})
    opened.stage.act({"do": "stage.source", "source": "github", "mode": "absent"})
    until(lambda: opened.workspace.envelopes.connected is False)
    until(lambda: opened.workspace.envelopes.connected, SECONDS)
    opened.stage.act({"do": "stage.together"})
    until(lambda: cards(opened), SECONDS)
    assert "GitHub is not configured" in json.dumps(cards(opened))


def whispered(opened):
    return [one for one in said(opened) if one.get("ephemeral")]


def test_of_two_people_who_ask_at_once_one_gets_the_card_and_the_other_the_link():
    with over_recordings(0, pace=0.3, arriving=False) as opened:
        opened.stage.act({"do": "stage.together"})
        until(lambda: cards(opened) and any("here it is" in one["text"] for one in whispered(opened)), SECONDS)
        assert len([one for one in said(opened) if not one.get("ephemeral")]) == 1
        assert len({one.get("reader", YOU.id) for one in whispered(opened)}) == 1
        promised = [one["text"] for one in whispered(opened) if "here it is" not in one["text"]]
        assert all("you get the link once it stands" in one for one in promised)
        asked = [one for one in opened.workspace.traffic.shown() if one["name"] == "slash_commands"]
        assert len(asked) == 2
        assert abs(asked[0]["at"] - asked[1]["at"]) < 1


def test_fifty_alerts_of_one_issue_get_one_card(monkeypatch):
    monkeypatch.setattr("bot.playground.stage.STORM_SECONDS", 2.0)
    with over_recordings(0, pace=0.1, arriving=False) as opened:
        opened.stage.act({"do": "stage.storm", "count": 50, "incident": "lock_timeout"})
        until(lambda: cards(opened, ALERTS.id), SECONDS)
        until(lambda: len(opened.workspace.conversations[ALERTS.id].messages) >= 51, SECONDS)
        time.sleep(1)
        assert len(said(opened, ALERTS.id)) == 1


def test_lost_answers_and_refusals_leave_one_card():
    with over_recordings(0, pace=0.1, arriving=False) as opened:
        opened.workspace.faults.refuse(2)
        opened.workspace.faults.lose_answers(1)
        opened.stage.act({"do": "stage.together"})
        until(lambda: cards(opened), SECONDS)
        lost = [one["error"] for one in opened.workspace.traffic.shown() if one["name"] == "chat.postMessage"]
        assert "the answer was lost" in lost
        assert "ratelimited" in lost
        assert len([one for one in said(opened) if not one.get("ephemeral")]) == 1


def test_where_bot_and_workspace_are_one_process_it_cannot_be_killed():
    with over_recordings(0, pace=0, arriving=False) as opened:
        assert opened.stage.shown()["bot"] is None
        for act in ({"do": "stage.kill"}, {"do": "stage.kill", "within": "run"}, {"do": "stage.start"}):
            with pytest.raises(NotDone, match="own process"):
                opened.stage.act(act)


def test_a_workspace_that_is_killed_leaves_no_bot_behind(tmp_path):
    script = (
        "import time\n"
        "from bot.playground.open import over_recordings\n"
        "with over_recordings(0, arriving=False, own_process=True) as opened:\n"
        "    print(opened.stage._bot.pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    try:
        assert process.stdout is not None
        bot = int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate(timeout=SECONDS)
    until(lambda: not alive(bot), SECONDS)


def alive(pid):
    """Whether a process runs; one that ended and that nobody asked about yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_storm_has_each_incident_as_often_as_the_others_and_in_no_order():
    drawn = list(storm("abcde", 200, seed=7))
    assert set(Counter(drawn).values()) == {40}
    assert drawn != sorted(drawn)
    assert any(one == other for one, other in pairwise(drawn))


def test_a_bot_of_its_own_asks_the_workspace_how_the_sources_are(tmp_path, monkeypatch):
    with rehearsal(tmp_path) as running:
        monkeypatch.setattr(running.stage, "shown", lambda: {"sources": [{"name": "github", "mode": "failing"}]})
        sources = AskedSources(running.url, threading.Event().wait, 0.0)
        assert sources.modes() == {"sentry": "recorded", "github": "failing", "elasticsearch": "recorded"}
    with pytest.raises(Unavailable, match="does not answer"):
        sources.modes()


def test_the_options_of_the_command_become_acts_of_the_stage():
    assert acts() == ()
    played = acts(together=True, storm=200, kill=True)
    assert [one["do"] for one in played] == ["stage.together", "stage.storm", "stage.kill"]
