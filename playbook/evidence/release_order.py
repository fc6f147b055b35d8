"""Releases in their order: which came before which, which ran at a moment, which commit a version names.

Versions are what the SDK was given (`backend@1.2.3`, `v1.2.3`, a commit's hash, a date), so the order is that of
time; only where two versions are semantic does their number count too.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.releases import CLOCK_SKEW, Release

SAME_TROUBLE = timedelta(hours=1)
"""From the issue's first event to the onset of its present trouble: past this, the onset is a trouble of its own,
and `firstRelease` tells of the old one. An hour is the width of the buckets that the onset is read from."""


def came_back(issue: Issue, frequency: Frequency | None) -> bool:
    """Whether the present trouble is another than the one the issue began with."""
    if issue.substatus == "regressed":
        return True
    if frequency is None or frequency.onset is None or frequency.new or issue.first_seen is None:
        return False
    return frequency.onset - issue.first_seen > SAME_TROUBLE


def running_at(known: Sequence[Release], failing: Release, onset: datetime) -> Release:
    """Of a trouble that came back: the newest release that existed at its onset, unless the failing event came from
    an older one (then that one still runs)."""
    before = [one for one in _siblings(known, failing) if one.created_at and one.created_at <= onset + CLOCK_SKEW]
    if failing.created_at is None or not before:
        return failing
    newest = max(before, key=_age)
    return newest if newest.created_at and newest.created_at <= failing.created_at else failing


def predecessor(known: Sequence[Release], failing: Release) -> Release | None:
    """The newest release before the failing one, of the same package.

    By date; where both are semantic versions a hotfix of an older line does not count as newer. A release that was
    never deployed is passed over where the project tells Sentry of its deploys.
    """
    if failing.created_at is None:
        return None
    before = [one for one in _siblings(known, failing) if one.created_at and one.created_at < failing.created_at]
    if failing.deployed:
        before = [one for one in before if one.deployed] or before
    line = _semantic(failing.version)
    lower = [one for one in before if line and (own := _semantic(one.version)) and own <= line]
    if lower:
        return max(lower, key=lambda one: (_semantic(one.version) or (0, 0, 0), _age(one)))
    return max(before, key=_age, default=None)


def _siblings(known: Sequence[Release], failing: Release) -> list[Release]:
    package = _package(failing)
    return [one for one in known if _package(one) == package and one.version != failing.version]


def _package(release: Release) -> str | None:
    name, at, _ = release.version.rpartition("@")
    return release.package or (name if at else None)


def _semantic(version: str) -> tuple[int, int, int] | None:
    found = re.fullmatch(r"(?:.*@)?v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?:[.+-].*)?", version, re.DOTALL)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def _age(release: Release) -> float:
    return release.created_at.timestamp() if release.created_at else 0.0


def parts(version: str) -> tuple[str, ...]:
    """The places of a version that can hold a commit: what follows the package, and the build after a plus."""
    after = version.rpartition("@")[2]
    return (after, after.rpartition("+")[2])


def is_sha(text: str) -> bool:
    """A whole hash, or an abbreviated one that no date or word is: with a letter and a digit."""
    if re.fullmatch(r"[0-9a-f]{40}", text, re.IGNORECASE):
        return True
    return bool(re.fullmatch(r"(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,39}", text, re.IGNORECASE))


def refs(release: Release, tag: str | None) -> list[str]:
    """What the release may be called in git: its commit, else its tag in the mapped form, else the usual forms."""
    if release.commit:
        return [release.commit]
    number = release.version.rpartition("@")[2]
    if tag:
        return [tag.replace("{version}", number)]
    usual = [f"v{number}", number] if re.match(r"\d", number) else [number]
    return list(dict.fromkeys([*usual, release.version]))
