"""Nobody can hold the HTTP door: sizes and times are bounded, and no answer waits for another."""

import threading
import time

import pytest

from bot import http_door
from bot.http_door import LARGEST_BODY
from tests.doors.serving import connected, posted
from tests.doors.signed import a_command, head, headers, heard, status

SENDERS = 50  # at once, each waiting for the database, while one more is answered


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(web):
    with connected(web) as connection:
        connection.sendall(head([*headers(b"").items(), ("content-length", str(LARGEST_BODY + 1))]))
        assert status(heard(connection)) == 413


@pytest.mark.parametrize("told", ["1e3", "-1", "9" * 25, "0x10", "5, 6"])
def test_a_length_that_is_none_is_refused(web, bolt, told):
    with connected(web) as connection:
        connection.sendall(head([*headers(b"").items(), ("content-length", told)]))
        assert status(heard(connection)) in {400, 413}
    assert bolt.requests == []


def test_a_body_in_pieces_is_cut_where_it_gets_too_large(web):
    piece, sent = b"10000\r\n" + b"x" * 65_536 + b"\r\n", 0
    with connected(web) as connection:
        connection.sendall(head([*headers(b"").items(), ("transfer-encoding", "chunked")]))
        try:
            while sent < 4 * LARGEST_BODY:
                connection.sendall(piece)
                sent += 65_536
        except OSError:
            pass  # it hung up
    assert sent < 4 * LARGEST_BODY


def test_the_largest_body_is_taken(web, bolt):
    body = a_command("x" * (LARGEST_BODY - 200))
    assert len(body) <= LARGEST_BODY
    assert posted(web, body).status_code == 200


def test_all_bodies_together_are_bounded(web, bolt, monkeypatch):
    monkeypatch.setattr(http_door, "MOST_HELD", 100_000)
    body = a_command("x" * 60_000)
    with connected(web) as first:
        first.sendall(head([*headers(body).items(), ("content-length", str(len(body)))]) + body[:-1])
        time.sleep(0.2)
        assert posted(web, body).status_code == 503
        first.sendall(body[-1:])
        assert status(heard_once(first)) == 200
    assert posted(web, body).status_code == 200


def heard_once(connection):
    connection.settimeout(10)
    return connection.recv(65_536)


def dripped(connection, data, seconds, most):
    """Sends a byte at a time; how many seconds it took until the other side hung up."""
    began = time.monotonic()
    try:
        for at in range(len(data)):
            connection.sendall(data[at : at + 1])
            connection.settimeout(seconds)
            try:
                if not connection.recv(1_000):
                    break
            except TimeoutError:
                pass
            assert time.monotonic() - began < most, "it still listens"
    except (ConnectionResetError, BrokenPipeError):
        pass
    return time.monotonic() - began


def test_whoever_sends_a_head_byte_by_byte_is_dropped(web, monkeypatch):
    monkeypatch.setattr(http_door, "HEAD_SECONDS", 0.5)
    with connected(web) as connection:
        assert 0.3 < dripped(connection, head(headers(b"").items()), 0.05, 5) < 3


def test_whoever_says_nothing_is_dropped(web, monkeypatch):
    monkeypatch.setattr(http_door, "HEAD_SECONDS", 0.3)
    with connected(web) as connection:
        began = time.monotonic()
        assert heard(connection) == b""
        assert time.monotonic() - began < 3


def test_whoever_was_answered_once_may_not_drip_the_next_head(web, monkeypatch):
    monkeypatch.setattr(http_door, "HEAD_SECONDS", 0.5)
    body = a_command()
    with connected(web) as connection:
        connection.sendall(head([*headers(body).items(), ("content-length", str(len(body)))]) + body)
        assert status(heard_once(connection)) == 200
        time.sleep(0.8)  # a connection without a request under way is kept
        connection.sendall(head([*headers(body).items(), ("content-length", str(len(body)))]) + body)
        assert status(heard_once(connection)) == 200
        assert dripped(connection, head(headers(b"").items()), 0.05, 5) < 3


def test_whoever_sends_a_body_byte_by_byte_is_dropped(web, bolt, monkeypatch):
    monkeypatch.setattr(http_door, "READ_SECONDS", 0.5)
    body = a_command()
    with connected(web) as connection:
        connection.sendall(head([*headers(body).items(), ("content-length", str(len(body)))]))
        assert dripped(connection, body, 0.05, 5) < 3
    assert bolt.requests == []


def test_a_head_without_end_is_refused(web):
    with connected(web) as connection:
        connection.sendall(head([("x-long", "x" * 40_000)])[:-4])
        assert status(heard(connection)) == 400


def test_no_acknowledgement_waits_for_another(web, bolt):
    bolt.wait.clear()
    slow = [threading.Thread(target=posted, args=(web, a_command(str(number)))) for number in range(SENDERS)]
    for one in slow:
        one.start()
    ends = time.monotonic() + 10
    while len(bolt.requests) < SENDERS:
        assert time.monotonic() < ends
        time.sleep(0.01)
    body = a_command("quick")
    last = threading.Thread(target=posted, args=(web, body))
    last.start()
    while not any(one.body["text"] == "quick" for one in list(bolt.requests)):
        assert time.monotonic() < ends, "it waited for another"
        time.sleep(0.01)
    bolt.wait.set()
    for one in (*slow, last):
        one.join(10)


@pytest.mark.parametrize(
    "target", ["GET /", "GET /slack/events", "POST /slack/events", "HEAD /slack/events", "OPTIONS *", "GET http://x/"]
)
def test_a_stranger_keeps_no_connection(web, target):
    with connected(web) as connection:
        connection.sendall(head([("content-length", "0")], target))
        began = time.monotonic()
        assert status(heard(connection)) in {400, 401, 404, 405}
        assert time.monotonic() - began < 3, "it is still connected"
