"""One HTTP door for all tests of a module; what stands behind it is new for each."""

import pytest

from bot.http_door import http_app
from tests.doors.serving import Heard, served
from tests.doors.signed import SECRET


@pytest.fixture(scope="module")
def door():
    behind = []

    def dispatch(request):
        return behind[-1](request)

    with served(http_app(dispatch, SECRET)) as address:
        yield address, behind


@pytest.fixture
def bolt(door):
    door[1].append(Heard())
    return door[1][-1]


@pytest.fixture
def web(door, bolt):
    return door[0]
