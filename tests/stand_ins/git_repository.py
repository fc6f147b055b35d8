"""A real git repository made on the spot: commits, merges, squashes, cherry-picks, reverts, at moments of their own.

Everything that goes into a commit's name is given, so the same steps give the same names on every machine.
"""

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

BEGAN = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
STEP = timedelta(minutes=10)
GIT_SECONDS = 20.0
AUTHOR = "Ada Example"


class GitRepository:
    """`folder` is the work tree, on `main`. Each commit is ten minutes younger than the one before unless `at` says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = BEGAN
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def commit(
        self,
        message: str,
        files: Mapping[str, str | bytes | None],
        at: datetime | None = None,
        author: str = AUTHOR,
        authored_at: datetime | None = None,
    ) -> str:
        """Writes the files (None deletes one), commits them, and gives the commit's full name."""
        for path, text in files.items():
            target = self.folder / path
            if text is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.git("add", "--all")
        return self._made(
            "commit", "--quiet", "--allow-empty", "-m", message, at=at, author=author, authored=authored_at
        )

    def switch(self, branch: str, start: str | None = None) -> None:
        """Goes to the branch; makes it at `start` where that is given."""
        self.git("switch", "--quiet", *(["--force-create", branch, start] if start else [branch]))

    def merge(self, branch: str, message: str | None = None, at: datetime | None = None) -> str:
        """A merge commit, also where a fast-forward would do."""
        told = message or f"Merge branch '{branch}'"
        return self._made("merge", "--quiet", "--no-ff", "-m", told, branch, at=at)

    def squash(self, branch: str, message: str, at: datetime | None = None) -> str:
        """All of the branch as one commit of its own, as GitHub's button does it."""
        self.git("merge", "--quiet", "--squash", branch)
        return self._made("commit", "--quiet", "-m", message, at=at)

    def cherry_pick(self, commit: str, at: datetime | None = None, told: bool = False) -> str:
        """With the author's old date; `told` adds the line that says what was picked (`-x`)."""
        return self._made("cherry-pick", *(["-x"] if told else []), commit, at=at)

    def revert(self, commit: str, at: datetime | None = None, merge: bool = False) -> str:
        """Of a `merge`, all that it merged into its first parent."""
        return self._made("revert", "--no-edit", *(["-m", "1"] if merge else []), commit, at=at)

    def rebase(self, onto: str, at: datetime | None = None) -> str:
        """The branch's own commits again on top of `onto`: new names, the authors' old dates."""
        return self._made("rebase", "--quiet", onto, at=at)

    def tag(self, name: str, commit: str = "HEAD", annotated: bool = False, force: bool = False) -> None:
        self._made("tag", *(["--force"] if force else []), *(["-a", "-m", name] if annotated else []), name, commit)

    def git(self, *arguments: str, given: bytes | None = None, environment: Mapping[str, str] | None = None) -> bytes:
        """Git's output; raises where it fails. Nothing of this machine's own configuration plays a part."""
        settings = ["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false", "-c", "gc.auto=0"]
        clean = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
        done = subprocess.run(
            ["git", *settings, *arguments],
            cwd=self.folder,
            input=given,
            env={**clean, **(environment or {})},
            capture_output=True,
            timeout=GIT_SECONDS,
            check=True,
        )
        return done.stdout

    def name_of(self, revision: str) -> str:
        """The commit's full name."""
        return self.git("rev-parse", "--verify", f"{revision}^{{commit}}").decode().strip()

    def _made(
        self,
        *arguments: str,
        at: datetime | None = None,
        author: str = AUTHOR,
        authored: datetime | None = None,
    ) -> str:
        self.clock = at or self.clock + STEP
        moment, written = self.clock.isoformat(), (authored or self.clock).isoformat()
        email = f"{author.split(maxsplit=1)[0].lower()}@example.com"
        environment = {"GIT_COMMITTER_NAME": author, "GIT_COMMITTER_EMAIL": email, "GIT_COMMITTER_DATE": moment}
        if arguments[0] not in {"cherry-pick", "rebase"}:  # these keep the author's own
            environment["GIT_AUTHOR_DATE"] = written
        environment |= {"GIT_AUTHOR_NAME": author, "GIT_AUTHOR_EMAIL": email, "GIT_EDITOR": "true"}
        self.git(*arguments, environment=environment)
        return self.name_of("HEAD")


class Finished(GitRepository):
    """The same repository once nobody commits to it any more: each question is put to git once, from any thread."""

    def __init__(self, folder: Path) -> None:  # an existing one, so nothing is made
        self.folder = folder
        self._answers: dict[tuple[tuple[str, ...], bytes | None], bytes | subprocess.CalledProcessError] = {}

    def git(self, *arguments: str, given: bytes | None = None, environment: Mapping[str, str] | None = None) -> bytes:
        """As it was answered the first time, a refusal too."""
        key = (arguments, given)
        if key not in self._answers:
            try:
                self._answers[key] = super().git(*arguments, given=given, environment=environment)
            except subprocess.CalledProcessError as refused:
                self._answers[key] = refused
        answer = self._answers[key]
        if isinstance(answer, subprocess.CalledProcessError):
            raise answer
        return answer
