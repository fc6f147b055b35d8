"""Whatever goes wrong at a source, there is a card with gaps: never a traceback, never health out of an outage."""

from contextlib import ExitStack, contextmanager

import pytest
from pydantic import SecretStr

from bot.card import card, problems
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.unavailable import Unavailable
from playbook.investigate import investigate
from playbook.reference import reference
from playbook.sources.budget import Budget
from playbook.sources.door import dispatch
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_client import elastic_door
from playbook.sources.github_rest import GitHubAccess, github_door
from playbook.sources.sentry_rest import SentryAccess, sentry_door
from tests.cases.migration_failed.story import incident
from tests.cases.served import served
from tests.stand_ins import sentry_server as sentry_fault
from tests.stand_ins.elastic_server import PRODUCT, ElasticServer
from tests.stand_ins.github_server import GitHubServer
from tests.stand_ins.loopback import Reply, a_page, as_json
from tests.stand_ins.sentry_server import SentryServer, nobody_listens

SECONDS = 3.0
TOKEN = "token-that-nobody-may-see"
TEXT = {"Content-Type": "application/json", "X-Elastic-Product": "Elasticsearch"}

FAULTS = {
    "slow": (sentry_fault.slow(30), Reply(pause=30)),
    "401": (
        sentry_fault.answer(401, {"detail": "Invalid token"}),
        as_json({"message": "Bad credentials"}, 401, **PRODUCT),
    ),
    "403": (
        sentry_fault.answer(403, {"detail": "You do not have permission to perform this action."}),
        as_json({"message": "Resource not accessible by integration"}, 403, **PRODUCT),
    ),
    "404": (sentry_fault.answer(404, {"info": "Route not found"}), as_json({"message": "Not Found"}, 404, **PRODUCT)),
    "410": (
        sentry_fault.answer(410, {"message": "This API no longer exists."}),
        as_json({"message": "Gone"}, 410, **PRODUCT),
    ),
    "429": (
        sentry_fault.rate_limited(4_000_000_000),
        as_json({"message": "slow down"}, 429, retry_after="600", **PRODUCT),
    ),
    "500": (sentry_fault.answer(500, {"detail": "Internal Error", "errorId": "e"}), as_json({}, 500, **PRODUCT)),
    "HTML": (sentry_fault.page(200), a_page(200)),
    "cut-off JSON": (sentry_fault.raw(200, b'{"id": "1", "tit'), Reply(200, b'{"responses": [{"hi', TEXT)),
    "wrong types": (sentry_fault.answer(200, [1, "two", None]), Reply(200, b'["a", 1, null]', TEXT)),
    "empty": (sentry_fault.raw(200, b""), Reply(200, b"", TEXT)),
}


OTHER_WAYS = {
    "Event": ("issues/SHOP-42/events/latest/", "/api/0/issues/SHOP-42/events/latest/"),
    "Tags": ("/api/0/issues/5551234567/tags/",),
}
"""Where the same is asked again, on servers that lack the first way; these must be in trouble too."""


@contextmanager
def services():
    with ExitStack() as stack:
        world, repository = served(incident, stack)
        sentry = stack.enter_context(SentryServer(world))
        github = stack.enter_context(GitHubServer(repository, token=TOKEN))
        elastic = stack.enter_context(ElasticServer(incident.logs, authorization=f"ApiKey {TOKEN}"))
        yield sentry, github, elastic


def run(sentry, github, elastic):
    budget = Budget(SECONDS)
    door = dispatch(
        {
            "sentry": sentry_door(SentryAccess(url=sentry, organization="acme", token=SecretStr(TOKEN)), budget),
            "github": github_door(GitHubAccess(api_url=github, token=SecretStr(TOKEN)), budget),
            "elasticsearch": elastic_door(ElasticAccess(urls=(elastic,), api_key=SecretStr(TOKEN)), budget),
        }
    )
    inquiry = Inquiry(ref=reference("SHOP-42", "https://acme.sentry.example"), at=incident.moment)
    return investigate(inquiry, incident.services, door, lambda _progress: None)


