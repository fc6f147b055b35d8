"""Playbook step 5: what the failing release brought, which pull request, and which of it can be guilty at all."""

from collections.abc import Callable, Sequence

from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.claim import Known, checked, struck_by
from playbook.evidence.connection import is_about, suspects, trouble
from playbook.evidence.event import Event
from playbook.evidence.frequency import Frequency
from playbook.evidence.issue import Issue
from playbook.evidence.json import Json
from playbook.evidence.possibility import is_fixed, limits, moved, too_young, without
from playbook.evidence.prescription import Prescription
from playbook.evidence.release_order import refs
from playbook.evidence.releases import Release, Releases
from playbook.evidence.repeated import without_hearsay
from playbook.evidence.service import Services
from playbook.evidence.unavailable import Unavailable
from playbook.evidence.undone import had_already, taken_back
from playbook.schema.patches import schema_changes
from playbook.sources.commits_read import read_whole
from playbook.sources.door import side_by_side
from playbook.sources.github import GitHub
from playbook.sources.github_answer import alleged_of
from playbook.sources.release_range import Range, alone, compared, narrowed, not_shared, other_side
from playbook.sources.repository import repository_of
from playbook.sources.sentry import Sentry


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

    From the last good release to the failing one; where none is known, the failing release's own commits. At most six
    questions to GitHub. What Sentry suspects itself is asked at the same time, and checked. Raises `Unavailable` when
    the repository or the release's commit in it is not known.
    """
    failing, good = releases.failing, releases.last_good
    if failing is None:  # nothing was looked up then, so "there is none" would be a lie
        raise Unavailable("no failing release is known, so no changes could be compared")
    service, relation = services.of(issue.project), prescription.same_trouble
    environment = event.environment if event else None
    repository = repository_of(issue, event, releases, services, sentry)

    found, said = _asked(repository, releases, service.tag, issue, event, sentry, github)
    alleged = () if isinstance(said, Unavailable) else alleged_of(said, found.page)
    other = other_side(github, found)
    built_again = moved(found.commits[-1] if found.commits else None, releases, environment)

    until = limits(releases, environment, frequency.onset_seconds if frequency else 0)
    struck = {} if is_fixed(failing) else too_young(found.commits, until)
    found = narrowed(github, found._replace(calls=found.calls + (other is not None)), struck)
    found = read_whole(github, found, without(found.commits, struck), relation, alleged)

    brought, lacking = not_shared(found, other)
    (ours, unread), (away, away_unread) = schema_changes(brought), schema_changes(lacking)
    struck |= taken_back(without(found.commits, struck), found.net)
    if other and found.status == "diverged" and good and not (away_unread or _touches(away, relation)):
        struck |= had_already(without(found.commits, struck), other.commits, other.net, good.version)

    guilty = without(found.commits, struck)
    seen = [*found.files, *(file for one in found.commits for file in one.files)]
    about = trouble(relation, event, ours, seen, (issue.project, service.log_service))
    suspected = suspects(without_hearsay(guilty, found.commits), about)
    known = Known(found.commits, struck, suspected, until, repository, _in_words(failing, good), _why_unread(found))
    claims = tuple(checked(one, known) for one in alleged)
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
        files=brought,
        schema_changes=ours,
        struck=(*struck.values(), *struck_by(claims, struck)),
        rolled_back=behind,
        taken_back=away if behind else (),
        incomplete=(
            *found.incomplete,
            *((built_again,) if built_again else ()),
            *(other.incomplete if other else ()),
            *unread,
            *(away_unread if behind else ()),
        ),
    )


def _asked(
    repository: str,
    releases: Releases,
    tag: str | None,
    issue: Issue,
    event: Event | None,
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


def _touches(away: Sequence[SchemaChange], relation: str | None) -> bool:
    """Whether what only the last good release has may be what the failing one lacks."""
    return any(relation is None or is_about(one, relation) for one in away)


def _in_words(failing: Release, good: Release | None) -> str:
    return f"between {good.version} and {failing.version}" if good else f"of {failing.version}"


def _why_unread(found: Range) -> str | None:
    """Why a commit outside the range may be guilty nevertheless."""
    if found.base is None:
        return "no last good release could be compared with, so which commits are new is not known"
    return None if found.all_commits else "GitHub does not list all commits of the range"


def _unknown(said: Json | Unavailable) -> str | None:
    return f"Sentry's own suspect commit is not known: {said.sentence}" if isinstance(said, Unavailable) else None
