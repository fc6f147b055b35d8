"""Slack's own contracts, where this checkout has them beside it."""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

CONTRACTS = Path(os.environ.get("DIAGNOSE_SHARED", Path(__file__).parents[3] / "shared")) / "contracts"


@cache
def _validator(name: str) -> Any:
    path = CONTRACTS / name
    if not path.is_file():
        pytest.skip(f"the contract {name} is not beside this checkout (set DIAGNOSE_SHARED to its folder)")
    schema = json.loads(path.read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def breaches(value: Mapping[str, Any], contract: str = "slack-blocks.schema.json") -> list[str]:
    """Where a value breaks a contract; skips the test when the contract is not there."""
    return [f"{error.json_path}: {error.message[:300]}" for error in _validator(contract).iter_errors(value)]
