"""Whoever opens a workspace gets a port of its own, or is told why not."""

import pytest

from bot.playground import open as playground
from bot.playground.open import NoPort


def test_two_that_open_at_the_same_moment_get_different_ports():
    with playground._listening(0) as (_, first):
        port = int(first.rpartition(":")[2])
        with playground._listening(port) as (_, second):
            assert second != first


@pytest.mark.parametrize("port", [-1, 65_536, 99_999])
def test_a_port_that_does_not_exist_is_refused_with_a_sentence(port):
    with pytest.raises(NoPort, match="0 to 65535"), playground._listening(port):
        pass
