"""Home tabs and the runs on them, as small as a test needs them."""

from typing import Any

from bot.card.home import Home, SourceState
from bot.runs.history import Entry
from tests.card.diagnoses import NOON

WORKSPACE = "https://acme.slack.com/"
SOURCES = (
    SourceState(name="Sentry", state="answers", since=NOON),
    SourceState(name="Elasticsearch", state="fails", since=NOON, said="it did not answer within 10 s"),
    SourceState(name="GitHub", state="not configured"),
)


def an_entry(**given: Any) -> Entry:
    defaults = {
        "run": "r-1", "state": "ended", "target": "SHOP-42", "short_id": "SHOP-42", "title": "no such table",
        "verdict": "The migration was not applied", "grade": "proved", "channel": "C0ALERTS",
        "message": "1795168863.000100", "asked_at": NOON, "ended_at": NOON,
    }  # fmt: skip
    return Entry(**{**defaults, **given})


def a_home(**given: Any) -> Home:
    return Home(**{"at": NOON, "workspace": WORKSPACE, **given})
