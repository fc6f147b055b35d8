"""The stand-in answers in the shapes of Sentry's own OpenAPI schema, so what passes against it can pass for real."""

from urllib.parse import quote

import jsonschema
import pytest
import requests

from tests.openapi import sentry_answer
from tests.stand_ins.sentry_server import SentryServer
from tests.stand_ins.sentry_world import EVENT_ID, VERSION

PATHS = [
    ("issues/SHOP-42/", "issues/{issue_id}/"),
    ("issues/5551234567/", "issues/{issue_id}/"),
    ("issues/SHOP-42/events/", "issues/{issue_id}/events/"),
    ("issues/SHOP-42/events/latest/", "issues/{issue_id}/events/{event_id}/"),
    (f"issues/SHOP-42/events/{EVENT_ID}/", "issues/{issue_id}/events/{event_id}/"),
    (f"eventids/{EVENT_ID}/", "eventids/{event_id}/"),
    ("shortids/shop-42/", "shortids/{issue_id}/"),
    ("releases/", "releases/"),
    (f"releases/{quote(VERSION, safe='')}/", "releases/{version}/"),
    (f"releases/{quote(VERSION, safe='')}/commits/", "releases/{version}/commits/"),
    (f"releases/{quote(VERSION, safe='')}/deploys/", "releases/{version}/deploys/"),
]

NO_SERVER_SENDS = ("derivedData",)
"""Required by the schema of 2026, not yet sent by any server the reference describes."""


@pytest.mark.parametrize(("path", "operation"), PATHS)
def test_the_stand_in_answers_as_the_schema_says(path, operation):
    schema = sentry_answer(operation, NO_SERVER_SENDS)
    with SentryServer() as sentry:
        answer = requests.get(f"{sentry.url}/api/0/organizations/acme/{path}", timeout=5)
    assert answer.status_code == 200
    assert answer.json()
    jsonschema.Draft202012Validator(schema).validate(answer.json())


def test_the_schema_is_not_satisfied_by_anything_at_all():
    schema = sentry_answer("issues/{issue_id}/", NO_SERVER_SENDS)
    assert not jsonschema.Draft202012Validator(schema).is_valid({"id": 5551234567})
    assert not jsonschema.Draft202012Validator(schema).is_valid([])
