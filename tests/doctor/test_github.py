"""Each way in which GitHub's token, App and repositories can be wrong is told by its telling words."""

import pytest

from bot.doctor import github as doctor
from playbook.sources.budget import Budget
from tests.doctor.services import GITHUB_TOKEN, Hub, a_key, by_state, hub, one, projects, settings
from tests.stand_ins.github_server import Repository
from tests.stand_ins.loopback import a_closed_port, a_page

SHOP = projects(repository="acme/shop")


def examined(server: Hub, mapping=SHOP, **given):
    told = given or {"github_token": GITHUB_TOKEN}
    return doctor.examine(settings(github_api_url=server.url, **told), mapping, Budget(20))


def test_all_is_well_where_every_read_works():
    with hub() as server:
        found = examined(server)
    assert by_state(found) == {"ok": ["token", "rate limit", "acme/shop"]}
    assert "until 2027-01-31" in one(found, "token").sentence
    assert "4321 of 5000" in one(found, "rate limit").sentence


def test_a_bad_token_is_the_only_finding():
    with hub() as server:
        found = examined(server, github_token="gh-token-of-last-year")
        assert server.paths == ["GET /api/v3/rate_limit"]
    assert by_state(found) == {"broken": ["token"]}
    assert "does not accept the token (401)" in found[0].sentence
    assert "GITHUB_TOKEN" in (found[0].fix or "")


def test_an_app_is_accepted_and_reads_its_repository():
    with hub() as server:
        found = examined(server, github_app_id=7, github_app_key=a_key())
    assert by_state(found) == {"ok": ["App", "acme/shop"]}
    assert "Diagnose of acme" in one(found, "App").sentence


def test_a_repository_that_is_not_shown_is_missing():
    with hub() as server:
        found = examined(server, projects(repository="acme/shpo"))
    finding = one(found, "acme/shpo")
    assert finding.state == "missing"
    assert "shows no repository acme/shpo" in finding.sentence
    assert "contents: read and pull requests: read" in (finding.fix or "")


@pytest.mark.parametrize(
    ("forbidden", "what", "lost"),
    [
        ("/commits/main", "acme/shop, contents", "no change is looked at"),
        ("/pulls", "acme/shop, pull requests", "no suspect's pull request"),
        ("/graphql", "acme/shop, migrations", "no migration is read"),
    ],
)
def test_a_missing_right_is_named_with_what_is_lost(forbidden, what, lost):
    with hub() as server:
        server.forbidden = (forbidden,)
        found = examined(server)
    assert by_state(found)["missing"] == [what]
    assert lost in one(found, what).sentence
    assert "acme/shop" in (one(found, what).fix or "")


def test_a_repository_without_a_commit_is_not_called_broken():
    with hub(Repository("acme/empty")) as server:
        found = examined(server, projects(repository="acme/empty"))
    assert one(found, "acme/empty").state == "not tried"


def test_a_limit_that_is_nearly_used_up_is_told_and_fails_nothing():
    with hub() as server:
        server.left = 3
        found = examined(server)
    finding = one(found, "rate limit")
    assert (finding.state, finding.well) == ("missing", True)
    assert "3 of 5000 requests are left" in finding.sentence


def test_without_a_mapped_repository_none_is_tried():
    with hub() as server:
        found = examined(server, projects())
    assert by_state(found) == {"ok": ["token", "rate limit"], "not tried": ["repositories"]}


def test_a_host_that_is_down_is_told():
    url = f"http://127.0.0.1:{a_closed_port()}/api/v3"
    found = doctor.examine(settings(github_api_url=url, github_token=GITHUB_TOKEN), SHOP, Budget(20))
    assert by_state(found) == {"broken": ["token"]}
    assert url in found[0].sentence
    assert "GITHUB_API_URL" in (found[0].fix or "")


@pytest.mark.parametrize("status", [200, 502])
def test_a_page_instead_of_an_api_is_told(status):
    with hub() as server:
        server.fault = a_page(status)
        found = examined(server)
    assert by_state(found) == {"broken": ["token"]}
    assert "GITHUB_API_URL" in (found[0].fix or "")


def test_what_is_not_set_is_not_configured_and_fails_nothing():
    found = doctor.examine(settings(), SHOP, Budget(5))
    assert by_state(found) == {"not configured": ["everything"]}
    assert found[0].well


def test_settings_that_contradict_are_not_tried():
    with hub() as server:
        found = examined(server, github_token=GITHUB_TOKEN, github_app_id=7, github_app_key=a_key())
        assert server.paths == []
    assert by_state(found) == {"not tried": ["everything"]}
