"""Which commits cannot be guilty because nothing of them is new: taken back, or in the last good release as well.

A guilty commit must never be struck out, so a line that was rewritten or moved since counts as still there, and what
GitHub left out acquits nobody.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from playbook.evidence.changes import FileChange, Struck
from playbook.evidence.hunks import telling
from playbook.evidence.possibility import strike
from playbook.evidence.repeated import reverted, same_change
from playbook.evidence.suspects import Candidate

WORD = re.compile(r"\w{3,}")

MOVED = 0.5
"""Of a commit's words in what another file got, from which on they may have been moved there: the share of equal
content from which on git itself takes a file for renamed (https://git-scm.com/docs/git-diff, `--find-renames`)."""


class Net(NamedTuple):
    """What a range changed altogether; `whole` where every file and its patch is known."""

    files: tuple[FileChange, ...]
    whole: bool

    def at(self, path: str | None) -> list[FileChange]:
        """The files that are at the path, or were before."""
        return [file for file in self.files if path and path in (file.path, file.previous_path)]


def taken_back(candidates: Sequence[Candidate], net: Net) -> dict[str, Struck]:
    """Those of which the range as a whole shows nothing any more: reverted, and not applied again.

    A revert's own message is believed only where its files are the very opposite of what it names. Of a commit that
    nobody opposes line by line, no file may differ any more, nor any line or likeness of it be left elsewhere: what
    was rewritten or moved since is still its doing.
    """
    if not net.whole:
        return {}
    undone = reverted(candidates)
    takes_back: dict[str, list[Candidate]] = {}
    for one in candidates:
        if by := undone.get(one.commit.sha):
            takes_back.setdefault(by.commit.sha, []).append(one)
    found: dict[str, Struck] = {}
    for one in candidates:
        if not one.running or one.cut:
            continue
        gone, left = _gone(one, net), _left_in_place(one, net)
        by, backs = undone.get(one.commit.sha), takes_back.get(one.commit.sha, [])
        if by and (gone or (not left and _opposes([by], one) and _opposes(takes_back[by.commit.sha], by))):
            found[one.commit.sha] = strike(one, f"reverted by {by.short}, which is in the release too")
        elif backs and (gone or (not left and _opposes(backs, one))):
            found[one.commit.sha] = strike(
                one, f"it only takes back {backs[-1].short}, which came with the same release"
            )
        elif gone:
            found[one.commit.sha] = strike(one, "what it changed was changed back before the release")
    return found


def had_already(candidates: Sequence[Candidate], theirs: Sequence[Candidate], net: Net, good: str) -> dict[str, Struck]:
    """Those whose every line the last good release has too, by a commit of its own: cherry-picks, in either direction.

    `theirs` are the commits that only the last good release has, `net` is what they changed altogether, `good` its
    name.
    """
    found: dict[str, Struck] = {}
    for one in candidates if net.whole else ():
        if one.cut or not one.running or not all(_has(net, file) for file in one.running):
            continue
        twin = next((other for other in theirs if same_change(one, other)), None)
        found[one.commit.sha] = strike(one, f"{good} has the same change" + (f", as {twin.short}" if twin else ""))
    return found


def _left_in_place(one: Candidate, net: Net) -> bool:
    """Whether any of its files still shows what it did to it."""
    for file in one.running:
        added, removed = telling(file.patch)
        for left in net.at(file.path):
            now_added, now_removed = telling(left.patch)
            if file.patch is None or left.patch is None or not (added or removed):
                return True
            if added & now_added or removed & now_removed:
                return True
    return False


def _opposes(others: Sequence[Candidate], one: Candidate) -> bool:
    """Whether each line that it added the others removed from the same file, and the other way round."""
    theirs = [file for by in others for file in by.running]
    for file in one.running:
        same = [other for other in theirs if other.path == file.path]
        (added, removed), (back, away) = telling(file.patch), _together(same)
        if file.patch is None or not (same and added <= away and removed <= back):
            return False
    return bool(one.running) and not any(by.cut for by in others)


def _gone(one: Candidate, net: Net) -> bool:
    """Whether its files are as they were before the range, and nothing in any other looks like its work.

    A file without a patch is binary or empty, or was only renamed.
    """
    added, removed = _together(one.running)
    if not (added or removed) or any(net.at(path) for file in one.running for path in (file.path, file.previous_path)):
        return False
    now_added, now_removed = _together(net.files)
    if added & now_added or removed & now_removed:
        return False
    return not any(_alike(file, added) for file in net.files)


def _alike(file: FileChange, lines: frozenset[str]) -> bool:
    """Whether a file may hold the lines, moved and rewritten: it got most of their words."""
    words, there = (set(WORD.findall(" ".join(some))) for some in (lines, telling(file.patch)[0]))
    return bool(words) and len(words & there) >= MOVED * len(words)


def _has(net: Net, file: FileChange) -> bool:
    """Whether the same lines were added to and removed from the same file."""
    added, removed = telling(file.patch)
    told = [telling(other.patch) for other in net.at(file.path)]
    return bool(added or removed) and any(added <= theirs and removed <= gone for theirs, gone in told)


def _together(files: Iterable[FileChange]) -> tuple[frozenset[str], frozenset[str]]:
    both = [telling(file.patch) for file in files]
    return frozenset().union(*(added for added, _ in both)), frozenset().union(*(removed for _, removed in both))
