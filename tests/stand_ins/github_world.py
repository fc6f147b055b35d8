"""What the stand-in GitHub serves: repositories told in plain words, and what it asks of any of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tests.stand_ins.git_repository import GitRepository


@dataclass(frozen=True)
class File:
    """A changed file; `patch` None as GitHub leaves it out. Lines are counted from the patch unless given."""

    path: str
    patch: str | None = None
    status: str = "modified"
    previous: str | None = None
    additions: int | None = None
    deletions: int | None = None
    blob: str = "bbcd538c8e72b8c175046e27cc8f907076331401"


@dataclass(frozen=True)
class Commit:
    """One commit; `date` is the committer's, and the author's unless `authored` says another."""

    message: str
    sha: str = ""
    author: str = "Ada Example"
    date: str = "2026-05-04T10:00:00Z"
    files: tuple[File, ...] = ()
    authored: str | None = None

    def __post_init__(self) -> None:
        if not self.sha:
            made = hashlib.sha1(f"{self.message}{self.date}".encode(), usedforsecurity=False).hexdigest()
            object.__setattr__(self, "sha", made)


@dataclass(frozen=True)
class Pull:
    """A pull request and the commits it brought; `merge` is the commit on the base branch, the last one if not said."""

    number: int
    title: str
    commits: tuple[str, ...]
    author: str = "ada-example"
    merged_at: str | None = "2026-05-04T11:00:00Z"
    merge: str | None = None


@dataclass(frozen=True)
class Between:
    """What `base...head` means: the commits that only `head` reaches, oldest first, how many only `base` reaches,
    and the files of `merge_base..head`."""

    merge_base: str
    commits: tuple[str, ...]
    behind: int
    files: tuple[File, ...]

    @property
    def status(self) -> str:
        told = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind"}
        return told.get((bool(self.commits), self.behind > 0), "identical")


class History(Protocol):
    """What the server asks of a repository; refs are branches, tags and commits, shas are whole."""

    @property
    def full_name(self) -> str: ...
    @property
    def moved_to(self) -> str | None: ...
    @property
    def pulls(self) -> tuple[Pull, ...]: ...
    @property
    def git(self) -> GitRepository | None: ...
    def is_empty(self) -> bool: ...
    def sha_of(self, ref: str) -> str | None: ...
    def commit(self, sha: str) -> Commit: ...
    def parents(self, sha: str) -> tuple[str, ...]: ...
    def files(self, sha: str) -> tuple[File, ...]: ...
    def between(self, base: str, head: str) -> Between | None: ...


@dataclass(frozen=True)
class Repository:
    """A linear history, oldest first; `names` maps tags and branches to commits; `moved_to` is its new full name."""

    full_name: str
    commits: tuple[Commit, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    pulls: tuple[Pull, ...] = ()
    moved_to: str | None = None

    @property
    def git(self) -> None:
        """There are no objects: only what the commits say of themselves."""

    def is_empty(self) -> bool:
        return not self.commits

    def sha_of(self, ref: str) -> str | None:
        sha = self.names.get(ref, ref)
        found = (commit.sha for commit in self.commits if len(sha) >= 7 and commit.sha.startswith(sha))
        return next(found, None)

    def commit(self, sha: str) -> Commit:
        return self.commits[self._place(sha)]

    def parents(self, sha: str) -> tuple[str, ...]:
        return tuple(one.sha for one in self.commits[max(0, self._place(sha) - 1) : self._place(sha)])

    def files(self, sha: str) -> tuple[File, ...]:
        return self.commit(sha).files

    def between(self, base: str, head: str) -> Between:
        start, end = self._place(base), self._place(head)
        brought = self.commits[start + 1 : end + 1]
        files = {file.path: file for commit in brought for file in commit.files}
        shas = tuple(commit.sha for commit in brought)
        return Between(self.commits[min(start, end)].sha, shas, max(start - end, 0), tuple(files.values()))

    def _place(self, sha: str) -> int:
        return next(place for place, commit in enumerate(self.commits) if commit.sha == sha)
