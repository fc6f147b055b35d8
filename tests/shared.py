"""Material that is not part of the product: official schemas and written playbooks, where the machine has them."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("DIAGNOSE_SHARED", Path(__file__).parent.parent.parent / "shared"))


def shared(path: str) -> Path:
    """That file or folder; the test is skipped, with the reason, where it is not here."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{path} is not on this machine (set DIAGNOSE_SHARED to the folder that holds it)")
    return found
