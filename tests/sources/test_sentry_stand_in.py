"""The stand-in answers in the shapes of Sentry's own OpenAPI schema, so what passes against it can pass for real."""

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
import requests

from tests.stand_ins.sentry_server import SentryServer
from tests.stand_ins.sentry_world import EVENT_ID, VERSION

SHARED = Path(os.environ.get("DIAGNOSE_SHARED") or Path(__file__).resolve().parents[2].parent / "shared")
CONTRACT = SHARED / "contracts" / "sentry-openapi.json"
SCOPE = "/api/0/organizations/{organization_id_or_slug}/"

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

FIELDS_NO_SERVER_SENDS = {"derivedData"}
"""Required by the schema of 2026, not yet sent by any server the reference describes."""


@pytest.mark.skipif(not CONTRACT.is_file(), reason=f"needs Sentry's OpenAPI schema at {CONTRACT}")
@pytest.mark.parametrize(("path", "operation"), PATHS)
def test_the_stand_in_answers_as_the_schema_says(path, operation):
    described = json.loads(CONTRACT.read_text())["paths"][SCOPE + operation]["get"]["responses"]["200"]
    schema = as_json_schema(described["content"]["application/json"]["schema"])
    with SentryServer() as sentry:
        answer = requests.get(f"{sentry.url}/api/0/organizations/acme/{path}", timeout=5)
    assert answer.status_code == 200
    assert answer.json()
    jsonschema.Draft202012Validator(schema).validate(answer.json())


@pytest.mark.skipif(not CONTRACT.is_file(), reason=f"needs Sentry's OpenAPI schema at {CONTRACT}")
def test_the_schema_is_not_satisfied_by_anything_at_all():
    described = json.loads(CONTRACT.read_text())["paths"][SCOPE + "issues/{issue_id}/"]["get"]["responses"]["200"]
    schema = as_json_schema(described["content"]["application/json"]["schema"])
    assert not jsonschema.Draft202012Validator(schema).is_valid({"id": 5551234567})
    assert not jsonschema.Draft202012Validator(schema).is_valid([])


def as_json_schema(node: Any) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema: `nullable` allows null, whatever `type`, `enum` and `anyOf` say."""
    if isinstance(node, list):
        return [as_json_schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {key: as_json_schema(value) for key, value in node.items() if key not in {"nullable", "example"}}
    if isinstance(plain.get("required"), list):
        plain["required"] = [name for name in plain["required"] if name not in FIELDS_NO_SERVER_SENDS]
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain
