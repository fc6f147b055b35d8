"""Each envelope reaches one socket, is delivered again until acknowledged, and never waits without bound."""

import json
import threading
import time
from contextlib import ExitStack

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from bot.playground.slack.envelopes import MOST_OPEN, MOST_QUEUED, Envelopes
from bot.playground.slack.limits import Limits
from bot.playground.slack.socket_mode import MOST_CONNECTIONS
from bot.playground.slack.times import Times
from bot.playground.slack.timetable import Timetable
from bot.playground.slack.traffic import Traffic
from bot.playground.slack.workspace import Workspace
from tests.playground.house import rehearsal, until

QUICK = Times(acknowledge=0.1, redeliver=(0.0, 0.05), keep=0.3)


class Socket:
    def __init__(self):
        self.got = []

    def send(self, text):
        self.got.append(json.loads(text))


@pytest.fixture
def timetable():
    planned = Timetable()
    yield planned
    planned.close()


@pytest.fixture
def envelopes(timetable):
    return Envelopes(QUICK, timetable, Traffic())


def event(number=1):
    return {"event": {"type": "message", "n": number}}


def acknowledged(envelopes, told, **payload):
    envelopes.acknowledge(json.dumps({"envelope_id": told["envelope_id"], **payload}))


def test_an_event_is_delivered_as_slack_does(envelopes):
    socket = Socket()
    envelopes.join(socket)
    envelopes.event(event())
    (told,) = socket.got
    assert set(told) == {
        "envelope_id", "payload", "type", "accepts_response_payload", "retry_attempt", "retry_reason",
    }  # fmt: skip
    assert (told["type"], told["accepts_response_payload"]) == ("events_api", False)
    assert (told["retry_attempt"], told["retry_reason"]) == (0, "")


def test_an_event_that_is_not_acknowledged_comes_again_a_bounded_number_of_times(envelopes):
    socket = Socket()
    envelopes.join(socket)
    envelopes.event(event())
    until(lambda: len(socket.got) == 3)
    time.sleep(0.3)
    assert [(one["retry_attempt"], one["retry_reason"]) for one in socket.got] == [
        (0, ""), (1, "timeout"), (2, "timeout"),
    ]  # fmt: skip
    assert not envelopes._open


def test_an_acknowledged_event_does_not_come_again(envelopes):
    socket = Socket()
    envelopes.join(socket)
    envelopes.event(event())
    acknowledged(envelopes, socket.got[0])
    time.sleep(0.3)
    assert len(socket.got) == 1


def test_a_command_is_delivered_once_and_its_lapse_is_told(envelopes):
    socket, lapsed = Socket(), []
    envelopes.join(socket)
    assert envelopes.interaction("slash_commands", "x", "", {}, accepts=True, lapsed=lambda: lapsed.append(1))
    until(lambda: lapsed)
    time.sleep(0.2)
    assert len(socket.got) == 1
    assert "retry_attempt" not in socket.got[0]
    assert lapsed == [1]


def test_the_payload_of_an_acknowledgement_is_handed_on_once(envelopes):
    socket, answers = Socket(), []
    envelopes.join(socket)
    envelopes.interaction("slash_commands", "x", "", {}, answered=answers.append, lapsed=lambda: answers.append("late"))
    acknowledged(envelopes, socket.got[0], payload={"text": "hello"})
    acknowledged(envelopes, socket.got[0], payload={"text": "again"})
    time.sleep(0.2)
    assert answers == [{"text": "hello"}]


@pytest.mark.parametrize(
    "frame", ["", "x", "[]", "null", "{}", '{"envelope_id": 1}', '{"envelope_id": []}', "[" * 9_999]
)
def test_what_is_no_acknowledgement_means_nothing(envelopes, frame):
    envelopes.acknowledge(frame)


def test_each_envelope_goes_to_one_socket_and_every_socket_gets_some(envelopes):
    sockets = [Socket() for _ in range(3)]
    for socket in sockets:
        envelopes.join(socket)
    for number in range(9):
        envelopes.event(event(number))
    assert [len(socket.got) for socket in sockets] == [3, 3, 3]


def test_events_wait_a_while_for_the_bot(envelopes):
    envelopes.event(event(1))
    socket = Socket()
    envelopes.join(socket)
    assert [one["payload"]["event"]["n"] for one in socket.got] == [1]


def test_an_event_that_waited_too_long_is_dropped(envelopes):
    envelopes.event(event(1))
    time.sleep(QUICK.keep + 0.1)
    envelopes.event(event(2))
    socket = Socket()
    envelopes.join(socket)
    assert [one["payload"]["event"]["n"] for one in socket.got] == [2]


def test_no_more_events_wait_than_a_bot_can_catch_up_with(envelopes):
    for number in range(MOST_QUEUED + 20):
        envelopes.event(event(number))
    socket = Socket()
    envelopes.join(socket)
    assert [one["payload"]["event"]["n"] for one in socket.got] == list(range(20, MOST_QUEUED + 20))


def test_a_bot_that_never_answers_does_not_fill_the_memory(timetable):
    envelopes = Envelopes(Times(acknowledge=60), timetable, Traffic())
    envelopes.join(Socket())
    for number in range(MOST_OPEN + 20):
        envelopes.event(event(number))
    assert len(envelopes._open) == MOST_OPEN


