"""The Elasticsearch door against real servers, 8 and 9, where the stand-in could only repeat what we believe."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.prescription import LogSearch, Prescription
from playbook.evidence.service import Service, Services
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.elastic import Elastic
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_client import elastic_door
from playbook.steps.logs import logs
from tests.facts import an_issue
from tests.real_elasticsearch import (
    HOMES,
    RELEASES,
    VERSIONS,
    Missing,
    RealElasticsearch,
    one_for_tests,
    real_elasticsearch,
)

STREAM, INDEX, BARE = "logs-shop-production", "shop-old", "shop-bare"
ECS = {
    "properties": {
        "@timestamp": {"type": "date"},
        "message": {"type": "text"},
        "log.level": {"type": "keyword"},
        "service.name": {"type": "keyword"},
    }
}


def a_line(minute: int, message: str) -> dict[str, str]:
    return {
        "@timestamp": f"2026-05-04T10:{minute % 60:02}:00.000Z",
        "message": message,
        "log.level": "INFO",
        "service.name": "shop",
    }


def a_search(phrase: str, **more: Any) -> dict[str, Any]:
    window = {"range": {"@timestamp": {"gte": "2026-05-04T09:00:00Z", "lte": "2026-05-04T11:00:00Z"}}}
    newest_first: Any = [{"@timestamp": "desc"}]
    return {
        "query": {"bool": {"filter": [window, {"match_phrase": {"message": phrase}}]}},
        "sort": newest_first,
        **more,
    }


@pytest.fixture(scope="session", params=VERSIONS, ids=lambda version: f"elasticsearch{version}")
def real(request):
    with one_for_tests(request.param) as running:
        _fill(running)
        yield running


def _fill(real: RealElasticsearch) -> None:
    template = {"index_patterns": ["logs-shop-*"], "data_stream": {}, "priority": 500, "template": {"mappings": ECS}}
    real.send("PUT", "/_index_template/logs-shop", template)
    real.send("PUT", f"/{INDEX}", {"mappings": ECS, "settings": {"max_result_window": 20_000}})
    real.send("PUT", f"/{BARE}", {"mappings": {"properties": {"when": {"type": "date"}}}})
    real.send("POST", f"/{STREAM}/_create/1", a_line(1, "Applying orders.0042_order... OK"))
    real.send("POST", f"/{STREAM}/_create/2", a_line(2, "Booting worker with pid 7"))
    real.keep(INDEX, [{"@timestamp": "2026-05-04T10:00:00Z", "message": f"tick {n}"} for n in range(10_050)])
    real.send("POST", f"/{STREAM}/_refresh")


def asking(real: RealElasticsearch, password: str | None = None) -> Elastic:
    secret = SecretStr(password or real.password)
    access = ElasticAccess(urls=(real.url,), username=real.username, password=secret)
    return Elastic(elastic_door(access, Budget(60)))


def test_the_server_is_of_the_version_that_is_promised(real):
    nodes = real.send("GET", "/_nodes/_local?filter_path=nodes.*.version,nodes.*.process.id")["nodes"]
    (node,) = nodes.values()
    assert node == {"version": RELEASES[real.version], "process": {"id": real.pid}}


def test_a_data_stream_and_an_index_are_searched_at_once(real):
    told: Any = asking(real).search(f"{STREAM},{INDEX}", [a_search("Applying orders"), a_search("tick 77")])
    applied, ticked = told
    assert applied["hits"]["total"] == {"value": 1, "relation": "eq"}
    hit = applied["hits"]["hits"][0]
    assert hit["_index"].startswith(f".ds-{STREAM}-")
    assert hit["_source"]["message"] == "Applying orders.0042_order... OK"
    assert hit["sort"] == [1777888860000]  # 2026-05-04T10:01:00Z
    assert ticked["hits"]["hits"][0]["_index"] == INDEX
    assert all((one["status"], one["timed_out"], one["_shards"]["failed"]) == (200, False, 0) for one in told)


def test_the_configured_pattern_finds_the_data_stream(real):
    told: Any = asking(real).search(None, [a_search("Booting worker")])
    assert told[0]["hits"]["total"]["value"] == 1


def test_the_links_lead_to_the_document_and_to_the_same_search(real):
    told: Any = asking(real).search(STREAM, [a_search("Applying orders")])
    login = (real.username, real.password)
    document = requests.get(told[0]["hits"]["hits"][0]["url"], auth=login, timeout=30)
    assert document.json()["_source"]["message"] == "Applying orders.0042_order... OK"
    again = requests.get(told[0]["url"], auth=login, timeout=30)
    assert again.json()["hits"]["total"]["value"] == 1
    assert real.password not in told[0]["url"]


def test_a_count_that_stops_at_ten_thousand_says_at_least(real):
    told: Any = asking(real).search(INDEX, [a_search("tick", size=3)])
    assert told[0]["hits"]["total"] == {"value": 10_000, "relation": "gte"}
    assert len(told[0]["hits"]["hits"]) == 3


@pytest.mark.parametrize("index", ["logs-nowhere", "nowhere-*", f"{STREAM},logs-nowhere"])
def test_a_missing_index_is_said_even_where_a_pattern_could_hide_it(real, index):
    told: Any = asking(real).search(index, [a_search("Applying")])
    assert told[0]["error"]["type"] == "index_not_found_exception"
    assert told[0]["status"] == 404
    assert "nowhere" in told[0]["error"]["reason"]


def test_a_search_the_server_refuses_spoils_no_other(real):
    told: Any = asking(real).search(STREAM, [a_search("Applying", sort=[{"no.such": "asc"}]), a_search("Applying")])
    assert told[0]["status"] == 400
    assert "No mapping found for [no.such]" in str(told[0]["error"])
    assert told[1]["hits"]["total"]["value"] == 1


def test_a_sort_with_an_unmapped_type_is_no_error(real):
    sort = [{"no.such": {"order": "asc", "unmapped_type": "long"}}]
    told: Any = asking(real).search(STREAM, [a_search("Applying", sort=sort)])
    assert told[0]["hits"]["total"]["value"] == 1


def test_an_index_that_could_not_be_searched_leaves_the_answer_partial(real):
    everything: dict[str, Any] = {"query": {"match_all": {}}, "sort": [{"@timestamp": "desc"}]}
    told: Any = asking(real).search(f"{INDEX},{BARE}", [everything])
    assert told[0]["status"] == 200
    assert told[0]["_shards"]["failed"] == 1
    assert told[0]["_shards"]["failures"][0]["index"] == BARE
    assert told[0]["hits"]["hits"]


def test_a_wrong_password_is_a_sentence(real):
    with pytest.raises(Unavailable, match=r"does not accept the user and password \(401\)"):
        asking(real, "wrong").search(None, [a_search("x")])


def test_a_server_without_an_address_for_its_version_is_no_outage(real):
    told = requests.get(real.url, auth=(real.username, real.password), timeout=30)
    assert told.status_code == 405, "this is the server the door must work with"
    assert asking(real).search(STREAM, [a_search("Applying")])


def a_step_on(real, index, onset):
    """The logs step of the product on the real server, with this onset."""
    mapped = Services(mapped=(Service(project="backend", log_index=index),))
    inquiry = Inquiry(ref=IssueRef(issue_id="1"), at=onset + timedelta(hours=2))
    issue = an_issue(first_seen=onset, last_seen=onset)
    searches = Prescription(searches=(LogSearch(purpose="migrations", phrases=("tick", "Applying")),))
    return logs(inquiry, issue, None, None, None, mapped, searches, asking(real))


def test_the_lines_closest_to_the_onset_are_the_ones_that_a_page_holds(real):
    onset = datetime(2026, 5, 4, 10, 1, tzinfo=UTC)
    found = a_step_on(real, f"{INDEX},{STREAM}", onset)
    assert found.searches[0].total_is_floor
    assert "Applying orders.0042_order... OK" in {line.message for line in found.searches[0].lines}
    assert [run.migration for run in found.migration_runs] == ["orders.0042_order"]


def test_an_index_without_the_time_field_is_no_place_to_look_in(real):
    with pytest.raises(Unavailable, match="no document with a `@timestamp` between"):
        a_step_on(real, BARE, datetime(2026, 5, 4, 10, 1, tzinfo=UTC))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_missing_one_is_told_in_a_sentence(version, tmp_path, monkeypatch):
    monkeypatch.setenv(HOMES[version], str(tmp_path))
    with pytest.raises(Missing, match=f"^{HOMES[version]} is {tmp_path}, and there is no bin/elasticsearch in it$"):
        real_elasticsearch(version).__enter__()
    monkeypatch.delenv(HOMES[version])
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(Missing, match=f"no real Elasticsearch {version} .*tools/fetch_elasticsearch.sh fetches it"):
        real_elasticsearch(version).__enter__()


def test_in_ci_a_missing_one_fails_and_elsewhere_skips(tmp_path, monkeypatch):
    monkeypatch.setenv(HOMES[9], str(tmp_path))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception), one_for_tests(9):
        pass
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception), one_for_tests(9):
        pass
