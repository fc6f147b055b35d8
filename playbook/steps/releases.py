"""Playbook step 4: which release has the trouble, which was the last without it, and when each was deployed."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.json import Json
from playbook.evidence.release_order import came_back, is_sha, parts, predecessor, running_at
from playbook.evidence.releases import Deploy, Release, Releases
from playbook.evidence.unavailable import Unavailable
from playbook.sources.door import side_by_side
from playbook.sources.reading import at, count, flag, moment, rows, text
from playbook.sources.sentry import Sentry


def releases(issue: Issue, event: Event | None, frequency: Frequency | None, sentry: Sentry) -> Releases | None:
    """Release timeline.

    None when the events carry no release at all. One page of releases and the deploys of the failing one are asked
    at the same time; what either does not answer is a shortfall. Raises `Unavailable` never: the issue and its
    event already name the failing release.
    """
    onset = (frequency.onset if frequency else None) or issue.first_seen
    again = came_back(issue, frequency)
    version = _named(issue, event, again)
    if version is None:
        return None
    listed, deployed = side_by_side(
        lambda: sentry.releases(issue.project_id or issue.project), lambda: sentry.deploys(version)
    )
    known = [] if isinstance(listed, Unavailable) else [_release(row, issue) for row in rows(listed, "rows")]
    failing = _find(known, version) or _bare(version, issue)
    if again and onset:
        failing = running_at(known, failing, onset)
    deploys, shortfall = _deploys(deployed, version, failing, listed, issue)
    return Releases(
        url=failing.url,
        failing=failing,
        last=_last(issue, event, known),
        last_good=predecessor(known, failing),
        deploys=deploys,
        deploys_unavailable=shortfall,
        onset=onset,
        incomplete=_incomplete(listed, known, failing),
    )


def _named(issue: Issue, event: Event | None, again: bool) -> str | None:
    """The failing release. Sentry caches `firstRelease` for an hour, its absence too
    (`get_group_release_version` in its src/sentry/models/release.py): the event's own
    release is the safer one where it is missing, and where the trouble came back it is nearer to it."""
    of_event = event.release if event else None
    if again:
        return of_event or issue.last_release or issue.first_release
    return issue.first_release or of_event or issue.last_release


def _release(row: Json, issue: Issue) -> Release:
    version = text(row, "version") or ""
    deployed = count(row, "deployCount")
    return Release(
        version=version,
        created_at=moment(row, "dateCreated"),
        released_at=moment(row, "dateReleased"),
        commit=_commit(row, version),
        repository=_repository(row),
        package=text(row, "versionInfo", "package"),
        commit_count=count(row, "commitCount"),
        deployed=bool(deployed) if deployed is not None else None,
        url=_url(issue, version),
    )


def _commit(row: Json, version: str) -> str | None:
    """The release's newest commit, out of the places it can sit in: only some releases have commits, and
    `versionInfo` reads a hash only where it is whole."""
    places = (text(row, "lastCommit", "id"), text(row, "versionInfo", "buildHash"))
    build = text(row, "versionInfo", "version", "buildCode")
    return next((place for place in (*places, *parts(version), build) if place and is_sha(place)), None)


def _repository(row: Json) -> str | None:
    """`owner/name` of the last commit's repository, if Sentry's GitHub integration knows it."""
    found = at(row, "lastCommit", "repository")
    name, provider = text(found, "name"), text(found, "provider", "id") or ""
    of_github = provider.startswith("integrations:github") and name is not None
    return name if of_github and name and re.fullmatch(r"[\w.-]+/[\w.-]+", name) else None


def _find(known: list[Release], version: str) -> Release | None:
    return next((one for one in known if one.version == version), None)


def _bare(version: str, issue: Issue) -> Release:
    return Release(version=version, commit=_commit(None, version), url=_url(issue, version))


def _last(issue: Issue, event: Event | None, known: list[Release]) -> Release | None:
    version = issue.last_release or (event.release if event else None)
    return (_find(known, version) or _bare(version, issue)) if version else None


def _url(issue: Issue, version: str) -> str:
    """The release's page on the same server as the issue's; the issue's own where that has another form."""
    before, found, _ = issue.url.partition("/issues/")
    return f"{before}/releases/{quote(version, safe='')}/" if found and version else issue.url


def _deploys(
    deployed: Json | Unavailable, asked: str, failing: Release, listed: Json | Unavailable, issue: Issue
) -> tuple[tuple[Deploy, ...], str | None]:
    """The deploys of the failing release, oldest first, and what is missing of them."""
    if failing.version != asked:
        row = next((row for row in rows(_known(listed), "rows") if text(row, "version") == failing.version), None)
        told = f"of {failing.version} only the last deploy is known, not one for each environment"
        return _read_deploys([row.get("lastDeploy") if row else None], failing.version, issue), told
    if isinstance(deployed, Unavailable):
        return (), f"the deploys of {asked} could not be read: {deployed.sentence}"
    more = f"{asked} has more deploys than one page of them" if flag(deployed, "more") else None
    return _read_deploys(rows(deployed, "rows"), asked, issue), more


def _read_deploys(found: Iterable[Json], version: str, issue: Issue) -> tuple[Deploy, ...]:
    deploys = [
        Deploy(release=version, environment=environment, at=ended, url=_url(issue, version))
        for row in found
        if (ended := moment(row, "dateFinished")) and (environment := text(row, "environment"))
    ]
    return tuple(sorted(deploys, key=lambda deploy: (deploy.at, deploy.environment)))


def _incomplete(listed: Json | Unavailable, known: list[Release], failing: Release) -> tuple[str, ...]:
    if isinstance(listed, Unavailable):
        return (f"the project's releases could not be listed, so the last good one is not known: {listed.sentence}",)
    if known and failing.created_at is None:
        return (f"{failing.version} is not among the project's newest {len(known)} releases, nor is the one before it",)
    return ()


def _known(listed: Json | Unavailable) -> Json:
    return None if isinstance(listed, Unavailable) else listed
