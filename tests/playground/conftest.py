"""What several tests here wait with."""

import pytest

from tests.playground import house


@pytest.fixture
def until():
    """Waits until something holds, or fails the test."""
    return house.until


@pytest.fixture
def open_workspace(tmp_path):
    """A workspace behind a real server."""
    with house.rehearsal(tmp_path) as running:
        yield running
