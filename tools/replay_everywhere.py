"""Replays every recorded incident on each supported Python that the machine has, and compares the bytes."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.11", "3.12", "3.13")


def main() -> int:
    """0 when every Python here gave the golden bytes, 1 when one did not; prints which were here."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    wrong = 0
    for version in VERSIONS:
        python = sys.executable if version == here else _interpreter(version)
        if python is None:
            print(f"replay on Python {version}: skipped, this machine has none")
            continue
        done = subprocess.run([python, "-m", "tests.cases.golden", "--check"], cwd=ROOT, check=False)  # noqa: S603
        print(f"replay on Python {version}: {'same bytes' if done.returncode == 0 else 'DIFFERENT'}")
        wrong += done.returncode != 0
    return 1 if wrong else 0


def _interpreter(version: str) -> str | None:
    """A Python of that version with what a replay needs, in a folder of its own; None where there is none."""
    python = next((one for one in _found(version) if _runs(one)), None)
    if python is None:
        return None
    place = ROOT / f".venv-{version}"
    inside = place / "bin" / "python"
    if not (place / "ready").exists():
        subprocess.run([python, "-m", "venv", str(place)], check=True)  # noqa: S603
        quiet = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
        lock = str(ROOT / "requirements.lock")
        subprocess.run([str(inside), "-m", "pip", "install", *quiet, "-r", lock], check=True)  # noqa: S603
        (place / "ready").touch()
    return str(inside)


def _found(version: str) -> Iterator[str]:
    """Where a Python of that version may be: on the PATH, or among those that pyenv keeps."""
    on_path = shutil.which(f"python{version}")
    if on_path:
        yield on_path
    for kept in sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python")):
        yield str(kept)


def _runs(python: str) -> bool:
    """Whether the command is a Python at all: a version manager's shim may be there without its version."""
    return subprocess.run([python, "-c", "pass"], capture_output=True, check=False).returncode == 0  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
