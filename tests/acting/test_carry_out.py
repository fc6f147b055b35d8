"""A press is on record before anything is written, and is told as Sentry then says that it is."""

import dataclasses
import json

import pytest
from structlog.testing import capture_logs

from tests.acting.outcomes import ACTIONS, CAME, ISSUE_PATH, LINES, shown
from tests.acting.scene import ADA, VERDICT, person, scene
from tests.stand_ins.sentry_server import answer, page


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
