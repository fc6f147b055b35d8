"""The socket is closed once, although Slack may end it in the same moment."""

import socket
import threading

import pytest

from bot.doors import hang_up
from tests.runs.scene import until
from tests.slack.office import Investigator, office
from tests.stand_ins.slack_server import SlackServer


class TakenAway:
    """A lock of a session, whose socket another thread takes away before the lock is had."""

    def __init__(self, session) -> None:
        self.session, self.lock = session, threading.Lock()

    def __enter__(self) -> None:
        self.lock.acquire()
        taken: socket.socket | None = self.session.sock
        self.session.sock = None
        if taken is not None:
            taken.close()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


@pytest.mark.parametrize("taken_away", [False, True], ids=["open", "ended by Slack in the same moment"])
def test_all_threads_of_the_socket_end(taken_away):
    with SlackServer() as slack, office(slack, Investigator()) as at_work:
        client = at_work.handler.client
        if taken_away:
            client.current_session.sock_send_lock = TakenAway(client.current_session)
        hang_up(at_work.handler)
        assert not client.is_connected()
        assert client.closed
        threads = (client.current_session_runner, client.current_app_monitor, client.message_processor)
        until(lambda: not any(one.is_alive() for one in threads))
        hang_up(at_work.handler)
