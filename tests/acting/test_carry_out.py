"""A press is on record before anything is written, happens once, and is told as Sentry then says that it is."""

import dataclasses
import json
import pickle

import pytest
from structlog.testing import capture_logs

from bot.card import problems
from bot.card.acted import acted
from bot.slack.message import NotSent
from playbook.sources import sentry_actions
from tests.acting.scene import ADA, ISSUE, RUN, VERDICT, person, scene
from tests.stand_ins.sentry_server import Fault, answer, page, slow

ACTIONS = ("resolve", "archive", "assign", "comment")
ISSUE_PATH = f"issues/{ISSUE}/"
CAME = {
    "resolve": "resolved",
    "archive": "archived until it escalates",
    "assign": "unresolved (new), assigned to Ada",
    "comment": "unresolved (new), with the verdict as a comment",
}
LINES = {
    "resolve": "<@U0ADA> resolved it, 20 Nov 03:12 UTC · Sentry says: resolved",
    "archive": "<@U0ADA> archived it, 20 Nov 03:12 UTC · Sentry says: archived until it escalates",
    "assign": "<@U0ADA> took it on, 20 Nov 03:12 UTC · Sentry says: unresolved (new), assigned to Ada",
    "comment": "<@U0ADA> commented the verdict on it, 20 Nov 03:12 UTC · "
    "Sentry says: unresolved (new), with the verdict as a comment",
}


def shown(stage):
    """The line on the card, checked against Slack's rules."""
    blocks = acted(stage.book.of(RUN))
    assert problems({"blocks": blocks, "text": "-"}) == []
    return blocks[0]["elements"][0]["text"] if blocks else ""


@pytest.mark.parametrize("action", ACTIONS)
def test_what_was_asked_for_is_done_recorded_and_shown(stage, action):
    stage.press(action)
    before, after = stage.book.kept
    was = "unresolved (new), assigned to nobody" if action == "assign" else "unresolved (new)"
    assert (before.before, before.after, before.refused) == (was, "", "")
    assert (after.before, after.after, after.refused) == (was, CAME[action], "")
    assert (after.user, after.name, after.action) == (ADA, "Ada", action)
    assert shown(stage) == LINES[action]
    assert stage.writes == 1
    assert stage.told == []
    assert len(stage.redrawn) == 1


def test_the_comment_is_the_verdict_and_names_its_run_and_press(stage):
    stage.press("comment")
    assert stage.comments == [f"{VERDICT}\n\n(diagnose r-1 p-1)"]


@pytest.mark.parametrize("action", ACTIONS)
def test_it_is_on_record_before_anything_is_written(stage, action):
    stage.book.on_record = lambda: written.append(stage.writes)
    written: list[int] = []
    stage.press(action)
    assert written == [0, 1]


@pytest.mark.parametrize("action", ACTIONS)
def test_what_cannot_be_recorded_is_not_done(stage, action):
    stage.book.refuses = True
    stage.press(action)
    assert stage.writes == 0
    assert "nothing was changed" in stage.told[0]
    assert "The database does not answer" in stage.told[0]


def test_a_record_that_fails_only_afterwards_is_said(stage):
    stage.book.on_record = lambda: setattr(stage.book, "refuses", True)
    stage.press("resolve")
    assert stage.issue["status"] == "resolved"
    assert stage.told == [
        "Resolve: Sentry says resolved. The card may not show it. The database does not answer: try again in a minute."
    ]


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_else_may_and_the_attempt_is_on_record(stage, action):
    stage.slack.profiles["U0EVE"] = person("Eve")
    stage.press(action, user="U0EVE")
    (press,) = stage.book.kept
    assert (press.user, press.name, press.after) == ("U0EVE", "Eve", "")
    assert press.refused == stage.told[0]
    assert "not among those who may" in press.refused
    assert stage.sentry.calls() == []
    assert shown(stage) == ""


def test_where_nobody_is_named_nobody_may():
    with scene(may_act=()) as stage:
        stage.press("resolve")
        assert stage.sentry.calls() == []
        assert "may_act" in stage.told[0]


def test_an_issue_that_somebody_else_resolved_meanwhile_is_not_written_to(stage):
    stage.book.on_record = lambda: stage.issue.update(status="resolved", substatus=None)
    stage.press("resolve")
    assert stage.writes == 0
    assert stage.told == ["SHOP-42 is resolved by now; somebody else may have been a moment faster."]
    assert shown(stage) == "<@U0ADA> pressed *Resolve*, 20 Nov 03:12 UTC · Sentry says: resolved"


