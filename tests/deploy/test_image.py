"""The image's steps, carried out: it is built from the lock by hashes, and works as nobody on what it cannot write."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.cases.migration_failed.story import incident
from tests.deploy.dockerfile import FILE, exec_form, stages
from tests.deploy.image import Image
from tests.stand_ins.loopback import a_closed_port
from tests.stand_ins.sentry_server import SentryServer
from tests.stand_ins.slack_server import SlackServer

SECONDS = 60


@pytest.fixture(scope="module")
def image():
    """One, built once; it takes half a minute and what pip fetches."""
    if os.environ.get("CI") != "true" and not os.environ.get("DIAGNOSE_IMAGE"):
        pytest.skip("builds a virtual environment anew (half a minute): set DIAGNOSE_IMAGE=1")
    built = Image()
    try:
        built.build()
        yield built
    finally:
        built.remove()


def ended(process):
    told, logged = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, logged
    return told


def test_it_holds_diagnose_and_nothing_that_only_building_needs(image):
    assert "serve" in ended(image.start("--help"))
    packages = image.place.glob("opt/diagnose/lib/python3*/site-packages/*.dist-info")
    installed = {path.name.split("-")[0] for path in packages}
    assert "diagnose" in installed
    building = {"pip", "setuptools", "hatchling", "editables", "pathspec", "pluggy", "trove_classifiers"}
    assert installed.isdisjoint(building)


def test_it_rehearses_an_incident_and_writes_nothing(image):
    before = image.files()
    assert "migration" in ended(image.start("demo", "--once"))
    assert image.files() == before


def test_it_serves_as_nobody_is_well_and_ends_when_told(image):
    """From the start to the SIGTERM, asked by the image's own health check."""
    before, port = image.files(), a_closed_port()
    with SentryServer(incident.world) as sentry, SlackServer() as slack:
        process = image.start(
            "serve",
            SENTRY_URL=sentry.url,
            SENTRY_ORG="acme",
            SENTRY_TOKEN="sentry-token-of-the-test",
            SLACK_API_URL=slack.url,
            SLACK_BOT_TOKEN="xoxb-of-the-test",
            SLACK_APP_TOKEN="xapp-of-the-test",
            DIAGNOSE_METRICS_PORT=str(port),
        )
        try:
            well = until_well(image, process, port)
            process.send_signal(signal.SIGTERM)
            _, logged = process.communicate(timeout=30)
        finally:
            process.kill()
            process.communicate(timeout=10)
    assert well, logged
    assert process.returncode == 0, logged
    assert (image.place / "data" / "diagnose.db").exists()
    assert image.files() == before


def until_well(image, process, port):
    """Whether the Dockerfile's HEALTHCHECK came to say so in time."""
    _, final = stages(FILE.read_text(encoding="utf-8"))
    _, *arguments = exec_form(final.all("HEALTHCHECK")[0])
    ends = time.monotonic() + SECONDS
    environment = image.environment(DIAGNOSE_METRICS_PORT=str(port))
    while time.monotonic() < ends and process.poll() is None:
        asked = subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=False)
        if asked.returncode == 0:
            return True
        time.sleep(0.3)
    return False
