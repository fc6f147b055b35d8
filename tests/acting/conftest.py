import pytest

from tests.acting.scene import scene


@pytest.fixture
def stage():
    with scene() as ready:
        yield ready
