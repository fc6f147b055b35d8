"""Each way in which Sentry's token, organization and scopes can be wrong is told by its telling words."""

import dataclasses

import pytest

from bot.doctor import sentry as doctor
from bot.settings import Mapping
from playbook.sources.budget import Budget
from tests.doctor.services import SENTRY_TOKEN, by_state, one, projects, sentry, settings
from tests.stand_ins.sentry_server import SentryServer, answer, dripping, nobody_listens, page
from tests.stand_ins.sentry_world import shop

FORBIDDEN = answer(403, {"detail": "You do not have permission to perform this action."})


def examined(server: SentryServer, mapping=None, **given):
    told = {"sentry_url": server.url, "sentry_org": "acme", "sentry_token": SENTRY_TOKEN, **given}
    return doctor.examine(settings(**told), mapping or projects(), Budget(20))


def test_all_is_well_where_every_read_works():
    with sentry() as server:
        found = examined(server)
    assert by_state(found).keys() == {"ok"}
    assert "knows the organization acme" in one(found, "token").sentence
    assert one(found, "project shop").state == "ok"
    assert one(found, "an event").state == "ok"
    assert {finding.what for finding in found} >= {"scope event:read", "scope project:read", "scope org:read"}


@pytest.mark.parametrize(
    ("path", "scope", "lost", "permission"),
    [
        ("issues/", "event:read", "no diagnosis at all", "Issue & Event: Read"),
        ("releases/", "project:read", "which release began it", "Project: Read"),
        ("events/", "org:read", "who is affected", "Organization: Read"),
        ("eventids/" + "0" * 32 + "/", "org:read", "event id", "Organization: Read"),
        ("code-mappings/", "org:read", "repository", "Organization: Read"),
    ],
)
def test_a_missing_scope_is_named_with_what_is_lost_and_where_to_give_it(path, scope, lost, permission):
    with sentry() as server:
        server.fail(path, FORBIDDEN)
        found = examined(server)
        lacking = [finding for finding in found if finding.state == "missing"]
        assert [finding.what for finding in lacking] == [f"scope {scope}"]
        assert not lacking[0].well
        assert lost in lacking[0].sentence
        assert permission in (lacking[0].fix or "")
        assert f"{server.url}/settings/acme/developer-settings/" in (lacking[0].fix or "")


def test_a_missing_scope_does_not_hide_the_other_findings():
    with sentry() as server:
        server.fail("releases/", FORBIDDEN)
        found = examined(server)
    assert one(found, "an event").state == "ok"
    assert by_state(found)["missing"] == ["scope project:read"]


@pytest.mark.parametrize("detail", ["Invalid token", {"code": "sso-required", "message": "Login required"}])
def test_a_bad_token_is_the_only_finding(detail):
    with sentry() as server:
        server.fail("*", answer(401, {"detail": detail}))
        found = examined(server)
        assert server.count("releases/") == 0
    assert [(finding.what, finding.state) for finding in found] == [("token", "broken")]
    assert "does not accept the token" in found[0].sentence


def test_a_wrong_organization_is_told():
    with sentry() as server:
        found = examined(server, sentry_org="acne")
    assert [(finding.what, finding.state) for finding in found] == [("token", "broken")]
    assert "knows no organization acne" in found[0].sentence
    assert "SENTRY_ORG" in found[0].sentence


def test_a_host_that_is_down_is_told():
    with nobody_listens() as url:
        given = settings(sentry_url=url, sentry_org="acme", sentry_token=SENTRY_TOKEN)
        found = doctor.examine(given, projects(), Budget(20))
    assert [finding.state for finding in found] == ["broken"]
    assert "nothing answers" in found[0].sentence
    assert "SENTRY_URL" in found[0].sentence


def test_a_page_instead_of_an_api_is_told():
    with sentry() as server:
        server.fail("*", page(200))
        found = examined(server)
    assert [finding.state for finding in found] == ["broken"]
    assert "web page" in found[0].sentence


def test_a_host_that_never_finishes_is_given_up(monkeypatch):
    monkeypatch.setattr("playbook.sources.sentry_http.CALL_SECONDS", 0.3)
    with sentry() as server:
        server.fail("releases/", dripping(0.05))
        found = examined(server)
    assert one(found, "the list of releases").state == "broken"
    assert "did not answer" in one(found, "the list of releases").sentence
    assert one(found, "an event").state == "ok"


