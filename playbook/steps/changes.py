"""Playbook step 5: what the failing release brought, which pull request, and which of it can be guilty at all."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from playbook.evidence.changes import Changes, FileChange, SchemaChange
from playbook.evidence.claim import Alleged, Known, checked, struck_by
from playbook.evidence.connection import is_about, suspects, trouble
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.json import Json
from playbook.evidence.possibility import had_already, limits, moved, taken_back, too_young, without
from playbook.evidence.prescription import Prescription
from playbook.evidence.release_order import refs
from playbook.evidence.releases import Releases
from playbook.evidence.repeated import same_change, without_hearsay
from playbook.evidence.service import Services
from playbook.evidence.suspects import Candidate, is_migration, most_telling
from playbook.evidence.unavailable import Unavailable
from playbook.schema.patch import read
from playbook.sources.door import side_by_side
from playbook.sources.github import GitHub
from playbook.sources.github_answer import alleged_of, files_of, pull_of, sentences_of
from playbook.sources.reading import items
from playbook.sources.release_range import Range, alone, compared, narrowed, not_shared, other_side, own_files
from playbook.sources.repository import repository_of
from playbook.sources.sentry import Sentry

MOST_CALLS = 6
"""Questions to GitHub of one run: they take their turn within seconds, and the hour's quota is shared."""

LOOKED_AT, CALLS_EACH = 2, 2
"""Commits that are read whole, with their pull requests: two calls each, side by side."""

PATCHES = 1_000_000
"""Characters of patches that are read for schema changes: GitHub itself sends no more of one diff."""


class _Read(NamedTuple):
    """Commits by their sha, with files and pull requests, and what of them was not answered."""

    commits: dict[str, Candidate]
    missed: tuple[str, ...]


def changes(
    issue: Issue,
    event: Event | None,
    frequency: Frequency | None,
    releases: Releases,
    services: Services,
    prescription: Prescription,
    sentry: Sentry,
    github: GitHub,
) -> Changes:
    """Code changes.

    From the last good release to the failing one; where none is known, the failing
    release's own commits. At most six questions to GitHub. What Sentry suspects itself is asked at the same time, and
    checked. Raises `Unavailable` when the repository or the release's commit in it is not known.
    """
    if releases.failing is None:  # nothing was looked up then, so "there is none" would be a lie
        raise Unavailable("no failing release is known, so no changes could be compared")
    service, relation = services.of(issue.project), prescription.same_trouble
    environment = event.environment if event else None
    repository = repository_of(issue, event, releases, services, sentry)
    found, said = _asked(repository, issue, event, releases, service.tag, sentry, github)
    alleged = () if isinstance(said, Unavailable) else alleged_of(said, found.page)
    other = other_side(github, repository, found) if found.status in ("behind", "diverged") else None
    until = limits(releases, environment, frequency.onset_seconds if frequency else 0)
    young = too_young(found.commits, until)
    left = without(found.commits, young)
    found = found._replace(calls=found.calls + (other is not None))
    if young:
        found = narrowed(github, repository, found, left)
    read = _looked_at(github, repository, most_telling(left, relation, _room(found)), alleged, left, found)
    commits = tuple(read.commits.get(one.commit.sha, one) for one in found.commits)
    files, theirs = not_shared(found, other) if found.base else (own_files(found, commits), ())
    schema_changes, unread = _schema_changes(files)
    away, away_unread = _schema_changes(theirs)
    struck = {**young, **taken_back(without(commits, young), found.net)}
    good = releases.last_good.version if releases.last_good else ""
    if other and found.status == "diverged" and not any(is_about(one, relation) for one in away):
        struck |= had_already(without(commits, struck), other.commits, other.net, good)
    guilty = without(commits, struck)
    seen = [*found.files, *(file for one in commits for file in one.files)]
    about = trouble(relation, event, schema_changes, seen, (issue.project, service.log_service))
    suspected = suspects(without_hearsay(guilty, commits), about)
    known = Known(commits, struck, suspected, until, repository, _in_words(releases), _why_unread(found))
    claims = tuple(checked(one, known) for one in alleged)
    built_again = moved(found.commits[-1] if found.commits else None, releases, environment)
    behind = found.status == "behind"
    return Changes(
        url=found.url,
        repository=repository,
        base=found.base,
        head=found.head,
        commits=tuple(one.commit for one in guilty),
        suspects=suspected,
        claimed=claims,
        claimed_unavailable=_unknown(said),
        files=files,
        schema_changes=schema_changes,
        struck=(*found.struck, *struck.values(), *struck_by(claims, struck)),
        rolled_back=behind,
        taken_back=away if behind else (),
        incomplete=(
            *found.incomplete,
            *((built_again,) if built_again else ()),
            *(other.incomplete if other else ()),
            *unread,
            *(away_unread if behind else ()),
            *read.missed,
        ),
    )


