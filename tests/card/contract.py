"""Slack's own contracts, where this checkout has them beside it."""

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema

from tests.shared import shared


@cache
def _validator(name: str) -> Any:
    schema = json.loads(shared(f"contracts/{name}").read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def breaches(value: Mapping[str, Any], contract: str = "slack-blocks.schema.json") -> list[str]:
    """Where a value breaks a contract; skips the test when the contract is not there."""
    return [f"{error.json_path}: {error.message[:300]}" for error in _validator(contract).iter_errors(value)]
