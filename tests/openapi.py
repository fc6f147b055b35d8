"""What a service's published OpenAPI description says of its answers, as JSON Schema; only where it is at hand."""

import json
from collections.abc import Collection
from functools import cache
from typing import Any

from tests.shared import shared

SENTRY_SCOPE = "/api/0/organizations/{organization_id_or_slug}/"


@cache
def contract(name: str) -> Any:
    """The description by its file name; the test is skipped, with the reason, where it is not here."""
    return json.loads(shared(f"contracts/{name}").read_text(encoding="utf-8"))


def sentry_answer(operation: str, unsent: Collection[str] = ()) -> Any:
    """The schema of what Sentry answers to a GET of that path below the organization; `unsent` fields are required
    by the description and not sent by servers."""
    told = contract("sentry-openapi.json")["paths"][SENTRY_SCOPE + operation]["get"]["responses"]["200"]
    return as_json_schema(told["content"]["application/json"]["schema"], frozenset(unsent))


def as_json_schema(node: Any, unsent: frozenset[str] = frozenset()) -> Any:
    """An OpenAPI 3.0 schema as JSON Schema: `nullable` allows null, whatever `type`, `enum` and `anyOf` say."""
    if isinstance(node, list):
        return [as_json_schema(one, unsent) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {key: as_json_schema(value, unsent) for key, value in node.items() if key not in {"nullable", "example"}}
    if isinstance(plain.get("required"), list):
        plain["required"] = [name for name in plain["required"] if name not in unsent]
    return {"anyOf": [plain, {"type": "null"}]} if node.get("nullable") is True else plain
