"""The browser workspace: how soon it is there, and what two hundred alerts cost the one who asks meanwhile."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import requests

from bot.playground import stage
from bot.playground.open import Rehearsal, over_recordings
from bot.playground.slack.workspace import INCIDENTS

TIMES = 9
ALERTS = 200
PATIENCE = 60.0  # seconds


def measure() -> None:
    """Prints the figures."""
    print(f"workspace: a page {statistics.median(_opened() for _ in range(3)):.1f} s after `diagnose demo` was typed")
    with over_recordings(0, arriving=False) as opened:
        before = statistics.median(_answered(opened) for _ in range(TIMES))
        stage.STORM_SECONDS = 20.0  # three times as fast as the minute that is promised
        opened.stage.act({"do": "stage.storm", "count": ALERTS})
        during = statistics.median(_answered(opened) for _ in range(TIMES))
        _until(lambda: len(_messages(opened, "C0ALERTS")) >= ALERTS)
        shown = opened.workspace.snapshot()
        print(
            f"workspace: help is there after {before * 1000:.0f} ms, with {ALERTS} alerts in 20 s after "
            f"{during * 1000:.0f} ms: {during / before:.1f} times as long"
        )
        print(
            f"workspace: after the storm the inspector holds {len(shown['traffic'])} exchanges, and a page is sent "
            f"{len(json.dumps(shown)) / 1e6:.1f} MB when it opens"
        )


def _opened() -> float:
    """Seconds until the page is served by a new process."""
    began = time.monotonic()
    command = [sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        assert process.stdout is not None
        address = process.stdout.readline().split()[5]
        requests.get(f"{address}/static/page.js", timeout=PATIENCE).raise_for_status()
        seconds = time.monotonic() - began
        process.terminate()
    return seconds


def _answered(opened: Rehearsal) -> float:
    """Seconds from a person's `/diagnose help` to the bot's answer on the page."""
    known = len(_messages(opened, INCIDENTS.id))
    began = time.monotonic()
    act = {"do": "say", "channel": INCIDENTS.id, "text": "/diagnose help"}
    requests.post(f"{opened.url}/page/act", json=act, timeout=PATIENCE).raise_for_status()
    _until(lambda: len(_messages(opened, INCIDENTS.id)) > known)
    return time.monotonic() - began


def _messages(opened: Rehearsal, channel: str) -> list[dict[str, Any]]:
    return [one for one in opened.workspace.snapshot()["messages"] if one["channel"] == channel]


def _until(true: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.005)
