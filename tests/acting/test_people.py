"""A press always has a name on record; an address is asked for where it is needed and is never a name."""

import pytest
from structlog.testing import capture_logs

from bot.acting.people import People
from bot.doors import web_client
from playbook.evidence.unavailable import Unavailable
from tests.acting.scene import ADA, Workspace, person


@pytest.fixture
def slack():
    with Workspace() as running:
        yield running


@pytest.fixture
def people(slack):
    return People(web_client("xoxb-test", slack.url))


@pytest.mark.parametrize(
    ("told", "name"),
    [
        (person("Ada"), "Ada"),
        ({"name": "ada", "profile": {"display_name": "", "real_name": "Ada L."}}, "Ada L."),
        ({"name": "ada", "profile": {}}, "ada"),
        ({"profile": {"display_name": "Ada\n  L."}}, "Ada L."),
        (person("ada@example.com"), ADA),
        ({}, ADA),
    ],
)
def test_a_name_is_what_slack_shows_or_the_id(slack, people, told, name):
    slack.profiles[ADA] = told
    assert people.name(ADA) == name


def test_whom_slack_does_not_know_goes_by_the_id(slack, people):
    with capture_logs():
        assert people.name("U0EVE") == "U0EVE"
        slack.fail("users.info", "missing_scope")
        assert people.name(ADA) == ADA


def test_an_address_is_given_as_the_profile_has_it(people):
    assert people.email(ADA) == "ada@example.com"


@pytest.mark.parametrize(
    "told",
    [person("Ada"), person("Ada", ""), person("Ada", "ada@other.example.com", is_stranger=True), {"name": "ada"}],
)
def test_without_an_address_of_our_own_people_there_is_none(slack, people, told):
    slack.profiles[ADA] = told
    assert people.email(ADA) is None


def test_where_slack_does_not_say_it_is_said(slack, people):
    slack.fail("users.info", "missing_scope")
    with pytest.raises(Unavailable, match="missing_scope"):
        people.email(ADA)
