"""The live Elasticsearch door: one `_msearch`; a missing index is no silence; partial answers stay partial."""

import json
import time
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import SecretStr, ValidationError

from playbook.evidence.unavailable import Unavailable
from playbook.sources import elastic_client
from playbook.sources.budget import Budget
from playbook.sources.elastic import Elastic
from playbook.sources.elastic_access import ElasticAccess
from playbook.sources.elastic_client import elastic_door
from tests.stand_ins.elastic_server import PRODUCT, ElasticServer, a_part, an_error
from tests.stand_ins.loopback import Loopback, Reply, a_closed_port, a_page, as_json

SECRET = "es-key-of-the-test"
APPLYING = {"@timestamp": "2026-05-04T10:00:00.000Z", "message": "Applying orders.0042_order... OK"}
STARTED = {"@timestamp": "2026-05-04T10:01:00.000Z", "message": "Booting worker"}
WINDOW = {"range": {"@timestamp": {"gte": "2026-05-04T09:00:00Z", "lte": "2026-05-04T11:00:00Z"}}}


def a_search(phrase: str, **more: Any) -> dict[str, Any]:
    return {"query": {"bool": {"filter": [WINDOW, {"match_phrase": {"message": phrase}}]}}, **more}


def asking(url: str, seconds: float = 20.0, **more: Any) -> Elastic:
    access = ElasticAccess(**{"urls": (url,), "api_key": SecretStr(SECRET), **more})
    return Elastic(elastic_door(access, Budget(seconds)))


@pytest.fixture
def server():
    with ElasticServer({"logs-shop": [APPLYING, STARTED], "other": [STARTED]}) as running:
        yield running


def test_all_searches_of_a_run_are_one_request_that_carries_the_key(server):
    told: Any = asking(server.url).search(None, [a_search("Applying"), a_search("worker"), a_search("nothing")])
    assert server.paths == ["POST /logs-*/_msearch"]
    assert server.authorizations == [f"ApiKey {SECRET}"]
    assert [one["hits"]["total"] for one in told] == [
        {"value": 1, "relation": "eq"},
        {"value": 1, "relation": "eq"},
        {"value": 0, "relation": "eq"},
    ]
    assert told[0]["hits"]["hits"][0]["_source"] == APPLYING
    assert told[1]["hits"]["hits"][0]["sort"] == ["2026-05-04T10:01:00.000Z"]


def test_the_index_of_a_project_takes_the_place_of_the_configured_one(server):
    told: Any = asking(server.url, index="nowhere-*").search("other", [a_search("worker")])
    assert told[0]["hits"]["hits"][0]["_index"] == "other"


def test_no_search_is_no_request(server):
    assert asking(server.url).search(None, []) == []
    assert server.paths == []


@pytest.mark.parametrize("index", ["logs-missing", "missing-*"])
def test_a_missing_index_is_an_error_of_its_search_not_zero_hits(server, index):
    told: Any = asking(server.url).search(index, [a_search("x")])
    assert told[0]["status"] == 404
    assert told[0]["error"]["type"] == "index_not_found_exception"
    assert "hits" not in told[0]


def test_what_one_search_could_not_see_is_passed_on_and_spoils_no_other(server):
    shards = {"total": 2, "successful": 1, "skipped": 0, "failed": 1, "failures": [{"reason": {"type": "x"}}]}
    server.parts = {
        0: a_part(timed_out=True),
        1: a_part(_shards=shards),
        2: an_error("security_exception", "action is unauthorized", 403),
        3: a_part(total=10_000, relation="gte"),
    }
    told: Any = asking(server.url).search(None, [a_search("x")] * 4 + [a_search("Applying")])
    assert told[0]["timed_out"] is True
    assert told[1]["_shards"] == shards
    assert (told[2]["status"], told[2]["error"]["type"]) == (403, "security_exception")
    assert told[3]["hits"]["total"] == {"value": 10_000, "relation": "gte"}
    assert told[4]["hits"]["total"]["value"] == 1
    assert all(one["url"] for one in told)


def test_each_search_is_told_when_to_stop_and_how_much_to_send(server):
    asking(server.url, seconds=10).search(None, [a_search("x", size=100_000), a_search("y", timeout="1s", size=5)])
    bodies = [json.loads(line) for line in server.asked[0].body.decode().splitlines()][1::2]
    assert bodies[0]["size"] == 500
    assert 7_000 <= int(bodies[0]["timeout"].removesuffix("ms")) <= 8_000
    assert (bodies[1]["timeout"], bodies[1]["size"]) == ("1s", 5)


