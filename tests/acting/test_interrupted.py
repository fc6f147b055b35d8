"""A lost answer or a crash in any step: Sentry is written to once, and told is what it says when asked again."""

import dataclasses
import pickle

import pytest
from structlog.testing import capture_logs

from bot.slack.message import NotSent
from playbook.sources import sentry_actions
from tests.acting.outcomes import ACTIONS, CAME, ISSUE_PATH, LINES, shown
from tests.stand_ins.sentry_server import Fault, answer, page, slow


def lost(stage, fault, *, carried_out, monkeypatch):
    monkeypatch.setattr(sentry_actions, "WRITE_SECONDS", 0.3)
    for method in ("PUT", "POST"):
        stage.sentry.fail(f"{method} *", dataclasses.replace(fault, carried_out=carried_out))


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("fault", [slow(5), Fault(resets=True), page(504)])
def test_a_lost_answer_is_read_back_and_not_sent_again(stage, action, fault, monkeypatch):
    lost(stage, fault, carried_out=True, monkeypatch=monkeypatch)
    stage.press(action)
    assert stage.writes == 1
    assert stage.told == []
    assert shown(stage) == LINES[action]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_lost_answer_of_what_was_not_done_is_no_success(stage, action, monkeypatch):
    lost(stage, page(504), carried_out=False, monkeypatch=monkeypatch)
    stage.press(action)
    assert stage.writes == 1
    assert "It may still come" in stage.told[0]
    assert shown(stage).startswith("<@U0ADA> pressed *")
    assert "Sentry says: unresolved (new)" in shown(stage)


@pytest.mark.parametrize("action", ACTIONS)
def test_a_write_that_comes_late_is_seen_by_the_second_look(stage, action, monkeypatch):
    lost(stage, page(504), carried_out=False, monkeypatch=monkeypatch)

    def late(_):
        stage.sentry._faults.clear()
        stage.sentry.answer(next(call for call in stage.sentry.calls() if call.method != "GET"))

    stage.acting = dataclasses.replace(stage.acting, wait=late)
    stage.press(action)
    assert shown(stage) == LINES[action]


@pytest.mark.parametrize("action", ACTIONS)
def test_a_yes_that_changed_nothing_is_not_believed(stage, action):
    for method in ("PUT", "POST"):
        stage.sentry.fail(f"{method} *", answer(200, {}))
    stage.press(action)
    assert "Sentry took it, and yet SHOP-42 is unresolved (new)" in stage.told[0]
    assert shown(stage).startswith("<@U0ADA> pressed *")


def test_a_state_that_cannot_be_read_back_is_said_to_be_unknown(stage):
    stage.sentry._faults[f"GET {ISSUE_PATH}"] = [
        None,
        None,
        answer(500, {"detail": "Internal Error"}),
    ]  # the third look is the one afterwards
    stage.press("resolve")
    assert stage.issue["status"] == "resolved"
    assert "could not be read back" in stage.told[0]
    assert shown(stage) == "<@U0ADA> pressed *Resolve*, 20 Nov 03:12 UTC · how it stands could not be read back"


class Crash(Exception):
    pass


class Kept:
    """Steps as a durable runner keeps them: a result is stored once it is there, and given again after a crash."""

    def __init__(self, crash_at):
        self.results, self.crash_at = {}, crash_at

    def __call__(self, name, work, /):
        if name in self.results:
            return pickle.loads(self.results[name])  # noqa: S301 - what was dumped a moment ago
        done = work()
        if name == self.crash_at:
            self.crash_at = None
            raise Crash(name)
        self.results[name] = pickle.dumps(done)
        return done


STEPS = ("name", "may they", "state before", "whom", "record", "write", "state after", "record outcome", "redraw")


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("crash_at", STEPS)
def test_a_crash_in_any_step_changes_nothing_twice(stage, action, crash_at):
    kept = Kept(crash_at)
    with pytest.raises(Crash):
        stage.press(action, step=kept)
    stage.press(action, step=kept)
    assert stage.writes == 1
    assert len(stage.comments) == (action == "comment")
    assert stage.book.kept[-1].after == CAME[action]
    assert CAME[action] in shown(stage)
    assert "I changed nothing" not in "".join(stage.told)


def test_a_card_that_cannot_be_redrawn_does_not_undo_what_was_done(stage):
    def refused(_):
        raise NotSent("is_archived")

    stage.acting = dataclasses.replace(stage.acting, redraw=refused)
    with capture_logs():
        assert stage.press("resolve").sentence == ""
    assert stage.issue["status"] == "resolved"
