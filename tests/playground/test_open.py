"""`diagnose demo`: a page in seconds, on a free port, and nothing left behind when it ends."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager

import pytest
import requests

from bot.demo import known
from bot.playground import open as playground
from bot.playground.open import NoPort, over_real_sources, over_recordings
from bot.playground.slack.workspace import INCIDENTS
from bot.settings import Mapping, Settings, WrongSettings
from tests.cases.migration_failed.story import incident
from tests.stand_ins.sentry_server import SentryServer

PATIENCE = 30.0
OPEN = re.compile(r"open at (http://127\.0\.0\.1:\d+) \(ready in ([\d.]+) s\)")


@contextmanager
def started(*arguments: str, **environment: str):
    """`diagnose demo` as a process; gives it and its address."""
    folder = tempfile.mkdtemp()  # a workspace that is killed leaves its own folder there
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--no-browser", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "TMPDIR": folder, **environment},
    )
    watch = threading.Timer(PATIENCE, process.kill)
    watch.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = OPEN.search(line)
        assert found, f"it printed {line!r}"
        yield process, found[1]
    finally:
        watch.cancel()
        process.kill()
        process.communicate(timeout=PATIENCE)
        shutil.rmtree(folder, ignore_errors=True)


def connected(url: str) -> None:
    """Waits until the bot is: the page does not."""
    ends = time.monotonic() + PATIENCE
    while '"connected": true' not in (shown := snapshot(url)):
        assert time.monotonic() < ends, shown[:2_000]
        time.sleep(0.1)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def acted(url: str, **act: object) -> dict[str, object]:
    answer = requests.post(f"{url}/page/act", json=act, timeout=10).json()
    assert isinstance(answer, dict)
    return answer


def snapshot(url: str) -> str:
    with requests.get(f"{url}/page/feed", stream=True, timeout=10) as feed:
        return str(next(line for line in feed.iter_lines(decode_unicode=True) if line.startswith("data:")))


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_and_stops_cleanly(stop):
    with started("--port", "0") as (process, url):
        assert requests.get(url, timeout=10).status_code in {200, 503}  # 503 while the page is not built
        process.send_signal(stop)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert "Traceback" not in rest
        assert is_free(int(url.rsplit(":", 1)[1]))


def test_it_stops_in_the_middle_of_a_run_with_a_slow_source():
    with started("--port", "0") as (process, url):
        connected(url)
        assert acted(url, do="stage.source", source="sentry", mode="slow") == {"ok": True}
        assert acted(url, do="say", channel=INCIDENTS.id, text="/diagnose SHOP-42")["ok"] is True
        time.sleep(0.5)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert "Traceback" not in rest
        assert time.monotonic() - began < 15


def test_it_takes_the_next_free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with started("--port", str(port)) as (_, url):
            assert int(url.rsplit(":", 1)[1]) > port


def test_where_no_port_is_free_it_says_which_were_tried(monkeypatch):
    monkeypatch.setattr(playground, "PORTS_TRIED", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(NoPort, match=f"from {port} to {port} is free: name another with --port"),
            over_recordings(port),
        ):
            pass


def test_a_named_incident_alerts_at_once():
    with started("replica_held_behind", "--port", "0") as (_, url):
        assert "Short ID: SHOP-85" in snapshot(url)


def test_incidents_of_a_folder_of_yours_are_offered_with_what_happened(tmp_path):
    tide = tmp_path / "tide"
    tide.mkdir()
    (tide / "recording.json").write_bytes(known("replica_held_behind").read_bytes())
    (tide / "about.txt").write_text("The tide came in.\n", encoding="utf-8")
    with started("tide", "--recordings", str(tmp_path), "--port", "0") as (_, url):
        shown = json.loads(snapshot(url).removeprefix("data:"))
    offered = [(one["name"], one["about"]) for one in shown["stage"]["incidents"]]
    assert offered == [("tide", "The tide came in.")]
    assert "Short ID: SHOP-85" in json.dumps(shown["messages"])


def test_over_real_sources_the_card_says_what_they_answer():
    with (
        SentryServer(incident.world) as sentry,
        started(
            "--live",
            "--port",
            "0",
            SENTRY_URL=sentry.url,
            SENTRY_ORG="acme",
            SENTRY_TOKEN="sentry-token-of-the-test",
            GITHUB_TOKEN="",
            ELASTICSEARCH_URL="",
        ) as (_, url),
    ):
        assert acted(url, do="say", channel=INCIDENTS.id, text="/diagnose SHOP-42")["ok"] is True
        ends = time.monotonic() + PATIENCE
        while "GitHub is not configured" not in (shown := snapshot(url)):
            assert time.monotonic() < ends, shown[-2_000:]
            time.sleep(0.2)
        assert '"live": true' in shown
        assert acted(url, do="stage.storm", count=200)["ok"] is False


def test_over_real_sources_the_settings_must_fit():
    with (
        pytest.raises(WrongSettings, match="SENTRY_ORG is not set"),
        over_real_sources(Settings(_env_file=None), Mapping()),
    ):
        pass


def test_the_rehearsal_is_reached_from_this_machine_only():
    with over_recordings(0, arriving=False) as opened:
        assert opened.url.startswith("http://127.0.0.1:")
        foreign = requests.get(opened.url, headers={"Host": "evil.example"}, timeout=10)
        assert foreign.status_code == 403


def test_a_window_is_opened_only_where_there_is_a_display(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not playground._has_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    assert playground._has_browser()