def test_a_command_without_a_bot_is_refused(envelopes):
    assert envelopes.interaction("slash_commands", "x", "", {}) is False
    socket = Socket()
    envelopes.join(socket)
    envelopes.leave(socket)
    assert envelopes.interaction("slash_commands", "x", "", {}) is False


def test_nothing_is_delivered_any_more_once_it_is_closed(envelopes):
    socket = Socket()
    envelopes.join(socket)
    envelopes.close()
    envelopes.event(event())
    assert envelopes.interaction("slash_commands", "x", "", {}) is False
    assert socket.got == []


def test_closing_waits_for_what_is_being_acknowledged_and_no_longer(timetable):
    envelopes, socket = Envelopes(Times(acknowledge=5.0), timetable, Traffic()), Socket()
    envelopes.join(socket)
    envelopes.event(event())
    late = threading.Timer(0.2, acknowledged, (envelopes, socket.got[0]))
    late.start()
    assert envelopes.close(5.0) is True
    assert not envelopes._open
    late.join()


def test_closing_does_not_wait_forever(timetable):
    envelopes, socket = Envelopes(Times(acknowledge=5.0), timetable, Traffic()), Socket()
    envelopes.join(socket)
    envelopes.event(event())
    assert envelopes.close(0.05) is False


def test_coming_and_going_is_told_once(timetable):
    told, sockets = [], [Socket(), Socket()]
    envelopes = Envelopes(QUICK, timetable, Traffic(), told.append)
    for socket in sockets:
        envelopes.join(socket)
    for socket in sockets:
        envelopes.leave(socket)
        envelopes.leave(socket)
    assert told == [True, False]


# Over a real server


def address(running):
    answer = running.call("apps.connections.open", token=running.workspace.app_token)
    assert answer["ok"]
    return answer["url"]


def test_hello_says_how_many_connections_there_are(open_workspace):
    with connect(address(open_workspace)) as first, connect(address(open_workspace)) as second:
        told = [json.loads(socket.recv(5)) for socket in (first, second)]
    assert [one["num_connections"] for one in told] == [1, 2]
    assert told[0]["type"] == "hello"
    assert told[0]["connection_info"] == {"app_id": "A0DIAGNOSE"}
    assert told[0]["debug_info"]["approximate_connection_time"] == 18_060


def test_an_address_is_good_for_one_connection(open_workspace):
    url = address(open_workspace)
    with connect(url) as socket:
        socket.recv(5)
        with pytest.raises(InvalidStatus), connect(url):
            pass


def test_an_address_is_not_good_for_long(tmp_path):
    with rehearsal(tmp_path, Workspace(times=Times(ticket=0.05))) as running:
        url = address(running)
        time.sleep(0.2)
        with pytest.raises(InvalidStatus), connect(url):
            pass


def test_an_eleventh_connection_is_turned_away(tmp_path):
    with rehearsal(tmp_path, Workspace(limits=Limits({}))) as running, ExitStack() as ends:
        sockets = [ends.enter_context(connect(address(running))) for _ in range(MOST_CONNECTIONS + 1)]
        for socket in sockets[:-1]:
            assert json.loads(socket.recv(5))["type"] == "hello"
        told = json.loads(sockets[-1].recv(5))
        assert (told["type"], told["reason"]) == ("disconnect", "too_many_websockets")
        with pytest.raises(ConnectionClosed):
            sockets[-1].recv(5)


def test_a_connection_is_warned_and_then_ended(tmp_path):
    with rehearsal(tmp_path, Workspace(times=Times(connection=0.6, warning=0.3))) as running:
        with connect(address(running)) as socket:
            told = [json.loads(socket.recv(5)) for _ in range(3)]
            with pytest.raises(ConnectionClosed):
                socket.recv(5)
        assert [(one["type"], one.get("reason")) for one in told] == [
            ("hello", None), ("disconnect", "warning"), ("disconnect", "refresh_requested"),
        ]  # fmt: skip


def test_a_developer_can_have_short_connections(open_workspace):
    """https://docs.slack.dev/apis/events-api/using-socket-mode: append &debug_reconnects=true to the address."""
    with connect(address(open_workspace) + "&debug_reconnects=true") as socket:
        assert json.loads(socket.recv(5))["debug_info"]["approximate_connection_time"] == 360


def test_the_page_is_told_whether_the_bot_is_connected(open_workspace):
    assert open_workspace.workspace.snapshot()["connected"] is False
    with connect(address(open_workspace)) as socket:
        socket.recv(5)
        assert open_workspace.workspace.snapshot()["connected"] is True
    until(lambda: open_workspace.workspace.snapshot()["connected"] is False)


def test_the_server_stops_promptly_with_sockets_and_streams_open(tmp_path):
    with ExitStack() as ends:
        with rehearsal(tmp_path) as running:
            ends.enter_context(connect(address(running)))
            ends.enter_context(requests.get(f"{running.url}/page/feed", stream=True, timeout=10))
            began = time.monotonic()
        assert time.monotonic() - began < 3
