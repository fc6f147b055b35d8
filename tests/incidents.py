"""Incidents as joining sees them, with sensible defaults, and a second issue made of a recorded one."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playbook.diagnosis import Citation
from playbook.incident import Incident, incident
from playbook.investigate import replay
from playbook.links import Kind, Link
from playbook.sources.recording import Recording
from tests.cases.golden import recording

SENTRY = "https://acme.sentry.io/issues/5551234567/"
ONSET = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
WORDS = {"relation": "relation", "trace": "trace", "release": "first failing release", "host": "failing host"}


def minutes(after_onset: float) -> datetime:
    return ONSET + timedelta(minutes=after_onset)


def a_link(kind: Kind = "relation", value: str = "shop/orders_order", **given: Any) -> Link:
    cited = Citation(source="Sentry", url=SENTRY, quote='relation "orders_order" does not exist')
    words = f"the same {WORDS[kind]} `{value.rpartition('/')[2]}`"
    return Link(**{"kind": kind, "value": value, "words": words, "citation": cited, **given})


def an_incident(number: int = 42, **given: Any) -> Incident:
    """SHOP-42: a failed migration, proved by the line that the migrate job logged."""
    return Incident(
        **{
            "run": f"r-{number}",
            "asked": minutes(number),
            "issue": f"55512345{number}",
            "short_id": f"SHOP-{number}",
            "title": 'ProgrammingError: relation "orders_order" does not exist',
            "url": SENTRY,
            "project": "shop",
            "playbook": "ProgrammingError-RelationMissing",
            "links": (a_link(),),
            "rose": ONSET,
            "seen": minutes(110),
            "last": minutes(118),
            "environment": "production",
            "subject": "orders_order",
            "version": "shop@1.4.0",
            "commit": "a" * 40,
            "grade": "proved",
            "cause": "migration_failed",
            "claim": "A migration failed or timed out",
            "deciding": ("Elasticsearch: Applying orders.0042_order... lock timeout",),
            "todo": "Run it again\npython manage.py migrate orders",
            "proof": Citation(source="Elasticsearch", url="https://kibana.example.com/", quote="lock timeout"),
            **given,
        }
    )


def undecided(number: int = 43, **given: Any) -> Incident:
    """The same issue where the logs could not be read."""
    told = {"grade": "undecided", "cause": None, "claim": None, "deciding": (), "todo": "Ask it", "proof": None}
    return an_incident(number, **{**told, "open": ("migration_failed", "migration_not_applied"), **given})


def unknown(number: int = 44, **given: Any) -> Incident:
    """An error that no playbook knows: only its event was read."""
    told = {"playbook": None, "links": (), "subject": None, "version": None, "commit": None, "open": ()}
    return undecided(number, **{**told, **given})


def recorded(name: str) -> Incident:
    """A recorded incident."""
    found = replay(recording(name), lambda _progress: None)
    return incident(name, found.evidence, found.diagnosis)


def twin(name: str) -> Incident:
    """What a second issue of the same trouble would have been: another number, another file on the stack, another
    request, everything else as it was recorded."""
    first = recording(name)
    text = first.text()
    issue = recorded(name)
    assert issue.issue in text
    text = text.replace(issue.issue, "5559999999").replace(issue.short_id, f"{issue.project.upper()}-999")
    for link in issue.links:
        if link.kind == "trace":
            text = text.replace(link.value, "ab" * 16)
    text = re.sub(r"\b(views|jobs)\.py", "pages.py", text)
    found = replay(Recording.model_validate_json(text), lambda _progress: None)
    return incident(f"{name} again", found.evidence, found.diagnosis)
