"""Each way in which the logs' address, key, index, fields and clock can be wrong is told by its telling words."""

from datetime import timedelta

import pytest

from bot.doctor import elasticsearch as doctor
from bot.settings import Mapping
from playbook.sources.budget import Budget
from tests.doctor.services import API_KEY, LogServer, a_line, by_state, logs, one, projects, settings
from tests.stand_ins.elastic_server import an_error
from tests.stand_ins.loopback import Reply, a_closed_port, a_page, as_json


def examined(server: LogServer, mapping=None, **given):
    told = {"elasticsearch_api_key": API_KEY, "elasticsearch_index": "logs-shop", **given}
    return doctor.examine(settings(elasticsearch_url=server.url, **told), mapping or Mapping(), Budget(20))


def test_all_is_well_where_every_search_works():
    with logs() as server:
        found = examined(server, projects(log_service="shop-web"))
    assert by_state(found).keys() == {"ok"}
    assert "accepts the API key" in one(found, "way in").sentence
    assert "@timestamp, message, log.level" in one(found, "fields of logs-shop").sentence
    assert "logs-shop" in one(found, "service shop-web").sentence


def test_each_index_takes_one_request():
    with logs() as server:
        examined(server)
        assert len(server.asked) == 2


def test_a_bad_key_is_the_only_finding():
    with logs() as server:
        found = examined(server, elasticsearch_api_key="c29tZXRoaW5nLWVsc2U=")
        assert len(server.asked) == 1
    assert by_state(found) == {"broken": ["way in"]}
    assert "does not accept the API key (401)" in found[0].sentence


def test_a_key_without_the_privilege_is_told():
    with logs() as server:
        denied = an_error("security_exception", "action is unauthorized", 403)
        server.parts = {0: denied}
        found = examined(server)
    assert by_state(found) == {"ok": ["way in"], "missing": ["index logs-shop"]}
    assert "grant the key `read` on logs-shop" in (found[1].fix or "")


@pytest.mark.parametrize("index", ["logs-nowhere", "logs-nowhere-*"])
def test_an_index_that_matches_nothing_is_missing(index):
    with logs() as server:
        found = examined(server, elasticsearch_index=index)
    finding = one(found, f"index {index}")
    assert finding.state == "missing"
    assert "matches no index" in finding.sentence
    assert "ELASTICSEARCH_INDEX" in (finding.fix or "")


def test_an_index_without_a_line_is_missing():
    with LogServer({"logs-shop": []}) as server:
        found = examined(server)
    assert by_state(found)["missing"] == ["index logs-shop"]


def test_a_field_that_no_line_has_is_named():
    mapping = Mapping.model_validate({"log_fields": {"message": "msg", "trace": "trace_id"}})
    with logs() as server:
        found = examined(server, mapping)
    message, trace = one(found, "field msg"), one(found, "field trace_id")
    assert (message.state, message.well) == ("missing", False)
    assert "no line can be found" in message.sentence
    assert "log_fields.message" in (message.fix or "")
    assert (trace.state, trace.well) == ("missing", True)


def test_each_project_is_looked_for_in_its_own_index():
    mapping = Mapping.model_validate(
        {
            "projects": {
                "shop": {"log_service": "shop-web"},
                "billing": {"log_index": "logs-billing", "log_fields": {"message": "msg"}, "log_service": "bills"},
                "web": {"log_service": "web"},
            }
        }
    )
    billing = a_line(msg="started", **{"service.name": "bills"})
    with LogServer({"logs-shop": [a_line()], "logs-billing": [billing]}) as server:
        found = examined(server, mapping)
    assert one(found, "service shop-web").state == "ok"
    assert one(found, "service bills").state == "ok"
    absent = one(found, "service web")
    assert (absent.state, absent.well) == ("missing", True)
    assert "no line in logs-shop has web in service.name" in absent.sentence


@pytest.mark.parametrize(
    ("ago", "words"),
    [(timedelta(hours=-2), "2 hours in the future"), (timedelta(days=5), "5 days old")],
)
def test_a_clock_that_is_off_is_told_and_fails_nothing(ago, words):
    with logs(a_line(ago)) as server:
        found = examined(server)
    finding = one(found, "clock of logs-shop")
    assert (finding.state, finding.well) == ("broken", True)
    assert words in finding.sentence


def test_a_host_that_is_down_is_told():
    url = f"http://127.0.0.1:{a_closed_port()}"
    given = settings(elasticsearch_url=url, elasticsearch_api_key=API_KEY)
    found = doctor.examine(given, Mapping(), Budget(20))
    assert by_state(found) == {"broken": ["way in"]}
    assert "cannot be reached" in found[0].sentence


@pytest.mark.parametrize("fault", [a_page(), as_json([]), Reply(200, b'{"responses": [')], ids=["page", "list", "cut"])
def test_what_is_no_elasticsearch_is_told(fault):
    with logs() as server:
        server.fault = fault
        found = examined(server)
    assert by_state(found) == {"broken": ["way in"]}


def test_what_is_not_set_is_not_configured_and_fails_nothing():
    found = doctor.examine(settings(), Mapping(), Budget(5))
    assert by_state(found) == {"not configured": ["everything"]}
    assert found[0].well


def test_settings_that_contradict_are_not_tried():
    with logs() as server:
        found = examined(server, elasticsearch_cloud_id="acme:ZXVyb3BlLmV4YW1wbGUuY29tJGFiY2Q=")
        assert server.asked == []
    assert by_state(found) == {"not tried": ["everything"]}
