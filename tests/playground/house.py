"""A workspace behind a real server, with what a test needs to act on it and to wait for it."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import uvicorn
from slack_sdk import WebClient

from bot.playground.server import server
from bot.playground.slack.refused import NotDone
from bot.playground.slack.workspace import Workspace

PATIENCE = 10.0  # seconds that a test waits for something before it fails


@dataclass
class FakeStage:
    """Keeps what it was asked to do."""

    asked: list[Mapping[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {"live": False, "sentry_url": "", "incidents": [], "sources": [], "arriving": False}

    def act(self, given: Mapping[str, Any]) -> None:
        if given.get("do") == "stage.refuse":
            raise NotDone("The stage does not do that.")
        self.asked.append(given)


@dataclass
class Rehearsal:
    """`url` is its address; `page` is the folder that it serves."""

    url: str
    workspace: Workspace
    stage: FakeStage
    page: Path

    @property
    def client(self) -> WebClient:
        return WebClient(self.workspace.bot_token, base_url=f"{self.url}/api/")

    def act(self, do: str, **given: Any) -> dict[str, Any]:
        told: dict[str, Any] = requests.post(f"{self.url}/page/act", json={"do": do, **given}, timeout=10).json()
        return told

    def call(self, method: str, token: str | None = None, **given: Any) -> dict[str, Any]:
        """The bare answer of a method, refusals included."""
        headers = {"Authorization": f"Bearer {self.workspace.bot_token if token is None else token}"}
        answer = requests.post(f"{self.url}/api/{method}", json=given, headers=headers, timeout=10)
        told: dict[str, Any] = answer.json()
        return told

    def messages(self, channel: str = "C0INCIDENTS") -> list[dict[str, Any]]:
        """What the page shows of a channel, oldest first."""
        return [one for one in self.workspace.snapshot()["messages"] if one["channel"] == channel]


@contextmanager
def rehearsal(folder: Path, workspace: Workspace | None = None) -> Iterator[Rehearsal]:
    """The workspace on a free port, until the end of the block."""
    stage = FakeStage()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        workspace = workspace or Workspace(url)
        workspace.address = url
        app = server(workspace, stage, folder)
        config = uvicorn.Config(
            app, log_level="warning", ws="websockets-sansio", lifespan="off", timeout_graceful_shutdown=5
        )
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until(lambda: running.started)
        try:
            yield Rehearsal(url, workspace, stage, folder)
        finally:
            workspace.close()
            running.should_exit = True
            thread.join(PATIENCE)
            assert not thread.is_alive(), "the server did not stop"


def until(true: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Waits until something holds, or fails the test."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"it did not happen in {seconds} s"
        time.sleep(0.01)


def sent(events: Iterator[str]) -> tuple[str, dict[str, Any]]:
    """The next event of a feed: its name and its data."""
    name = ""
    for line in events:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            return name, json.loads(line.removeprefix("data: "))
    raise AssertionError("the feed ended")