def test_without_kibana_a_link_leads_to_the_document_and_to_the_same_search(server):
    told: Any = asking(server.url).search(None, [a_search("Applying")])
    assert told[0]["hits"]["hits"][0]["url"] == f"{server.url}/logs-shop/_doc/0"
    whole = urlsplit(told[0]["url"])
    assert whole.path == "/logs-*/_search"
    assert json.loads(parse_qs(whole.query)["source"][0]) == a_search("Applying")


def test_with_kibana_a_link_opens_discover_on_the_same_search_and_time(server):
    told: Any = asking(server.url, kibana_url="https://kibana.example.com/s/ops/").search(None, [a_search("it's")])
    assert "'" not in told[0]["url"], "many programs end a link at a quote"
    assert told[0]["url"].replace("%27", "'") == (
        "https://kibana.example.com/s/ops/app/discover#/"
        "?_g=('time':('from':'2026-05-04T09:00:00Z','to':'2026-05-04T11:00:00Z'))"
        "&_a=('filters':!(('meta':('type':'custom','disabled':!f,'negate':!f),"
        "'query':('bool':('filter':!(('range':('@timestamp':('gte':'2026-05-04T09:00:00Z',"
        "'lte':'2026-05-04T11:00:00Z'))),('match_phrase':('message':'it!'s'))))))))"
    )


def test_with_kibana_a_document_is_found_by_its_id_and_index(server):
    told: Any = asking(server.url, kibana_url="https://kibana.example.com").search(None, [a_search("Applying")])
    url = told[0]["hits"]["hits"][0]["url"].replace("%27", "'")
    assert url.startswith("https://kibana.example.com/app/discover#/?_g=('time':('from':'2026-05-04T09:00:00Z'")
    assert "_id%20:%20%220%22%20and%20_index%20:%20%22logs-shop%22" in url


def test_a_search_too_long_for_a_link_is_linked_by_its_index(server):
    for kibana in (None, "https://kibana.example.com"):
        told: Any = asking(server.url, kibana_url=kibana).search(None, [a_search("x" * 5_000)])
        assert len(told[0]["url"]) < 300


def test_hostile_ids_stay_inside_their_link(server):
    hit = {"_index": "logs/../x", "_id": "a/b?c#d' \"|>", "_source": {}}
    server.parts = {0: a_part([hit], 1)}
    told: Any = asking(server.url).search(None, [a_search("x")])
    assert told[0]["hits"]["hits"][0]["url"] == f"{server.url}/logs%2F..%2Fx/_doc/a%2Fb%3Fc%23d%27%20%22%7C%3E"


def test_half_of_a_surrogate_pair_in_a_log_line_can_be_written_out_again():
    with ElasticServer({"logs-shop": [{"message": "odd \ud800 line \U0001f600"}]}) as server:
        told: Any = asking(server.url).search(None, [a_search("odd", query={"match_all": {}})])
    message = told[0]["hits"]["hits"][0]["_source"]["message"]
    assert message.encode().decode() == "odd \ufffd line \U0001f600"


def test_nothing_is_asked_before_the_search(server):
    asking(server.url).search(None, [a_search("x")])
    assert "GET /" not in server.paths, "a server that answers GET / with 405 is not down"


def test_a_deprecation_the_server_mentions_does_not_break_the_search(server):
    server.fault = as_json({"responses": [a_part()]}, warning='299 Elasticsearch-8 "this is deprecated"', **PRODUCT)
    told: Any = asking(server.url).search(None, [a_search("x")])
    assert told[0]["hits"]["total"]["value"] == 0


def unauthorized(reason: str) -> Reply:
    return as_json(an_error("security_exception", reason, 403), 403, **PRODUCT)


