"""Sentry's own suspect commit is a claim to check: it may be newer than the release, or not in it at all.

Sentry goes by git's blame of the default branch, or by file names in the release's commits, and is known to err
(https://github.com/getsentry/sentry/issues/78300, https://github.com/getsentry/sentry/issues/80912).
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from playbook.evidence.changes import Claim, Struck, Suspect
from playbook.evidence.possibility import Limit, lateness
from playbook.evidence.repeated import LONGEST, same_change
from playbook.evidence.suspects import Candidate

PULL_NUMBER = re.compile(r"\s*\(#\d{1,9}\)$")
"""What GitHub puts behind the first line of a squash."""

SHORTEST_TITLE = 3
"""Characters from which on a first line tells one commit from another: better a claim too many is left open."""


class Alleged(NamedTuple):
    """A commit that Sentry suspects, how it says it was found, and in which repository (`owner/name`, if it tells)."""

    candidate: Candidate
    how: str
    repository: str | None = None


class Known(NamedTuple):
    """What was found out of the range: all its commits, those that were struck out, the suspects, and in words what
    it is (`between backend@1.3.0 and backend@1.4.0`).

    `unread` says why a commit that is not in it may be guilty nevertheless; None where the range is whole.
    """

    commits: Sequence[Candidate]
    struck: Mapping[str, Struck]
    suspects: Sequence[Suspect]
    until: Sequence[Limit]
    repository: str
    range: str
    unread: str | None = None


def checked(alleged: Alleged, known: Known) -> Claim:
    """The claim with our word for it."""
    one = alleged.candidate
    twin = next((other for other in known.commits if same_change(one, other)), None)
    if twin is None:
        return _outside(alleged, known)
    sha = twin.commit.sha
    other_name = "" if sha == one.commit.sha else f"here it is {twin.short}: "
    if sha in known.struck:
        return _claim(alleged, "impossible", other_name + known.struck[sha].reason)
    suspect = next((suspect for suspect in known.suspects if suspect.commit.sha == sha), None)
    if suspect is not None:
        return _claim(alleged, "confirmed", other_name + suspect.reasons[0])
    told = "nothing connects it with the error" if twin.files else "its files were not read"
    return _claim(alleged, "possible", f"{other_name}it is among the commits {known.range}, and {told}")


def struck_by(claims: Sequence[Claim], struck: Mapping[str, Struck]) -> tuple[Struck, ...]:
    """The impossible claims that are not struck out already."""
    told = [one for one in claims if one.verdict == "impossible" and one.commit.sha not in struck]
    return tuple(
        Struck(what=f"{one.commit.named}, Sentry's suspect", reason=one.reason, url=one.commit.url) for one in told
    )


def _outside(alleged: Alleged, known: Known) -> Claim:
    """Of a commit that the range does not show."""
    one = alleged.candidate
    where = alleged.repository
    if late := lateness(one.authored or one.commit.at, known.until):
        return _claim(alleged, "impossible", late)
    if where and where.casefold() != known.repository.casefold():
        return _claim(alleged, "unchecked", f"it is in another repository, {where}")
    if known.unread:
        return _claim(alleged, "unchecked", known.unread)
    alike = next((other for other in known.commits if _named_in(one, other)), None)
    if alike is not None:
        return _claim(alleged, "unchecked", f"{alike.short} names it in its message and may be the same change")
    if any(one.commit.sha in other.parents for other in known.commits):
        return _claim(alleged, "impossible", f"it did not come {known.range}: the last good release has it too")
    count = f"{len(known.commits):,} commit" + ("" if len(known.commits) == 1 else "s")
    told = "the failing release lacks it, or the last good one has it too"
    return _claim(alleged, "impossible", f"it is none of what came {known.range} ({count}): {told}")


def _named_in(one: Candidate, other: Candidate) -> bool:
    """Whether the other's message holds this one's first line, as those of squashes and backports do."""
    title = PULL_NUMBER.sub("", one.commit.message).casefold()
    return len(title) >= SHORTEST_TITLE and title in other.message[:LONGEST].casefold()


def _claim(alleged: Alleged, verdict: str, reason: str) -> Claim:
    return Claim.model_validate(
        {"commit": alleged.candidate.commit, "how": alleged.how, "verdict": verdict, "reason": reason}
    )
