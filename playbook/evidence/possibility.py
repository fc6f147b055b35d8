"""Which commits cannot be guilty because they are younger than the trouble.

A guilty commit must never be struck out, so each rule needs proof, and what cannot be seen acquits nobody. The date
of a commit alone is none: squashes, rebases and cherry-picks have a committer's date later than the author's
(https://git-scm.com/docs/git-rebase, "--committer-date-is-author-date"), and a laptop's clock may be wrong.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from playbook.evidence.changes import Struck
from playbook.evidence.instant import clock, lasting
from playbook.evidence.release_order import is_sha, parts
from playbook.evidence.releases import CLOCK_SKEW, Release, Releases
from playbook.evidence.suspects import Candidate


class Limit(NamedTuple):
    """The moment after which nothing new can have been running, and what it is in words (`the trouble began`).

    It may have been later by `width`: an onset that is read from hourly counts lies somewhere in its hour.
    """

    at: datetime
    what: str
    width: timedelta = CLOCK_SKEW


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


def is_fixed(release: Release) -> bool:
    """Whether the release is called by its commit, so that it cannot be built anew from another: all of that commit's
    history was there when the release was, and a date in it that says otherwise comes from a wrong clock."""
    return any(
        is_sha(one) and (release.commit or "").casefold().startswith(one.casefold()) for one in parts(release.version)
    )


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
    if newest is None or newest.commit.at is None or release is None or is_fixed(release):
        return None
    deploy = releases.deploy_before(environment)
    there = deploy.at if deploy else release.released_at or release.created_at
    if there is None or newest.commit.at <= there + CLOCK_SKEW:
        return None
    return (
        f"{release.version} was there {clock(there)} and its newest commit {newest.short} was made "
        f"{clock(newest.commit.at)}: its tag was moved or it was built again, so what ran may differ from git"
    )


def strike(one: Candidate, reason: str) -> Struck:
    """The commit, struck out."""
    return Struck(what=one.named, reason=reason, url=one.commit.url)


def without(candidates: Iterable[Candidate], struck: Mapping[str, Struck]) -> tuple[Candidate, ...]:
    """Those that were not struck out."""
    return tuple(one for one in candidates if one.commit.sha not in struck)
