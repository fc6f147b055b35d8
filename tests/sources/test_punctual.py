"""Every exchange ends in an answer or in a word for why there is none, in time, and goes nowhere else."""

import socket
import sys
import time
from contextlib import ExitStack

import pytest

from playbook.sources import punctual
from playbook.sources.punctual import NoAnswer, PunctualSession
from tests.stand_ins.loopback import Loopback, Reply, a_closed_port, as_json

MOST = 1_000_000


def fetched(url: str, seconds: float = 5.0, **more):
    with PunctualSession() as session:
        return session.fetch("GET", url, seconds=seconds, most_bytes=MOST, **more)


def why(url: str, seconds: float = 5.0) -> str:
    with pytest.raises(NoAnswer) as caught:
        fetched(url, seconds)
    return caught.value.why


@pytest.fixture
def server():
    with Loopback() as running:
        yield running


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(pause=20), "late"),
        (Reply(body=b"{}", drip_head=0.2), "late"),
        (Reply(body=b"{" * 500, drip=0.05), "late"),
        (Reply(body=b'{"id": ', missing=100), "broken off"),
        (Reply(body=b"\xff\xfe\xff", headers={"Content-Encoding": "gzip"}), "compression"),
    ],
    ids=["mute", "dripping head", "dripping body", "cut off", "broken compression"],
)
def test_an_answer_that_does_not_come_whole_is_told_by_a_word_and_in_time(server, reply, expected):
    server.fault = reply
    began = time.monotonic()
    assert why(server.origin, seconds=0.5) == expected
    assert time.monotonic() - began < 3


def test_a_place_that_cannot_be_reached_is_told_by_a_word(server, monkeypatch):
    assert why(f"http://127.0.0.1:{a_closed_port()}") == "refused"
    assert why("http://nobody.invalid") == "unknown name"
    assert why(server.origin.replace("http:", "https:")) == "TLS"
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{a_closed_port()}")
    assert why("http://sentry.example.com") == "proxy"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux leaves a connection waiting when the queue is full")
def test_a_connection_that_does_not_come_about_is_given_up_before_the_whole_time(monkeypatch):
    monkeypatch.setattr(punctual, "CONNECT_SECONDS", 0.3)
    with socket.socket() as deaf, ExitStack() as waiting:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _ in range(3):  # the queue and what the system adds to it
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(deaf.getsockname())
        began = time.monotonic()
        assert why(f"http://127.0.0.1:{deaf.getsockname()[1]}", seconds=20) == "late connection"
        assert time.monotonic() - began < 5


def test_no_more_is_read_than_may_be(server):
    server.fault = Reply(body=b" " * 5 * MOST, missing=1)
    _, body = fetched(server.origin)
    assert MOST < len(body) <= MOST + punctual.PIECE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_handed_over_and_not_followed(server, status):
    with Loopback() as stranger:
        server.fault = Reply(status, headers={"Location": stranger.origin})
        response, _ = fetched(server.origin, headers={"Authorization": "Bearer x"})
        assert response.status_code == status
        assert stranger.asked == []


def test_a_netrc_of_the_user_adds_no_credentials(server, tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login x password y\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    fetched(server.origin)
    assert server.authorizations == [""]


def test_a_cookie_is_not_sent_back(server):
    server.fault = as_json({}, set_cookie="session=1; Path=/")
    with PunctualSession() as session:
        for _ in range(2):
            session.fetch("GET", server.origin, seconds=5, most_bytes=MOST)
    assert all("cookie" not in asked.headers for asked in server.asked)


def test_what_was_sent_is_not_in_the_word_for_a_failure(server):
    server.fault = Reply(pause=20)
    with pytest.raises(NoAnswer) as caught:
        fetched(
            f"{server.origin}/?token=secret-of-the-test", seconds=0.2, headers={"Authorization": "secret-of-the-test"}
        )
    assert "secret" not in str(caught.value)