def drawn(found):
    """The card, which must be one that Slack takes; with the texts of the diagnosis that people read."""
    one = card(found.diagnosis, found.evidence)
    assert problems({"text": one.text, "blocks": list(one.blocks)}) == []
    said = found.diagnosis.model_dump_json() + one.text + str(one.blocks)
    assert "Traceback" not in said
    assert TOKEN not in said
    return one


def unproved(found):
    return found.diagnosis.verdict.grade != "proved"


@pytest.mark.parametrize("fault", [*FAULTS, "refused"])
def test_elasticsearch_in_trouble_is_a_gap_and_nothing_is_proved(fault):
    with services() as (sentry, github, elastic), nobody_listens() as nowhere:
        if fault in FAULTS:
            elastic.fault = FAULTS[fault][1]
        found = run(sentry.url, github.url, nowhere if fault == "refused" else elastic.url)
    drawn(found)
    assert "Logs" in {gap.fact for gap in found.diagnosis.gaps}
    assert unproved(found)


@pytest.mark.parametrize("fault", [*FAULTS, "refused"])
def test_github_in_trouble_is_a_gap_and_the_rest_stands(fault):
    with services() as (sentry, github, elastic), nobody_listens() as nowhere:
        if fault in FAULTS:
            github.fault = FAULTS[fault][1]
        found = run(sentry.url, nowhere if fault == "refused" else github.url, elastic.url)
    drawn(found)
    assert "Changes" in {gap.fact for gap in found.diagnosis.gaps}
    assert "Logs" not in {gap.fact for gap in found.diagnosis.gaps}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("path", "fact"),
    [
        ("issues/SHOP-42/events/recommended/", "Event"),
        ("issues/5551234567/tags/", "Tags"),
        ("releases/", "Releases"),
        ("issues/", "Similar"),
        ("events/", "Spread"),
    ],
)
def test_one_question_to_sentry_in_trouble_costs_only_what_needs_it(path, fact, fault):
    with services() as (sentry, github, elastic):
        sentry.fail(path, FAULTS[fault][0])
        for other in OTHER_WAYS.get(fact, ()):
            sentry.fail(other, FAULTS[fault][0])
        found = run(sentry.url, github.url, elastic.url)
    drawn(found)
    assert fact in {gap.fact for gap in found.diagnosis.gaps}
    assert fact not in {gap.fact for gap in found.diagnosis.absent}


@pytest.mark.parametrize("fault", [*FAULTS, "refused"])
def test_without_the_issue_there_is_one_sentence(fault):
    with services() as (sentry, github, elastic), nobody_listens() as nowhere:
        if fault in FAULTS:
            sentry.fail("*", FAULTS[fault][0])
        with pytest.raises(Unavailable) as told:
            run(nowhere if fault == "refused" else sentry.url, github.url, elastic.url)
    sentence = told.value.sentence
    assert 10 < len(sentence) < 400
    assert "\n" not in sentence
    assert TOKEN not in sentence
    assert "Traceback" not in sentence
    assert "<html" not in sentence.lower()


def test_everything_but_the_issue_in_trouble_is_still_a_card():
    with services() as (sentry, github, elastic):
        sentry.fail("*", FAULTS["500"][0])
        sentry.fail("issues/SHOP-42/", sentry_fault.answer(200, incident.world.issues[0]))
        sentry._faults = {"issues/SHOP-42/": sentry._faults["issues/SHOP-42/"], "*": sentry._faults["*"]}
        github.fault, elastic.fault = FAULTS["500"][1], FAULTS["500"][1]
        found = run(sentry.url, github.url, elastic.url)
    drawn(found)
    assert found.diagnosis.verdict.grade == "undecided"
    assert found.diagnosis.subject.name == "orders_order"
    assert {"Event", "Tags", "Logs"} <= {gap.fact for gap in found.diagnosis.gaps}