def test_an_issue_that_was_resolved_before_is_left_as_it_is(stage):
    stage.issue.update(status="resolved", substatus=None, statusDetails={"inNextRelease": True})
    stage.press("resolve")
    assert stage.writes == 0
    assert stage.told == ["SHOP-42 was so already when I came to it (resolved in the next release): I changed nothing."]


def test_an_archive_for_good_is_not_weakened(stage):
    stage.issue.update(status="ignored", substatus="archived_forever")
    stage.press("archive")
    assert stage.writes == 0
    assert "archived for good" in stage.told[0]


def test_an_issue_of_somebody_elses_is_taken_on_and_the_record_says_from_whom(stage):
    stage.issue["assignedTo"] = {"type": "user", "id": "8", "name": "Grace", "email": "grace@example.com"}
    stage.press("assign")
    assert stage.book.kept[-1].before == "unresolved (new), assigned to Grace"
    assert stage.issue["assignedTo"]["id"] == "7"


@pytest.mark.parametrize("action", ACTIONS)
def test_a_token_that_only_reads_is_told_with_its_scope(stage, action):
    stage.sentry.scopes.discard("event:write")
    stage.press(action)
    assert "lacks event:write" in stage.told[0]
    assert stage.book.kept[-1].refused == stage.told[0]
    assert "Sentry says: unresolved (new)" in shown(stage)


@pytest.mark.parametrize("action", ACTIONS)
def test_an_issue_that_is_gone_changes_nothing(stage, action):
    stage.sentry.fail(ISSUE_PATH, answer(404, {"detail": "The requested resource does not exist"}))
    stage.press(action)
    assert stage.writes == 0
    assert "no such issue any more" in stage.told[0]
    assert [press.after for press in stage.book.kept] == [""]


def test_an_issue_that_was_merged_is_left_alone(stage):
    stage.issue.update(id="777", shortId="SHOP-7")
    stage.sentry.fail(f"GET {ISSUE_PATH}", answer(200, stage.issue))
    stage.press("resolve")
    assert stage.writes == 0
    assert "merged into SHOP-7" in stage.told[0]


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


def test_the_verdict_of_a_run_that_is_forgotten_is_not_commented(stage):
    stage.acting = dataclasses.replace(stage.acting, verdict=lambda _: None)
    stage.press("comment")
    assert stage.comments == []
    assert "not kept any more" in stage.told[0]


def test_one_verdict_is_commented_once_whoever_presses(stage):
    stage.press("comment")
    stage.press("comment", press="p-2")
    assert len(stage.comments) == 1
    assert "was so already" in stage.told[0]


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


@pytest.mark.parametrize("action", ACTIONS)
def test_no_address_is_kept_logged_or_told(action):
    with scene() as stage, capture_logs() as logs:
        stage.press(action)
        stage.slack.profiles[ADA] = person("ada@example.com", "ada@example.com")
        stage.press(action, press="p-2")
        stage.sentry.fail("members/", page(500))
        stage.press(action, press="p-3")
        stage.sentry.scopes.clear()
        stage.press(action, press="p-4")
    kept = "".join(press.model_dump_json() for press in stage.book.kept)
    assert "ada@" not in kept + json.dumps(logs) + "".join(stage.told)
    assert "U0ADA" in kept


@pytest.mark.parametrize(
    ("email", "words"),
    [
        (None, "no e-mail address"),
        ("grace@example.com", "nobody in the Sentry organization"),
        ("", "no e-mail address"),
    ],
)
def test_whoever_is_not_known_in_sentry_is_told_so(stage, email, words):
    stage.slack.profiles[ADA] = person("Ada", email)
    stage.press("assign")
    assert stage.writes == 0
    assert words in stage.told[0]
    assert stage.book.kept[0].refused == stage.told[0]


def test_a_member_of_no_team_is_refused_in_sentrys_own_words(stage):
    stage.sentry.fail("PUT *", answer(400, {"assignedTo": ["Cannot assign to non-team member"]}))
    stage.press("assign")
    assert "Cannot assign to non-team member" in stage.told[0]
    assert "assigned to nobody" in shown(stage)


def test_a_member_is_looked_for_only_where_there_is_something_to_assign(stage):
    stage.press("resolve")
    assert stage.sentry.count("members/") == 0
    assert len(stage.slack.named("users.info")) == 1


def test_a_card_that_cannot_be_redrawn_does_not_undo_what_was_done(stage):
    def refused(_):
        raise NotSent("is_archived")

    stage.acting = dataclasses.replace(stage.acting, redraw=refused)
    with capture_logs():
        assert stage.press("resolve").sentence == ""
    assert stage.issue["status"] == "resolved"
