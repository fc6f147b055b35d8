"""The texts of a checkout at a commit, from git's own objects: no file of the work tree, no hook, no filter."""

import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from playbook.evidence.unavailable import Unavailable

GIT_SECONDS = 60.0  # a repository with 100,000 files lists and reads in a few
LARGEST = 1_000_000
"""Bytes of one file that are read: migrations have a few thousand, and a larger one is a dump."""

MARK = "\x01"
"""Begins each commit in git's log as it is asked for here: a sign that no message holds."""

REGULAR = frozenset({"100644", "100755"})  # neither a symbolic link nor a submodule


class Checkout(NamedTuple):
    """`commit` is the full id, `texts` the wanted files by path, `unread` the sentence of why another was not read."""

    commit: str
    texts: Mapping[str, str]
    unread: Mapping[str, str]


class _Entry(NamedTuple):
    path: str
    blob: str
    size: int


def checkout(repository: Path, revision: str, wanted: Callable[[str], bool]) -> Checkout:
    """Every file that `wanted` asks for by its path, at that revision (a branch, tag or commit).

    Raises `Unavailable` where there is no such repository or revision, or where git itself cannot be run.
    """
    commit = _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise Unavailable(f"{repository} is no git repository with a commit {revision!r}; name another with --at")
    name = commit.decode().strip()
    listed = [
        one for one in _entries(_git(repository, "ls-tree", "-r", "-z", "--long", name) or b"") if wanted(one.path)
    ]
    small = [one for one in listed if one.size <= LARGEST]
    unread = {one.path: f"it has {one.size:,} bytes, more than the {LARGEST:,} that are read" for one in listed}
    texts = dict(_texts(repository, small))
    return Checkout(name, texts, {path: why for path, why in unread.items() if path not in texts})


class Origin(NamedTuple):
    """The commit that brought a file: its id, its committer's moment (ISO 8601), and its first line."""

    commit: str
    at: str
    message: str


def origins(repository: Path, commit: str, paths: Iterable[str]) -> dict[str, Origin]:
    """Which commit brought each file that is there at `commit`; a file that was added twice, the last time.

    A merge brings nothing of its own. Raises `Unavailable` as `checkout` does.
    """
    wanted = list(dict.fromkeys(paths))
    if not wanted:
        return {}
    form = "--format=%x01%H%x00%cI%x00%s"
    told = _git(repository, "log", "-z", "--diff-filter=A", "--no-renames", "--name-only", form, commit, "--", *wanted)
    found: dict[str, Origin] = {}
    for entry in (told or b"").decode("utf-8", "replace").split(MARK)[1:]:
        name, at, rest = entry.split("\0", 2)
        message, *files = rest.replace("\n", "\0").split("\0")
        for path in files:
            if path in wanted:
                found.setdefault(path, Origin(name, at, message))
    return found


def _entries(listing: bytes) -> Iterator[_Entry]:
    """`100644 blob <id> <size>\\t<path>`, each ended by a null byte."""
    for line in listing.split(b"\0"):
        head, _, path = line.partition(b"\t")
        parts = head.decode().split()
        if len(parts) == 4 and parts[0] in REGULAR:  # noqa: PLR2004 - mode, kind, id, size
            yield _Entry(path.decode("utf-8", "replace"), parts[2], int(parts[3]))


def _texts(repository: Path, entries: list[_Entry]) -> Iterator[tuple[str, str]]:
    """All contents in one call; a byte that is not UTF-8 becomes a replacement character."""
    if not entries:
        return
    answer = _git(repository, "cat-file", "--batch", given="".join(f"{one.blob}\n" for one in entries).encode()) or b""
    place = 0
    for one in entries:
        end = answer.index(b"\n", place)
        size = int(answer[place:end].split()[-1])
        yield one.path, answer[end + 1 : end + 1 + size].decode("utf-8", "replace")
        place = end + 1 + size + 1


def _git(repository: Path, *arguments: str, given: bytes | None = None) -> bytes | None:
    """Git's output; None where it refuses."""
    command = ["git", "-C", str(repository), *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - git itself, never a shell
            command, input=given, capture_output=True, timeout=GIT_SECONDS, check=False
        )
    except FileNotFoundError as missing:
        raise Unavailable("git is not installed here: install it, it reads the checkout") from missing
    except subprocess.TimeoutExpired as late:
        raise Unavailable(f"git did not answer within {GIT_SECONDS:.0f} seconds in {repository}") from late
    return done.stdout if done.returncode == 0 else None
