"""A real git repository as GitHub serves it: compared, shown and resolved by git itself."""

import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.github_world import Between, Commit, File, Pull

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
STATUS = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "C": "copied", "T": "changed"}
SHA = re.compile(r"[0-9a-f]{4,40}")


@dataclass(frozen=True)
class RealRepository:
    """Serves `git` under `full_name`; the pull requests are GitHub's own, so the test tells them."""

    full_name: str
    git: GitRepository
    pulls: tuple[Pull, ...] = ()
    moved_to: str | None = None

    def is_empty(self) -> bool:
        return not self.git.git("for-each-ref", "--count=1").strip()

    def sha_of(self, ref: str) -> str | None:
        """A branch, a tag, or a commit by its name, also one that nothing leads to any more, as GitHub keeps it."""
        names = [f"refs/heads/{ref}", f"refs/tags/{ref}", *([ref] if SHA.fullmatch(ref) else [])]
        return next((sha for name in names if (sha := self._parsed(name))), None)

    def commit(self, sha: str) -> Commit:
        told = self.git.git("show", "--no-patch", "--format=%an%x00%ct%x00%at%x00%B", sha).decode()
        author, committed, authored, message = told.split("\0", 3)
        return Commit(message.strip("\n"), sha, author, _moment(committed), authored=_moment(authored))

    def parents(self, sha: str) -> tuple[str, ...]:
        return tuple(self.git.git("rev-list", "--parents", "-1", sha).decode().split()[1:])

    def files(self, sha: str) -> tuple[File, ...]:
        """Against the first parent, also of a merge."""
        return self._changed(next(iter(self.parents(sha)), EMPTY_TREE), sha)

    def between(self, base: str, head: str) -> Between | None:
        try:
            merge_base = self.git.git("merge-base", base, head).decode().strip()
        except subprocess.CalledProcessError:
            return None
        ahead = self.git.git("rev-list", "--reverse", f"{base}..{head}").decode().split()
        behind = self.git.git("rev-list", "--count", f"{head}..{base}")
        return Between(merge_base, tuple(ahead), int(behind), self._changed(merge_base, head))

    def _parsed(self, name: str) -> str | None:
        try:
            return self.git.name_of(name)
        except subprocess.CalledProcessError:
            return None

    def _changed(self, before: str, after: str) -> tuple[File, ...]:
        pair = ("diff", "--find-renames", "--no-color", "--no-ext-diff", before, after)
        told = self.git.git(*pair, "--raw", "-z", "--abbrev=40").decode().split("\0")
        patches = re.split(r"^diff --git .*\n", self.git.git(*pair).decode(errors="replace"), flags=re.MULTILINE)[1:]
        files: list[File] = []
        while told and told[0].startswith(":"):
            _, _, old, new, letter = told.pop(0)[1:].split(" ")
            moved = letter[0] in "RC"
            previous = told.pop(0) if moved else None
            files.append(_file(told.pop(0), previous, letter[0], patches[len(files)], old if letter == "D" else new))
        return tuple(files)


def _file(path: str, previous: str | None, letter: str, patch: str, blob: str) -> File:
    """GitHub gives the hunks without the head, and no patch at all of what has no lines."""
    starts = re.search(r"^@@ ", patch, re.MULTILINE)
    hunks = patch[starts.start() :].removesuffix("\n") if starts else None
    return File(path, hunks, STATUS[letter], previous, blob=blob)


def _moment(seconds: str) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
