"""What several tests here wait with, and who acts in them."""

import pytest

from tests.playground import house
from tests.playground.rehearsal import visit
from tests.playground.stranger import Stranger
from tests.playground.visitor import browsing, visiting


@pytest.fixture
def until():
    """Waits until something holds, or fails the test."""
    return house.until


@pytest.fixture
def open_workspace(tmp_path):
    """A workspace behind a real server."""
    with house.rehearsal(tmp_path) as running:
        yield running


@pytest.fixture
def stranger():
    with visit() as running:
        yield Stranger(running)


@pytest.fixture(scope="module")
def browser():
    with browsing() as one:
        yield one


@pytest.fixture
def visitor(browser):
    with visiting(browser) as one:
        yield one
