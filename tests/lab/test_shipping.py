"""However a team keeps its logs, and whichever Elasticsearch it has, the bot reads the same in them; and what goes
wrong with logs is told, never taken for silence."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from playbook.evidence.environment import same_environment
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.logs import MIGRATIONS, START_UP
from playbook.evidence.prescription import LogSearch, Prescription
from playbook.evidence.service import Service, Services
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.elastic import Elastic
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_client import elastic_door
from playbook.steps.logs import SAME_TRACE, logs
from tests.facts import an_event, an_issue
from tests.lab.elastic_faults import (
    index_missing,
    paused,
    shards_mended,
    slow,
    some_shards_fail,
    with_wrong_password,
)
from tests.lab.shipping import ECS, ODD, PLACES, drop, ship
from tests.real_elasticsearch import VERSIONS, RealElasticsearch, one_for_tests

ONSET = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
TRACE = "0af7651916cd43dd8448eb211c80319c"
WANTED = Prescription(
    searches=(
        LogSearch(purpose=MIGRATIONS, phrases=("Applying", "Running upgrade")),
        LogSearch(purpose=START_UP, phrases=("Booting worker", "could not start"), levels=("error", "info")),
    )
)


def a_document(minute, message, level="info", service="shop", environment="production", **more):
    moment = ONSET + timedelta(minutes=minute)
    return {
        "@timestamp": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "message": message,
        "log": {"level": level},
        "service": {"name": service, "environment": environment},
        "host": {"name": "web-1"},
        **more,
    }


HAPPENED = (
    a_document(-31, "  Applying orders.0042_order... OK", service="shop-migrate", environment="staging"),
    a_document(-30.123, "Booting worker with pid: 7"),
    a_document(-29, "Booting worker with pid: 8", service="billing"),
    a_document(-28, "worker could not start\nTraceback (most recent call last):\n  …", "error"),
    a_document(-1, "Applying discounts to 3 carts", "debug"),
    a_document(0, "GET /api/orders/ 500", "error", trace={"id": TRACE}, error={"type": "ProgrammingError"}),
    a_document(1, "GET /api/customers/ 200"),
    {"@timestamp": "2026-05-04T09:59:00.500Z", "message": "Applying orders.0041_old... FAKED", "log.level": "info"},
)


@pytest.fixture(scope="session", params=VERSIONS, ids=lambda version: f"elasticsearch{version}")
def elastic(request):
    with one_for_tests(request.param) as running:
        yield running


@pytest.fixture(params=PLACES, ids=lambda place: place.name)
def shipped(request, elastic):
    there = ship(elastic, request.param, "Happened", HAPPENED)
    yield there
    drop(elastic, there)


def read(elastic: RealElasticsearch, shipped, seconds=30.0):
    """The bot's own step through its own door; an event of the trace, and two hours later somebody asks."""
    secret = SecretStr(elastic.password)
    access = ElasticAccess(urls=(elastic.url,), username=elastic.username, password=secret)
    service = Service(project="backend", log_service="shop", log_index=shipped.index, log_fields=shipped.fields)
    inquiry = Inquiry(ref=IssueRef(issue_id="1"), at=ONSET + timedelta(hours=2))
    issue, event = an_issue(first_seen=ONSET, last_seen=ONSET), an_event(at=ONSET, trace_id=TRACE)
    door = Elastic(elastic_door(access, Budget(seconds)))
    return logs(inquiry, issue, event, None, None, Services(mapped=(service,)), WANTED, door)


def messages(found, purpose):
    return [line.message for line in found.lines(purpose)]


def plain(fact):
    """The fact less what tells where the documents lie (links), how a team spells levels, and its words for stages."""
    told = fact.model_dump()
    lines = [line for search in told["searches"] for line in search["lines"]]
    for line in [*lines, *[run["line"] for run in told["migration_runs"]]]:
        line["level"] = line["level"] and line["level"].lower()
        line["environment"] = next(
            (stage for stage in ("production", "staging") if same_environment(stage, line["environment"] or "none")),
            line["environment"],
        )
    for linked in [told, *told["searches"], *lines, *[run["line"] for run in told["migration_runs"]]]:
        del linked["url"]
    return told


