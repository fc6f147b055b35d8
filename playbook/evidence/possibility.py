"""Which commits cannot be guilty: too young, taken back, or in the last good release already.

A guilty commit must never be struck out, so each rule needs proof, and what cannot be seen acquits nobody. The date
of a commit alone is none: squashes, rebases and cherry-picks have a committer's date later than the author's
(https://git-scm.com/docs/git-rebase, "--committer-date-is-author-date"), and a laptop's clock may be wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from playbook.evidence.changes import FileChange, Struck
from playbook.evidence.hunks import telling
from playbook.evidence.instant import clock, lasting
from playbook.evidence.releases import CLOCK_SKEW, Releases
from playbook.evidence.repeated import reverted, same_change
from playbook.evidence.suspects import Candidate


class Limit(NamedTuple):
    """The moment after which nothing new can have been running, and what it is in words (`the trouble began`).

    It may have been later by `width`: an onset that is read from hourly counts lies somewhere in its hour.
    """

    at: datetime
    what: str
    width: timedelta = CLOCK_SKEW


class Net(NamedTuple):
    """What a range changed altogether; `whole` where every file and its patch is known."""

    files: tuple[FileChange, ...]
    whole: bool

    def at(self, path: str) -> list[FileChange]:
        """The files that are at the path, or were before."""
        return [file for file in self.files if path in (file.path, file.previous_path)]


def limits(releases: Releases, environment: str | None, onset_seconds: int = 0) -> tuple[Limit, ...]:
    """The onset, and the last deploy to the environment before it.

    A deploy to another environment proves nothing, and neither does one while a later one ended after the onset: the
    later one's code may have been serving before the job that deployed it was done. The onset is true to
    `onset_seconds`. () where none is known.
    """
    if releases.onset is None:
        return ()
    began = Limit(releases.onset, "the trouble began", max(CLOCK_SKEW, timedelta(seconds=onset_seconds)))
    deploy = releases.deploy_before(environment) if environment else None
    ended_late = any(one.at > releases.onset and one.environment == environment for one in releases.deploys)
    if deploy is None or releases.deploys_unavailable or ended_late:
        return (began,)
    return (began, Limit(deploy.at, f"{deploy.release} was deployed to {deploy.environment}"))


def written(candidates: Iterable[Candidate]) -> dict[str, datetime]:
    """By which moment each commit's change surely existed, by its sha: when its author wrote it, or when it or any
    commit that builds on it was committed, whichever is the earliest. A commit without any date is missing."""
    known = {one.commit.sha: one for one in candidates}
    existed: dict[str, datetime] = {}
    dated = [(one.commit.at, sha) for sha, one in known.items() if one.commit.at]
    for at, sha in sorted(dated):
        ancestors = [sha]
        while ancestors:
            one = ancestors.pop()
            if one in known and one not in existed:
                existed[one] = at
                ancestors += known[one].parents
    authored = {sha: one.authored for sha, one in known.items() if one.authored}
    return {sha: min(at, authored.get(sha, at)) for sha, at in existed.items()}


def too_young(candidates: Sequence[Candidate], until: Sequence[Limit]) -> dict[str, Struck]:
    """Those that were written after a limit: not in what ran then, whatever the release says now.

    A version can be built again, a tag can be moved, and Sentry's commits of a release can be set again
    (https://github.com/getsentry/sentry/issues/80912).
    """
    ages = written(candidates)
    return {
        one.commit.sha: strike(one, late)
        for one in candidates
        if (late := lateness(ages.get(one.commit.sha), until)) is not None
    }


def lateness(at: datetime | None, until: Sequence[Limit]) -> str | None:
    """The reason why what was written at that moment cannot be guilty; None where it can."""
    passed = next((limit for limit in until if at is not None and at > limit.at + limit.width), None)
    if at is None or passed is None:
        return None
    return f"committed {clock(at)}, {lasting((at - passed.at).total_seconds())} after {passed.what}"


def moved(newest: Candidate | None, releases: Releases, environment: str | None) -> str | None:
    """The sentence for a release whose newest commit was made after the release was there; None where it was not."""
    release = releases.failing
    if newest is None or newest.commit.at is None or release is None:
        return None
    deploy = releases.deploy_before(environment)
    there = deploy.at if deploy else release.released_at or release.created_at
    if there is None or newest.commit.at <= there + CLOCK_SKEW:
        return None
    return (
        f"{release.version} was there {clock(there)} and its newest commit {newest.short} was made "
        f"{clock(newest.commit.at)}: its tag was moved or it was built again, so what ran may differ from git"
    )


def taken_back(candidates: Sequence[Candidate], net: Net) -> dict[str, Struck]:
    """Those of which the range as a whole shows nothing any more: reverted, and not applied again.

    A revert's own message is believed only as far as the files bear it out; of a commit that nobody says was reverted,
    no line at all may be left anywhere.
    """
    if not net.whole:
        return {}
    undone = reverted(candidates)
    takes_back = {by.commit.sha: one for one in candidates if (by := undone.get(one.commit.sha))}
    everywhere = _together(net.files)
    found: dict[str, Struck] = {}
    for one in candidates:
        if not one.running or one.cut:
            continue
        sha = one.commit.sha
        by, of = undone.get(sha), takes_back.get(sha)
        if by is not None and not _left_in_place(one, net):
            found[sha] = strike(one, f"reverted by {by.short}, which is in the release too")
        elif of is not None and not _left_in_place(one, net):
            found[sha] = strike(one, f"it only takes back {of.short}, which came with the same release")
        elif by is None and _gone(one, net, everywhere):
            found[sha] = strike(one, "what it changed was changed back before the release")
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


def strike(one: Candidate, reason: str) -> Struck:
    """The commit, struck out."""
    return Struck(what=one.named, reason=reason, url=one.commit.url)


def without(candidates: Iterable[Candidate], struck: Mapping[str, Struck]) -> tuple[Candidate, ...]:
    """Those that were not struck out."""
    return tuple(one for one in candidates if one.commit.sha not in struck)


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


def _gone(one: Candidate, net: Net, everywhere: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Whether no telling line of it is left in any file, however the files were renamed since."""
    if any(file.patch is None for file in one.running) or any(file.patch is None for file in net.files):
        return False
    added, removed = _together(one.running)
    return bool(added or removed) and not (added & everywhere[0]) and not (removed & everywhere[1])


def _has(net: Net, file: FileChange) -> bool:
    """Whether the same lines were added to and removed from the same file."""
    added, removed = telling(file.patch)
    told = [telling(other.patch) for other in net.at(file.path)]
    return bool(added or removed) and any(added <= theirs and removed <= gone for theirs, gone in told)


def _together(files: Iterable[FileChange]) -> tuple[frozenset[str], frozenset[str]]:
    both = [telling(file.patch) for file in files]
    return frozenset().union(*(added for added, _ in both)), frozenset().union(*(removed for _, removed in both))
