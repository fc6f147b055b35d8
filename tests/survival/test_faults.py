"""Promises of a bot whose ground gives way: what was acknowledged is done, once, and everybody is told."""

import pytest

from tests.lab.postgres import Missing
from tests.survival.faults import NotHere, disk_full, postgres_stopped, slack_refuses
from tests.survival.sockets import socket_cut

SECONDS, FEW = 3.0, (3, 2)  # the long ones: python -m tests.survival


def possible(fault):
    try:
        return fault()
    except (NotHere, Missing) as lacking:
        pytest.skip(str(lacking))


def test_nothing_is_lost_while_postgresql_is_away():
    fared = possible(lambda: postgres_stopped(SECONDS, FEW, hanging=False))
    assert fared.counted.well, fared
    assert fared.answered < 3.0
    assert "my database does not answer" in fared.told
    assert "no heartbeat: the database does not answer" in fared.said


def test_nothing_is_lost_while_slack_refuses_and_nobody_floods_it():
    fared = slack_refuses(SECONDS, FEW)
    assert fared.counted.well, fared
    assert fared.calls <= 2 * SECONDS


def test_nothing_is_lost_while_the_disk_is_full():
    fared = possible(lambda: disk_full(SECONDS, FEW))
    assert fared.counted.well, fared
    assert "my database does not answer" in fared.told
    assert "requests could not be written" in fared.said


def test_nothing_is_lost_while_the_websocket_is_cut():
    assert socket_cut(SECONDS, every=2.0).counted.well
