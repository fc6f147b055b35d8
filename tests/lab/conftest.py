"""An incident that happened once for all tests of what is done to it afterwards, and where its logs are.

One is enough to show that the checks can fail; `make lab` puts them to every scenario.
"""

import os
from collections.abc import Iterator

import pytest

from tests.lab.asking import Answer, Sources, ask
from tests.lab.happened import Happened
from tests.lab.happening import happen, scenario
from tests.lab.postgres import Missing, Postgres, postgres
from tests.real_elasticsearch import RealElasticsearch, one_for_tests

AFTERWARDS = ("never_applied",)


@pytest.fixture(scope="session")
def lab_postgres() -> Iterator[Postgres]:
    """A real one; without, the test is skipped, and in CI it fails."""
    try:
        with postgres() as server:
            yield server
    except Missing as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def lab_elasticsearch() -> Iterator[RealElasticsearch]:
    """A real one, likewise."""
    with one_for_tests(8) as running:
        yield running


@pytest.fixture(scope="session")
def incidents(lab_postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Happened]:
    """It, by name."""
    return {name: happen(scenario(name), tmp_path_factory.mktemp(name), lab_postgres) for name in AFTERWARDS}


@pytest.fixture(scope="session", params=AFTERWARDS)
def happened(request: pytest.FixtureRequest, incidents: dict[str, Happened]) -> Happened:
    """Each of them."""
    return incidents[request.param]


@pytest.fixture(scope="session")
def sources(lab_elasticsearch: RealElasticsearch) -> Sources:
    """All of them, with nothing missing."""
    return Sources(lab_elasticsearch)


@pytest.fixture(scope="session")
def answer(happened: Happened, sources: Sources) -> Answer:
    """What the bot says with everything there."""
    return ask(happened, sources)
