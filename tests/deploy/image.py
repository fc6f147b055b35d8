"""Carries out the Dockerfile's steps in a folder, since a container engine is not everywhere; the rest of it is tested.

What an engine adds is not: the base image, its user's name, layers. The folder stands for `/`, the machine's own Python
for the image's.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deploy.dockerfile import FILE, ignored, stages

ROOT = FILE.parent
NOBODY = 65534
BUILD_SECONDS = 300
WHEEL = "/tmp/wheel"  # noqa: S108 - the Dockerfile's own


class Image:
    """A place with /opt/diagnose as the image has it, and /data, /tmp and /etc/diagnose; `run` starts what it runs."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="diagnose-image-"))
        self.place.chmod(0o755)  # nobody must be able to look into it
        for name in ("opt", "src", "etc/diagnose", "data", "tmp"):
            (self.place / name).mkdir(parents=True)
        self._owner = NOBODY if os.geteuid() == 0 else None
        if self._owner:
            for name in ("data", "tmp"):
                os.chown(self.place / name, NOBODY, NOBODY)

    def build(self) -> None:
        """Runs every RUN of the first stage over what .dockerignore lets through; raises with what a step said."""
        self._command(python(), "-m", "venv", str(self.place / "base"))
        for path in candidates():
            target = self.place / "src" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, target)
        first, _ = stages(FILE.read_text(encoding="utf-8"))
        for words in first.all("RUN"):
            here = words.replace("/opt/", f"{self.place}/opt/").replace(WHEEL, f"{self.place}/wheel")
            self._command("sh", "-e", "-c", here)
        shutil.rmtree(self.place / "src")  # the second stage has none of it
        shutil.rmtree(self.place / "wheel")
        for path in (self.place / "opt").rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) | stat.S_IROTH)

    def start(self, *arguments: str, **settings: str) -> subprocess.Popen[str]:
        """`diagnose` with these arguments and settings, as nobody where the test runs as root."""
        return subprocess.Popen(
            [str(self.place / "opt/diagnose/bin/diagnose"), *arguments],
            cwd=self.place / "etc/diagnose",
            env=self.environment(**settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=self._owner,
            group=self._owner,
            extra_groups=None if self._owner is None else [],
        )

    def environment(self, **settings: str) -> dict[str, str]:
        """What the image's ENV gives, with its folders here, and these settings."""
        return {
            "PATH": f"{self.place}/opt/diagnose/bin:{os.environ.get('PATH', '')}",
            "HOME": str(self.place / "tmp"),
            "TMPDIR": str(self.place / "tmp"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "NO_PROXY": "127.0.0.1",
            "DIAGNOSE_DATA": str(self.place / "data"),
            "DIAGNOSE_HOST": "127.0.0.1",
            **settings,
        }

    def files(self) -> dict[str, int]:
        """Everything in it but the data and /tmp, with sizes: what a read-only file system would hold."""
        kept = [path for name in ("opt", "etc") for path in (self.place / name).rglob("*") if path.is_file()]
        return {str(path.relative_to(self.place)): path.stat().st_size for path in kept}

    def remove(self) -> None:
        """Nothing of it stays."""
        for path in [self.place, *self.place.rglob("*")]:
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        shutil.rmtree(self.place)

    def _command(self, *words: str) -> None:
        environment = {**os.environ, "PATH": f"{self.place}/base/bin:{os.environ['PATH']}"}
        done = subprocess.run(
            words,
            cwd=self.place / "src",
            env=environment,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)[:200]}: {done.stdout[-1500:]}{done.stderr[-1500:]}")


def candidates():
    """The files of this folder that are sent to the engine, relative to it; nothing hidden is looked into."""
    found = []
    for folder, folders, files in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        found += [str(here / name) for name in files if not ignored(str(here / name))]
    return found


def python():
    """A Python that everybody may run, to stand for the image's: this one, or the system's where root keeps it."""
    for one in (Path(sys.executable).resolve(), Path("/usr/bin/python3")):
        if os.geteuid() != 0 or all(place.stat().st_mode & 0o005 == 0o005 for place in (one, *one.parents)):
            return str(one)
    return str(Path(sys.executable).resolve())
