"""What commits say of each other: which takes back which, and which was picked from which.

Git itself writes these lines (https://git-scm.com/docs/git-revert, https://git-scm.com/docs/git-cherry-pick, `-x`),
and GitHub its own on the button that reverts a pull request (`Reverts acme/shop#12`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from playbook.evidence.suspects import Candidate

LONGEST = 20_000
"""Characters of a message that are read: a squash repeats the messages of all its commits."""

REVERTS = re.compile(r"\bThis reverts commit ([0-9a-f]{7,40})\b", re.IGNORECASE)
REVERTS_PULL = re.compile(r"^Reverts (?:[\w.-]{1,100}/[\w.-]{1,100})?#(\d{1,9})\b", re.MULTILINE)
REVERTS_TITLE = re.compile(r'^Revert "(.{1,300})"')
PICKED = re.compile(r"\(cherry picked from commit ([0-9a-f]{7,40})\)", re.IGNORECASE)


def reverted(candidates: Sequence[Candidate]) -> Mapping[str, Candidate]:
    """The commits, by sha, that another of them takes back, with that other; `candidates` oldest first.

    A revert that was reverted itself takes nothing back; that of a merge takes back what was merged. Only what the
    messages say: whether it is so, the files tell.
    """
    parents = {one.commit.sha: one.parents for one in candidates}
    found: dict[str, Candidate] = {}
    for index in range(len(candidates) - 1, -1, -1):
        by = candidates[index]
        if by.commit.sha in found:
            continue
        for one in _targets(by, candidates[:index]):
            for sha in _brought_by(one, parents):
                found.setdefault(sha, by)
    return MappingProxyType(found)


def same_change(one: Candidate, other: Candidate) -> bool:
    """Whether the two say that they are the same change under two names: picked from each other or from a third, or
    of one message, written at one moment (a rebase keeps both)."""
    if one.commit.sha == other.commit.sha:
        return True
    mine, others = _picked_from(one.message), _picked_from(other.message)
    if any(other.commit.sha.startswith(sha) for sha in mine) or any(one.commit.sha.startswith(sha) for sha in others):
        return True
    return bool(mine & others) or (one.message == other.message and one.authored == other.authored is not None)


def without_hearsay(candidates: Iterable[Candidate], among: Sequence[Candidate]) -> list[Candidate]:
    """The candidates less those whose files were not read and that were taken back, or only take back, by what the
    messages of all the commits `among` them say: enough not to suspect them by their own message, not to strike them
    out."""
    undone = reverted(among)
    told = {*undone, *(by.commit.sha for by in undone.values())}
    return [one for one in candidates if one.files or one.commit.sha not in told]


def _targets(by: Candidate, before: Sequence[Candidate]) -> Iterator[Candidate]:
    """What the commit says it takes back, among those before it."""
    message = by.message[:LONGEST]
    shas = [sha.lower() for sha in REVERTS.findall(message)]
    pulls = REVERTS_PULL.findall(message)
    if shas or pulls:
        for one in before:
            if any(one.commit.sha.startswith(sha) for sha in shas) or any(_is_pull(one, number) for number in pulls):
                yield one
        return
    title = REVERTS_TITLE.match(message)
    same = [one for one in before if title and one.commit.message == title[1]]
    if len(same) == 1:
        yield same[0]


def _picked_from(message: str) -> frozenset[str]:
    """The commits that this one says it was picked from."""
    return frozenset(sha.lower() for sha in PICKED.findall(message[:LONGEST]))


def _brought_by(one: Candidate, parents: Mapping[str, Sequence[str]]) -> set[str]:
    """The commit, and what it merges of the commits whose parents are told."""
    if not one.merge:
        return {one.commit.sha}
    before = _ancestors(one.parents[:1], parents)
    return {one.commit.sha} | (_ancestors(one.parents[1:], parents) - before)


def _ancestors(shas: Sequence[str], parents: Mapping[str, Sequence[str]]) -> set[str]:
    """These and all before them, as far as they are known."""
    found: set[str] = set()
    left = list(shas)
    while left:
        sha = left.pop()
        if sha in parents and sha not in found:
            found.add(sha)
            left += parents[sha]
    return found


def _is_pull(one: Candidate, number: str) -> bool:
    """Whether this is the commit that merged the pull request: GitHub writes the number into the first line."""
    first = one.commit.message
    return first.endswith(f"(#{number})") or first.startswith(f"Merge pull request #{number} ")
