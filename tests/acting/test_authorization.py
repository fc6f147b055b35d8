"""Who may press: whom the setting names, as users or by a group, and nobody whom Slack does not vouch for."""

import pytest
from structlog.testing import capture_logs

from bot.acting.authorization import KNOWN_SECONDS, NOT_YOU, OFF, Authorization
from bot.doors import web_client
from tests.acting.scene import Workspace


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def slack():
    with Workspace() as running:
        running.groups = {"S0DBA": ["U0ADA", "U0GRACE"], "S0OPS": ["U0OPS"]}
        yield running


def authorization(slack, *may_act, clock=None):
    return Authorization(web_client("xoxb-test", slack.url), may_act, clock or Clock())


def test_nobody_may_where_nobody_is_named(slack):
    assert authorization(slack).refusal("U0ADA") == OFF


def test_a_named_user_may_and_slack_is_not_asked(slack):
    may = authorization(slack, "U0ADA", "S0OPS")
    assert may.refusal("U0ADA") == ""
    assert slack.calls == []
    assert may.refusal("U0EVE") == NOT_YOU


def test_a_member_of_any_named_group_may(slack):
    may = authorization(slack, "S0DBA", "S0OPS")
    assert [may.refusal(user) for user in ("U0ADA", "U0OPS", "U0EVE")] == ["", "", NOT_YOU]


def test_the_name_of_a_group_is_no_user(slack):
    assert authorization(slack, "S0DBA").refusal("S0DBA") == NOT_YOU


def test_members_are_known_for_some_minutes_and_no_longer(slack):
    clock = Clock()
    may = authorization(slack, "S0DBA", clock=clock)
    assert may.refusal("U0ADA") == ""
    slack.groups["S0DBA"] = []
    clock.now = KNOWN_SECONDS - 1
    assert may.refusal("U0ADA") == ""
    clock.now = KNOWN_SECONDS
    assert may.refusal("U0ADA") == NOT_YOU
    assert len(slack.named("usergroups.users.list")) == 2


@pytest.mark.parametrize("error", ["missing_scope", "no_such_subteam", "ratelimited", "invalid_auth"])
def test_a_slack_that_does_not_say_is_a_no_that_says_why(slack, error):
    slack.fail("usergroups.users.list", error)
    with capture_logs():
        refusal = authorization(slack, "S0DBA").refusal("U0ADA")
    assert error in refusal
    assert "nothing was changed" in refusal


def test_a_slack_that_is_not_there_is_a_no():
    with Workspace() as slack:
        may = authorization(slack, "S0DBA")
    with capture_logs():
        assert "Slack does not tell" in may.refusal("U0ADA")


def test_members_of_long_ago_count_no_more_when_slack_is_silent(slack):
    clock = Clock()
    may = authorization(slack, "S0DBA", clock=clock)
    assert may.refusal("U0ADA") == ""
    clock.now = KNOWN_SECONDS
    slack.fail("usergroups.users.list", "internal_error")
    with capture_logs():
        assert "internal_error" in may.refusal("U0ADA")


def test_one_silent_group_does_not_shut_out_the_members_of_another(slack):
    slack.fail("usergroups.users.list", "internal_error")
    assert authorization(slack, "S0DBA", "S0OPS").refusal("U0OPS") == ""