def test_what_was_shipped_is_found(elastic, shipped):
    found = read(elastic, shipped)
    assert found.shortfalls == ()
    assert all(found.whole(purpose) for purpose in (MIGRATIONS, START_UP, SAME_TRACE))
    assert messages(found, MIGRATIONS) == [
        "  Applying orders.0042_order... OK",
        "Applying discounts to 3 carts",
        "Applying orders.0041_old... FAKED",
    ] or messages(found, MIGRATIONS) == [
        "  Applying orders.0042_order... OK",
        "Applying orders.0041_old... FAKED",
        "Applying discounts to 3 carts",
    ]
    assert [line.at for line in found.lines(START_UP)] == [
        ONSET - timedelta(minutes=30.123),
        ONSET - timedelta(minutes=28),
    ], "the billing service's own start is none of the shop's"
    assert messages(found, SAME_TRACE) == ["GET /api/orders/ 500"]
    assert [(run.migration, run.outcome) for run in found.migration_runs] == [
        ("orders.0042_order", "applied"),
        ("orders.0041_old", "faked"),
    ]
    staging = found.migration_runs[0].line
    assert (staging.service, staging.host) == ("shop-migrate", "web-1")
    assert same_environment(staging.environment, "staging")


def test_odd_fields_and_ecs_give_the_same_fact(elastic):
    told = []
    for place in (ECS, ODD):
        there = ship(elastic, place, "the_same", HAPPENED)
        told.append(read(elastic, there))
        drop(elastic, there)
    ecs, odd = told
    assert plain(odd) == plain(ecs)
    assert {run.line.environment for run in odd.migration_runs} == {"stg", None}, "these words are really others"
    assert {line.level for line in odd.lines(START_UP)} == {"INFO", "ERROR"}


def test_levels_are_found_however_they_are_spelled(elastic, shipped):
    assert {line.level.lower() for line in read(elastic, shipped).lines(START_UP)} == {"info", "error"}


def test_an_ecs_place_is_a_data_stream_and_the_odd_one_is_not(elastic):
    for place, found in ((ECS, ["logs-shop.what_it_is-production"]), (ODD, [])):
        there = ship(elastic, place, "what_it_is", HAPPENED)
        streams = elastic.send("GET", f"/_resolve/index/{there.index}")["data_streams"]
        assert [one["name"] for one in streams] == found
        drop(elastic, there)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_where_nothing_was_shipped_silence_says_nothing(elastic, place):
    there = ship(elastic, place, "empty", ())
    with pytest.raises(Unavailable, match="no document"):
        read(elastic, there)
    drop(elastic, there)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_nothing_is_added_to_what_is_there_and_what_was_dropped_is_gone(elastic, place):
    there = ship(elastic, place, "once", HAPPENED)
    with pytest.raises(RuntimeError, match="version_conflict"):
        ship(elastic, place, "once", HAPPENED[:1])
    drop(elastic, there)
    with pytest.raises(Unavailable, match="no document"):
        read(elastic, there)
    again = ship(elastic, place, "once", HAPPENED[:1])
    assert [search.total for search in read(elastic, again).searches] == [1, 0, 0]
    drop(elastic, again)


def test_shards_that_fail_leave_the_answer_partial_and_the_rest_is_read(elastic, shipped):
    whole = read(elastic, shipped)
    found = read(elastic, some_shards_fail(elastic, shipped))
    shards_mended(elastic, shipped)
    assert {search.partial for search in found.searches} == {"2 of 3 shards failed, so lines may be missing"}
    assert not any(found.whole(purpose) for purpose in (MIGRATIONS, START_UP, SAME_TRACE))
    assert [messages(found, one.purpose) for one in found.searches] == [
        messages(whole, one.purpose) for one in whole.searches
    ]
    assert read(elastic, shipped) == whole


def test_a_missing_index_is_not_silence(elastic, shipped):
    with pytest.raises(Unavailable, match=r"no search of the logs was answered: .*no such index \[.*-gone\]"):
        read(elastic, index_missing(shipped))


def test_a_wrong_password_is_a_sentence(elastic, shipped):
    with pytest.raises(Unavailable, match=r"does not accept the user and password \(401\)"):
        read(with_wrong_password(elastic), shipped)


def test_a_server_that_answers_nobody_is_given_up_on_in_time(elastic, shipped):
    with paused(elastic), pytest.raises(Unavailable, match="did not answer"):
        read(elastic, shipped, seconds=0.5)
    assert read(elastic, shipped).shortfalls == (), "it goes on where it stopped"


def test_a_server_that_answers_late_is_waited_for(elastic, shipped):
    whole, began = read(elastic, shipped), time.monotonic()
    with paused(elastic, 0.4):
        assert read(elastic, shipped) == whole
    assert time.monotonic() - began > 0.4


def test_a_slow_address_gives_the_real_answer_late_or_none_in_time(elastic, shipped):
    whole = read(elastic, shipped)
    with slow(elastic, 0.3) as late:
        assert plain(read(late, shipped)) == plain(whole)
        with pytest.raises(Unavailable, match="did not answer"):
            read(late, shipped, seconds=0.2)
        with pytest.raises(Unavailable, match=r"\(401\)"):
            read(with_wrong_password(late), shipped)
