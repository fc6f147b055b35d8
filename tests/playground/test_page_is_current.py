"""The page that is shipped is the one its sources build: nobody reads a bundle, so a machine compares it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "page"
BUILD_SECONDS = 120


def missing() -> str:
    """Why the page cannot be built here; empty when it can."""
    if shutil.which("node") is None:
        return "node is not on this machine"
    if not (PAGE / "node_modules" / "esbuild").is_dir():
        return "the page's packages are not installed: npm ci --prefix page --ignore-scripts"
    return ""


def test_the_shipped_page_is_what_its_sources_build() -> None:
    if reason := missing():
        if os.environ.get("CI") == "true":
            pytest.fail(f"in CI this test must run: {reason}")
        pytest.skip(reason)
    command = [str(shutil.which("node")), "bundle/build.mjs", "--check"]
    built = subprocess.run(command, cwd=PAGE, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    assert built.returncode == 0, built.stdout + built.stderr
