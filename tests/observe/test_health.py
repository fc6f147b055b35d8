"""Health is told over HTTP on a port of its own, in bounded time, whatever hangs behind it."""

import socket
import threading
import time

import pytest
import requests
from sqlalchemy.exc import OperationalError

from bot.observe.beats import Beats
from bot.observe.health import Health, health_app, serving
from bot.observe.metrics import Metrics
from bot.observe.scraped import Scraped
from bot.runs.history import Load
from tests.observe.scrape import parsed

SECRET = "postgresql://diagnose:hunter2@db.example.com/diagnose"


class Served:
    """A server of health with checks that a test can change."""

    def __init__(self, database, slack, now):
        self.beats, self.metrics = Beats(lambda: now[0]), Metrics()
        self.metrics.show(Scraped(lambda: database() and Load(waiting=4), lambda: 1, lambda: bool(slack()), self.beats))
        self.health = Health({"database": database, "slack": slack}, self.beats)


@pytest.fixture
def served():
    """Builds one and serves it; every server ends with the test."""
    stops = []

    def build(database=lambda: True, slack=lambda: True, now=None):
        one = Served(database, slack, now or [0.0])
        manager = serving(health_app(one.health, one.metrics), "127.0.0.1", 0)
        one.url = f"http://127.0.0.1:{manager.__enter__()}"
        stops.append(manager)
        return one

    yield build
    for manager in stops:
        manager.__exit__(None, None, None)


def get(url, accept="*/*"):
    """Status, body, content type and the seconds it took."""
    answer = requests.get(url, headers={"Accept": accept}, timeout=10)
    return answer.status_code, answer.text, answer.headers["content-type"], answer.elapsed.total_seconds()


def test_all_is_well(served):
    one = served()
    one.beats.beat("intake")
    assert get(f"{one.url}/livez")[:2] == (200, "process: ok\nintake: ok\n")
    assert get(f"{one.url}/readyz")[:2] == (200, "database: ok\nslack: ok\nstopping: no\n")


def test_a_thread_that_is_silent_for_too_long_is_not_alive(served):
    now = [0.0]
    one = served(now=now)
    one.beats.beat("intake", allowed=60.0)
    one.beats.beat("heartbeat", allowed=600.0)
    one.beats.beat("dispatcher", allowed=10.0)
    now[0] = 61.0
    one.beats.ended("dispatcher")
    assert get(f"{one.url}/livez")[:2] == (503, "process: ok\nheartbeat: ok\nintake: silent for 61 s\n")
    one.beats.beat("intake")
    assert get(f"{one.url}/livez")[0] == 200


def test_a_thread_that_has_died_is_found_without_its_help(served):
    now, over = [0.0], threading.Event()
    thread = threading.Thread(target=over.wait, args=(30,))
    thread.start()
    one = served(now=now)
    one.beats.watch("intake", thread.is_alive, allowed=30.0)
    now[0] = 1_000.0
    assert get(f"{one.url}/livez")[0] == 200
    over.set()
    thread.join()
    now[0] = 1_031.0
    assert get(f"{one.url}/livez")[:2] == (503, "process: ok\nintake: silent for 31 s\n")


def test_a_database_that_hangs_holds_up_nothing_and_takes_one_thread(served):
    free = threading.Event()
    one = served(database=lambda: free.wait(30))
    try:
        threads = [threading.Thread(target=get, args=(f"{one.url}/readyz",)) for _ in range(20)]
        for thread in threads:
            thread.start()
        status, _, _, seconds = get(f"{one.url}/livez")
        assert status == 200
        assert seconds < 1.0
        for thread in threads:
            thread.join()
        status, body, _, seconds = get(f"{one.url}/readyz")
        assert (status, body) == (503, "database: no answer within a second\nslack: ok\nstopping: no\n")
        assert seconds < 3.0
        status, body, _, seconds = get(f"{one.url}/metrics")
        assert status == 200
        assert seconds < 3.0
        assert parsed(body)["diagnose_database_up", frozenset()] == 0
        assert len([one for one in threading.enumerate() if one.name in {"check database", "scrape"}]) <= 2
    finally:
        free.set()
    ends = time.monotonic() + 10
    while get(f"{one.url}/readyz")[0] != 200 and time.monotonic() < ends:
        time.sleep(0.05)
    assert get(f"{one.url}/readyz")[0] == 200, "it mends itself"


def test_what_fails_is_named_by_its_kind_and_tells_no_address(served):
    def database():
        raise OperationalError(SECRET, None, Exception(SECRET))

    one = served(database=database, slack=lambda: False)
    status, body, _, _ = get(f"{one.url}/readyz")
    assert (status, body) == (503, "database: not ok (OperationalError)\nslack: not ok\nstopping: no\n")
    assert "hunter2" not in get(f"{one.url}/metrics")[1]
    assert get(f"{one.url}/livez")[0] == 200, "a restart mends no database"


def test_who_is_stopping_is_alive_and_not_ready(served):
    one = served()
    one.health.stop()
    assert get(f"{one.url}/readyz")[:2] == (503, "database: ok\nslack: ok\nstopping: yes\n")
    assert get(f"{one.url}/livez")[0] == 200


@pytest.mark.parametrize(
    "accept", ["*/*", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "nonsense;q="]
)
def test_a_scrape_is_what_prometheus_reads(served, accept):
    one = served()
    one.metrics.count("diagnose_requests", answer="new")
    status, body, kind, _ = get(f"{one.url}/metrics", accept)
    assert status == 200
    assert kind.startswith("application/openmetrics-text" if "openmetrics" in accept else "text/plain")
    if "openmetrics" in accept:
        from prometheus_client.openmetrics.parser import text_string_to_metric_families  # noqa: PLC0415

        names = {sample.name for family in text_string_to_metric_families(body) for sample in family.samples}
        assert {"diagnose_requests_total", "diagnose_build_info", "diagnose_runs_waiting"} <= names
        return
    series = parsed(body)
    assert series["diagnose_requests_total", frozenset({("answer", "new")})] == 1
    assert series["diagnose_runs_waiting", frozenset()] == 4
    assert series["process_resident_memory_bytes", frozenset()] > 1_000_000


def test_nothing_else_is_there_and_nothing_can_be_changed(served):
    one = served()
    assert get(f"{one.url}/slack/events")[0] == 404
    assert requests.post(f"{one.url}/livez", data="x", timeout=5).status_code == 405


def test_a_port_that_is_taken_is_said_at_once():
    one = Served(lambda: True, lambda: True, [0.0])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = serving(health_app(one.health, one.metrics), "127.0.0.1", taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            busy.__enter__()


def test_the_server_ends_with_its_block():
    one = Served(lambda: True, lambda: True, [0.0])
    with serving(health_app(one.health, one.metrics), "127.0.0.1", 0) as port:
        assert get(f"http://127.0.0.1:{port}/livez")[0] == 200
    assert not [thread for thread in threading.enumerate() if thread.name == "health"]
    with pytest.raises(OSError):
        get(f"http://127.0.0.1:{port}/livez")