def test_glitchtip_is_told_as_such_and_fails_nothing():
    with sentry(flavour="glitchtip") as server:
        found = examined(server)
    assert "GlitchTip" in one(found, "server").sentence
    assert "the code mappings" in one(found, "server").sentence
    assert all(finding.well for finding in found)
    assert one(found, "an event").state == "ok"
    assert {"the table of events", "the code mappings"} <= set(by_state(found)["missing"])


def test_a_project_that_sentry_does_not_know_is_named():
    with sentry(slugs=("billing", "web")) as server:
        found = examined(server)
    finding = one(found, "project shop")
    assert finding.state == "missing"
    assert "no project shop" in finding.sentence
    assert "[projects.shop]" in (finding.fix or "")


def test_a_project_beyond_the_pages_that_were_asked_for_is_not_called_missing():
    with sentry(slugs=[f"project-{number}" for number in range(3)]) as server:
        link = '<x>; rel="next"; results="true"; cursor="0:100:0"'
        server.fail("projects/", answer(200, [{"slug": "other"}], {"Link": link}))
        found = examined(server)
    assert one(found, "project shop").state == "not tried"


def test_without_issues_no_event_is_tried():
    with sentry(dataclasses.replace(shop(), issues=())) as server:
        found = examined(server)
    assert one(found, "an event").state == "not tried"


def test_what_is_not_set_is_not_configured_and_needed():
    found = doctor.examine(settings(sentry_org="acme"), projects(), Budget(5))
    assert [finding.state for finding in found] == ["not configured"]
    assert not found[0].well
    assert "SENTRY_TOKEN" in found[0].sentence
    assert "SENTRY_ORG" not in found[0].sentence


ACTING = Mapping(may_act=("U0ADA",))


def test_without_anybody_who_may_write_the_menu_is_off_whatever_the_token_may():
    with sentry() as server:
        able = one(examined(server), "changing issues")
        server.scopes.clear()
        unable = one(examined(server), "changing issues")
    assert [able.state, unable.state] == ["ok", "ok"]
    assert "the token may change issues, but nobody may from Slack" in able.sentence
    assert "`may_act`" in able.sentence
    assert "the token only reads" in unable.sentence


def test_whoever_may_write_needs_a_token_that_may():
    with sentry() as server:
        found = examined(server, ACTING)
        assert one(found, "scope event:write").state == "ok"
        assert one(found, "scope member:read").state == "ok"
        server.scopes.discard("event:write")
        lacking = one(examined(server, ACTING), "scope event:write")
    assert lacking.state == "missing"
    assert not lacking.well
    assert "stays off" in lacking.sentence
    assert "Issue & Event: Read & Write" in (lacking.fix or "")


def test_a_token_that_sees_no_members_is_told_what_is_lost_and_fails_nothing():
    with sentry() as server:
        server.scopes.discard("member:read")
        found = examined(server, ACTING)
    finding = one(found, "scope member:read")
    assert finding.state == "missing"
    assert finding.well
    assert "Assign to me" in finding.sentence
    assert "Member: Read" in (finding.fix or "")


def test_whether_the_token_may_write_is_found_out_without_writing():
    with sentry() as server:
        before = repr(server.world.issues)
        examined(server, ACTING)
        written = [(call.method, call.path, call.body) for call in server.calls() if call.method != "GET"]
        assert repr(server.world.issues) == before
    assert written == [("PUT", "/api/0/organizations/acme/issues/0/", b"{}")]


def test_a_server_that_cannot_be_written_to_is_told_and_fails_nothing():
    with sentry(flavour="glitchtip") as server:
        found = examined(server, ACTING)
    assert one(found, "changing issues").state == "missing"
    assert one(found, "changing issues").well


def test_a_server_that_fails_over_it_leaves_it_unknown():
    with sentry() as server:
        server.fail("PUT *", answer(500, {"detail": "Internal Error"}))
        assert one(examined(server), "changing issues").state == "not tried"
        assert one(examined(server, ACTING), "changing issues").state == "broken"