def _asked(
    repository: str,
    issue: Issue,
    event: Event | None,
    releases: Releases,
    tag: str | None,
    sentry: Sentry,
    github: GitHub,
) -> tuple[Range, Json | Unavailable]:
    """The range, and at the same time what Sentry says of its own suspects; None where there is no event to ask of.

    Raises `Unavailable` when the range cannot be read; the sentence then names what Sentry suspects, unchecked.
    """

    def the_range() -> Range:
        if releases.failing is None:
            raise Unavailable("no failing release is known")
        head = refs(releases.failing, tag)
        found = compared(github, repository, refs(releases.last_good, tag), head) if releases.last_good else None
        return found or alone(github, sentry, repository, head, releases)

    def suspected() -> Json:
        if event is None:
            return None
        if releases.deploys_unavailable:  # a server without deploys has no suspects either: spare it the question
            raise Unavailable("it was not asked for, since the deploys could not be read either")
        return sentry.committers(issue.project, event.id)

    calls: list[Callable[[], Range | Json]] = [the_range, suspected]
    found, said = side_by_side(*calls)
    if isinstance(found, Range):
        return found, None if isinstance(said, Range) else said
    sentence = found.sentence if isinstance(found, Unavailable) else "the range could not be read"
    named = [one.candidate.named for one in alleged_of(said, "")] if isinstance(said, dict) else []
    raise Unavailable(sentence + (f"; Sentry suspects {named[0]}, which is unchecked" if named else ""))


def _room(found: Range) -> int:
    """How many commits may still be read whole."""
    return max(0, min(LOOKED_AT, (MOST_CALLS - found.calls) // CALLS_EACH))


def _looked_at(
    github: GitHub,
    repository: str,
    chosen: list[Candidate],
    alleged: Sequence[Alleged],
    left: Sequence[Candidate],
    found: Range,
) -> _Read:
    """The chosen commits with their files and their pull requests; and, where a call is left, the files of one that
    Sentry suspects."""
    only = len(left) == 1 and len(chosen) == 1 and (found.whole or bool(found.files))
    known = {one.commit.sha: one.with_files(found.files, not found.whole) if only else one for one in chosen}
    without_pull = [one.commit.sha for one in known.values() if one.commit.pull is None]
    without_files = [one.commit.sha for one in known.values() if not one.files and not only]
    if found.calls + len(without_pull) + len(without_files) < MOST_CALLS:
        also = [one for one in left if any(same_change(one, claim.candidate) for claim in alleged)]
        also = [one for one in also if one.commit.sha not in known and not one.files][:1]
        known |= {one.commit.sha: one for one in also}
        without_files += [one.commit.sha for one in also]
    answers = side_by_side(
        *[lambda sha=sha: github.pulls_of(repository, sha) for sha in without_pull],
        *[lambda sha=sha: github.commit(repository, [sha]) for sha in without_files],
    )
    pulls, commits = answers[: len(without_pull)], answers[len(without_pull) :]
    missed: list[str] = []
    for sha, answer in zip(without_pull, pulls, strict=True):
        if isinstance(answer, Unavailable):
            missed.append(f"the pull request of {sha[:7]} could not be read: {answer.sentence}")
        else:
            known[sha] = known[sha].with_pull(pull_of(items(answer), sha))
    for sha, answer in zip(without_files, commits, strict=True):
        if isinstance(answer, Unavailable):
            missed.append(f"the files of {sha[:7]} could not be read: {answer.sentence}")
        else:
            short = sentences_of(answer)
            known[sha] = known[sha].with_files(files_of(answer, found.url), cut=bool(short))
            missed += [f"{sha[:7]}: {told}" for told in short]
    return _Read(known, tuple(missed))


def _schema_changes(files: Iterable[FileChange]) -> tuple[tuple[SchemaChange, ...], tuple[str, ...]]:
    found: list[SchemaChange] = []
    unread: list[str] = []
    left = PATCHES
    for file in sorted(files, key=lambda file: not is_migration(file.path)):
        if file.patch is None:
            if is_migration(file.path) and file.status not in ("removed", "renamed", "unchanged"):
                unread.append(f"GitHub sent no patch of {file.path}")
            continue
        left -= len(file.patch)
        if left < 0:
            unread.append("the patches were too long to be read to the end")
            break
        reading = read(file.path, file.patch, file.url)
        found += reading.changes
        unread += [reading.unread] if reading.unread else []
    return tuple(found), tuple(unread)


def _in_words(releases: Releases) -> str:
    versions = [one.version for one in (releases.last_good, releases.failing) if one]
    return f"between {' and '.join(versions)}" if len(versions) > 1 else f"of {''.join(versions)}"


def _why_unread(found: Range) -> str | None:
    """Why a commit outside the range may be guilty nevertheless."""
    if found.base is None:
        return "no last good release could be compared with, so which commits are new is not known"
    return None if found.all_commits else "GitHub does not list all commits of the range"


def _unknown(said: Json | Unavailable) -> str | None:
    return f"Sentry's own suspect commit is not known: {said.sentence}" if isinstance(said, Unavailable) else None
