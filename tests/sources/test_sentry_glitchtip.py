"""A server that speaks Sentry's API only in part is asked in the form it knows, and what it lacks is said."""

import pytest
from pydantic import SecretStr

from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.sentry import Sentry
from playbook.sources.sentry_rest import SentryAccess, sentry_door
from tests.stand_ins.sentry_server import Flavour, SentryServer, answer, page
from tests.stand_ins.sentry_world import EVENT_ID, VERSION

NUMBER = "5551234567"
SCOPED = f"issues/{NUMBER}/"
BARE = f"/api/0/issues/{NUMBER}/"


def sentry_at(server: SentryServer) -> Sentry:
    token = SecretStr("sntryu_0123456789abcdef")
    return Sentry(sentry_door(SentryAccess(url=server.url, organization="acme", token=token), Budget(10)))


def refusal(call) -> str:
    with pytest.raises(Unavailable) as caught:
        call()
    return caught.value.sentence


@pytest.mark.parametrize("flavour", ["glitchtip", "glitchtip-2022"])
def test_issue_event_events_and_tags_come_from_the_form_without_the_organization(flavour: Flavour):
    with SentryServer(flavour=flavour) as server:
        sentry = sentry_at(server)
        issue = sentry.issue(NUMBER)
        assert isinstance(issue, dict)
        assert issue["id"] == NUMBER
        assert "firstRelease" not in issue
        event = sentry.event(NUMBER, "recommended")
        assert isinstance(event, dict)
        assert event["eventID"] == EVENT_ID
        events = sentry.events(NUMBER)
        assert isinstance(events, dict)
        assert isinstance(events["rows"], list)
        assert len(events["rows"]) == 3
        assert sentry.tags(NUMBER) == server.world.tags[NUMBER]


def test_the_form_is_learnt_from_the_first_answer():
    with SentryServer(flavour="glitchtip") as server:
        sentry = sentry_at(server)
        sentry.issue(NUMBER)
        sentry.event(NUMBER, "recommended")
        sentry.tags(NUMBER)
        assert [call.path for call in server.calls()] == [
            f"/api/0/organizations/acme/{SCOPED}",
            BARE,
            f"{BARE}events/latest/",
            f"{BARE}tags/",
        ]


def test_a_form_that_is_withdrawn_later_is_left_again():
    with SentryServer(flavour="glitchtip") as server:
        sentry = sentry_at(server)
        sentry.issue(NUMBER)
        server.flavour = "sentry"
        server.fail(BARE, answer(410, {"message": "This API no longer exists."}))
        assert sentry.issue(NUMBER) == server.world.issue(NUMBER)
        assert sentry.issue(NUMBER) == server.world.issue(NUMBER)
        assert server.count(BARE) == 2


def test_an_issue_that_does_not_exist_is_none_and_not_a_missing_api():
    with SentryServer(flavour="glitchtip") as server:
        assert sentry_at(server).issue("999") is None


def test_a_short_id_asks_for_the_number():
    with SentryServer(flavour="glitchtip") as server:
        assert "give the issue's number" in refusal(lambda: sentry_at(server).issue("SHOP-42"))
        assert len(server.calls()) == 1


def test_what_has_no_other_form_is_said_to_be_missing():
    with SentryServer(flavour="glitchtip") as server:
        sentry = sentry_at(server)
        assert "no API for the code mappings" in refusal(lambda: sentry.code_mappings("42"))
        assert "no API for the commits of the release" in refusal(lambda: sentry.release_commits(VERSION))
        assert "no API for the deploys of the release" in refusal(lambda: sentry.deploys(VERSION))
        assert "no API for look-ups by event id" in refusal(lambda: sentry.issue_of_event(EVENT_ID))
        assert "no API for the table of events" in refusal(lambda: sentry.counts_by(("release",), "", "42", "24h"))
        assert len(server.calls()) == 5


def test_lists_of_issues_and_releases_are_where_sentry_has_them():
    with SentryServer(flavour="glitchtip") as server:
        sentry = sentry_at(server)
        assert isinstance(sentry.issues("", "42", "14d"), dict)
        assert isinstance(sentry.releases("42"), dict)
        assert {call.path for call in server.calls()} == {
            "/api/0/organizations/acme/issues/",
            "/api/0/organizations/acme/releases/",
        }


def test_sentry_itself_is_never_asked_without_the_organization():
    with SentryServer() as server:
        sentry = sentry_at(server)
        sentry.issue(NUMBER)
        sentry.issue("SHOP-404")
        sentry.event("SHOP-42", "recommended")
        server.fail(SCOPED, page(502))
        refusal(lambda: sentry.issue(NUMBER))
        assert all(call.path.startswith("/api/0/organizations/acme/") for call in server.calls())