REASON = (
    "action [indices:data/read/msearch] is unauthorized for API key id [x] of user [y] on indices [logs-*], "
    "this action is granted by the index privileges [read,all]"
)
FAULTS = {
    "401": (as_json(an_error("security_exception", "unable to authenticate", 401), 401), "does not accept the API key"),
    "403": (unauthorized(REASON), r"may not search the logs at .* \(403\); it needs: read,all on logs-\*$"),
    "403 unnamed": (unauthorized("no"), "it needs: read on the index of the logs"),
    "404": (as_json({"error": "no handler"}, 404, **PRODUCT), "there is no search at"),
    "404 page": (a_page(404), "there is no search at"),
    "405": (as_json({"error": "method"}, 405, **PRODUCT), "refused the search .405."),
    "406": (as_json({"error": "Content-Type"}, 406), "is not Elasticsearch 8 or 9"),
    "410": (as_json({}, 410), "refused the search .410."),
    "413": (Reply(413), "too large"),
    "429": (as_json(an_error("es_rejected_execution_exception", "queue", 429), 429), "overloaded"),
    "500": (Reply(500), "failed .500."),
    "502": (a_page(502), "failed .502."),
    "503": (as_json(["x"], 503), "failed .503."),
    "not elasticsearch": (as_json({"responses": [a_part()]}), "is not Elasticsearch 8 or 9"),
    "html": (a_page(), "is not Elasticsearch"),
    "html, product": (
        Reply(200, b"<html>", {"Content-Type": "text/html", "X-Elastic-Product": "Elasticsearch"}),
        "is not Elasticsearch's search",
    ),
    "unknown type": (Reply(200, b"x", {"Content-Type": "image/png"}), "cut off or not JSON"),
    "cut-off": (Reply(body=b'{"responses": [', missing=500), "broke off"),
    "cut-off json": (Reply(body=b'{"responses": ['), "cut off or not JSON"),
    "deep": (Reply(body=b"[" * 200_000), "is not Elasticsearch's search"),
    "empty": (Reply(), "is not Elasticsearch"),
    "list": (as_json([], **PRODUCT), "is not Elasticsearch's search"),
    "wrong types": (as_json({"responses": "none"}, **PRODUCT), "is not Elasticsearch's search"),
    "too few": (as_json({"responses": []}, **PRODUCT), "is not Elasticsearch's search"),
    "wrong part": (as_json({"responses": [7]}, **PRODUCT), "is not Elasticsearch's search"),
    "wrong hits": (as_json({"responses": [{"hits": 7}]}, **PRODUCT), "is not Elasticsearch's search"),
    "no shards": (as_json({"responses": [{"hits": {"hits": []}}]}, **PRODUCT), "is not Elasticsearch's search"),
    "wrong hit": (as_json({"responses": [a_part([{"_id": 7}])]}, **PRODUCT), "is not Elasticsearch's search"),
    "string hit": (as_json({"responses": [a_part(["x"])]}, **PRODUCT), "is not Elasticsearch's search"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_every_failure_is_a_sentence_without_a_secret(server, name):
    server.fault, expected = FAULTS[name]
    began = time.monotonic()
    with pytest.raises(Unavailable, match=expected) as caught:
        asking(server.url).search(None, [a_search("x")])
    assert time.monotonic() - began < 10, "no failure is waited out"
    assert len(server.paths) == 1
    assert SECRET not in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert len(caught.value.sentence) < 200


def test_a_server_that_echoes_the_key_does_not_bring_it_onto_the_card(server):
    server.fault = unauthorized(f"[ApiKey {SECRET}] on indices [{SECRET} {SECRET}/x], index privileges [{SECRET}]")
    with pytest.raises(Unavailable) as caught:
        asking(server.url).search(None, [a_search("x")])
    assert SECRET not in caught.value.sentence


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_and_the_other_host_hears_nothing(server, status):
    with Loopback() as stranger:
        server.fault = Reply(status, headers={"Location": f"{stranger.origin}/logs-*/_msearch"})
        with pytest.raises(Unavailable, match="redirects elsewhere"):
            asking(server.url).search(None, [a_search("x")])
        assert stranger.asked == []


def test_nobody_at_the_port_is_said_so():
    with pytest.raises(Unavailable, match="cannot be reached"):
        asking(f"http://127.0.0.1:{a_closed_port()}").search(None, [a_search("x")])


def test_a_name_nobody_knows_is_said_so():
    with pytest.raises(Unavailable, match="cannot be resolved"):
        asking("http://logs.invalid:9200").search(None, [a_search("x")])


def test_a_node_that_is_down_leaves_the_search_to_the_next(server):
    access = ElasticAccess(urls=(f"http://127.0.0.1:{a_closed_port()}", server.url), api_key=SecretStr(SECRET))
    for _ in range(4):  # the client begins at either node
        told: Any = Elastic(elastic_door(access, Budget(20))).search(None, [a_search("Applying")])
        assert told[0]["hits"]["total"]["value"] == 1


def test_plain_http_behind_https_is_a_sentence(server):
    with pytest.raises(Unavailable):
        asking(server.url.replace("http://", "https://")).search(None, [a_search("x")])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that no authority signed, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "logs.example.com")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    place = tmp_path_factory.mktemp("tls")
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (place / "cert.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem))
    (place / "key.pem").write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    return place / "cert.pem", place / "key.pem"


def test_a_certificate_is_trusted_by_its_authority_or_not_at_all(certificate, tmp_path):
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")
    with ElasticServer({"logs-shop": [APPLYING]}).speak_tls(*certificate) as server:
        url = server.origin
        told: Any = asking(url, ca_file=certificate[0]).search(None, [a_search("Applying")])
        assert told[0]["hits"]["total"]["value"] == 1
        for ca_file in (None, wrong):
            with pytest.raises(Unavailable, match="ELASTICSEARCH_CA"):
                asking(url, ca_file=ca_file).search(None, [a_search("x")])
        assert len(server.paths) == 1, "the key is not sent to a server that is not trusted"


@pytest.mark.parametrize(
    "slow",
    [Reply(pause=20), Reply(body=b"{" * 500, drip=0.05), Reply(body=b"{}", drip_head=0.3)],
    ids=["mute", "body", "head"],
)
def test_a_slow_server_costs_the_time_of_the_run_and_no_more(server, slow):
    server.fault = slow
    began = time.monotonic()
    with pytest.raises(Unavailable, match="did not answer within 1 seconds"):
        asking(server.url, seconds=0.6).search(None, [a_search("x")])
    assert time.monotonic() - began < 6


def test_several_slow_nodes_share_the_time_of_the_run(server):
    server.fault = Reply(pause=20)
    access = ElasticAccess(urls=(server.url, server.url.replace("127.0.0.1", "localhost")), api_key=SecretStr(SECRET))
    began = time.monotonic()
    with pytest.raises(Unavailable, match="did not answer within 1 seconds"):
        Elastic(elastic_door(access, Budget(0.6))).search(None, [a_search("x")])
    assert time.monotonic() - began < 3


def test_a_netrc_and_a_proxy_of_the_environment_do_not_change_who_asks_whom(server, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password y\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{a_closed_port()}")
    asking(server.url).search(None, [a_search("Applying")])
    assert server.authorizations == [f"ApiKey {SECRET}"]


def test_a_run_without_time_asks_nothing(server):
    with pytest.raises(Unavailable, match="time of this run was used up"):
        asking(server.url, seconds=0).search(None, [a_search("x")])
    assert server.paths == []


def test_an_answer_past_all_measure_is_not_taken(server, monkeypatch):
    monkeypatch.setattr(elastic_client, "LARGEST_ANSWER", 1_000_000)
    server.fault = Reply(body=b" " * 2_000_000, missing=1)  # who reads to the end finds it cut off
    with pytest.raises(Unavailable, match="larger than 1 MB"):
        asking(server.url).search(None, [a_search("x")])


@pytest.mark.parametrize(
    "wrong",
    [
        {"urls": ()},
        {"urls": ("https://logs.example.com",), "cloud_id": "x:bG9ncy5leGFtcGxlLmNvbSRhYmM="},
        {"urls": ("logs.example.com:9200",)},
        {"urls": ("https://user:pass-word@logs.example.com",)},
        {"urls": (), "cloud_id": "nonsense"},
        {"api_key": SecretStr("a key")},
        {"username": "elastic", "password": SecretStr("pass-word")},
        {"api_key": None, "username": "elastic"},
        {"api_key": None, "password": SecretStr("pass-word")},
        {"kibana_url": "kibana"},
        {"ca_file": "/nowhere/ca.pem"},
    ],
)
def test_a_wrong_setting_is_refused_without_showing_it(wrong):
    with pytest.raises(ValidationError) as caught:
        ElasticAccess(**{"urls": ("https://logs.example.com",), "api_key": SecretStr(SECRET), **wrong})
    assert not any(hidden in str(caught.value) for hidden in (SECRET, "a key", "pass-word"))


def test_a_user_and_a_password_are_sent_as_basic_auth():
    with ElasticServer({"logs-shop": [APPLYING]}, authorization="Basic ZWxhc3RpYzpwYXNzLXdvcmQ=") as server:
        access = ElasticAccess(urls=(server.url,), username="elastic", password=SecretStr("pass-word"))
        told: Any = Elastic(elastic_door(access, Budget(20))).search(None, [a_search("Applying")])
    assert told[0]["hits"]["total"]["value"] == 1


def test_a_cloud_id_names_the_cluster():
    # base64 of "cloud.example.com$logs$kibana"
    access = ElasticAccess(cloud_id="ops:Y2xvdWQuZXhhbXBsZS5jb20kbG9ncyRraWJhbmE=", api_key=SecretStr(SECRET))
    assert access.address == "https://logs.cloud.example.com:443"
