"""Playbook step 5: what the failing release brought, which pull request, and which of it can be guilty at all."""

from collections.abc import Iterable
from typing import NamedTuple

from playbook.evidence.changes import Changes, FileChange, SchemaChange, Struck
from playbook.evidence.event import Event
from playbook.evidence.issue import Issue
from playbook.evidence.prescription import Prescription
from playbook.evidence.release_order import refs
from playbook.evidence.releases import Releases
from playbook.evidence.service import Services
from playbook.evidence.suspects import Candidate, is_migration, most_telling, strike, suspects
from playbook.evidence.unavailable import Unavailable
from playbook.schema.patch import read
from playbook.sources.door import side_by_side
from playbook.sources.github import GitHub
from playbook.sources.github_answer import commit_of, files_of, pull_of, sentences_of
from playbook.sources.reading import items, link, rows, text
from playbook.sources.repository import is_repository, repository_of
from playbook.sources.sentry import Sentry

LOOKED_AT = 2
"""Commits that are read whole, with their pull requests: four calls side by side, which leaves one for a comparison
to be made again within the six that a run may spend."""

PATCHES = 1_000_000
"""Characters of patches that are read for schema changes: GitHub itself sends no more of one diff."""


class _Range(NamedTuple):
    """The commits between two releases, oldest first, and what they changed together."""

    url: str
    base: str | None
    head: str
    commits: tuple[Candidate, ...]
    files: tuple[FileChange, ...]
    incomplete: tuple[str, ...]
    struck: tuple[Struck, ...] = ()
    status: str | None = None


def changes(
    issue: Issue,
    event: Event | None,
    releases: Releases,
    services: Services,
    prescription: Prescription,
    sentry: Sentry,
    github: GitHub,
) -> Changes:
    """Code changes.

    From the last good release to the failing one; where none is known, the failing
    release's own commits. At most five questions to GitHub, six where commits had to be struck out. Raises
    `Unavailable` when the repository or the release's commit in it is not known.
    """
    failing = releases.failing
    if failing is None:  # nothing was looked up then, so "there is none" would be a lie
        raise Unavailable("no failing release is known, so no changes could be compared")
    service = services.of(issue.project)
    repository = repository_of(issue, event, releases, services, sentry)
    head = refs(failing, service.tag)
    found = _compared(github, repository, refs(releases.last_good, service.tag), head) if releases.last_good else None
    if found is None:
        found = _alone(github, sentry, repository, head, releases)
    taken_back, unknown = _taken_back(github, repository, found) if found.status == "behind" else ((), ())
    guilty, struck = strike(found.commits, releases.onset)
    if struck:
        found = _without_struck(github, repository, found, guilty)
    relation, failing_file = prescription.same_trouble, event.in_app.filename if event and event.in_app else None
    schema_changes, unread = _schema_changes(found.files)
    known, missed = _looked_at(github, repository, most_telling(guilty, relation, LOOKED_AT), guilty, found)
    return Changes(
        url=found.url,
        repository=repository,
        base=found.base,
        head=found.head,
        commits=tuple(known.get(one.commit.sha, one).commit for one in guilty),
        suspects=suspects([known.get(one.commit.sha, one) for one in guilty], schema_changes, relation, failing_file),
        files=found.files,
        schema_changes=schema_changes,
        struck=(*found.struck, *struck),
        rolled_back=found.status == "behind",
        taken_back=taken_back,
        incomplete=(*found.incomplete, *unread, *unknown, *missed),
    )


def _compared(github: GitHub, repository: str, base: list[str], head: list[str]) -> _Range | None:
    answer = github.compare(repository, base, head)
    if answer is None:
        return None
    url = link(answer, "html_url") or f"https://github.com/{repository}"
    page = url.partition("/compare/")[0]
    incomplete = sentences_of(answer)
    if text(answer, "status") == "diverged":
        incomplete = (*incomplete, "the last good release has commits that the failing one lacks; those are not listed")
    commits = tuple(one for row in rows(answer, "commits") if (one := commit_of(row, page)) is not None)
    return _Range(
        url=url,
        base=text(answer, "base") or base[0],
        head=text(answer, "head") or head[0],
        commits=commits,
        files=files_of(answer, page),
        incomplete=incomplete,
        status=text(answer, "status"),
    )


def _alone(github: GitHub, sentry: Sentry, repository: str, head: list[str], releases: Releases) -> _Range:
    """The failing release without one to compare it with: its newest commit, and those that Sentry has of it."""
    failing = releases.failing
    version, listed = (failing.version, failing.commit_count) if failing else ("", None)
    answers = side_by_side(
        lambda: github.commit(repository, head),
        *([lambda: sentry.release_commits(version)] if listed else []),
    )
    newest = answers[0]
    if isinstance(newest, Unavailable):
        raise newest
    page = (link(newest, "html_url") or f"https://github.com/{repository}").partition("/commit/")[0]
    own = commit_of(newest, page)
    if own is None:
        tried = " nor ".join(head)
        raise Unavailable(
            f"{repository} has no commit or tag {tried}: set `tag` in diagnose.toml to the form of its tags"
        )
    own = own.with_files(files_of(newest, page))
    told = list(sentences_of(newest))
    told.append(
        f"{releases.last_good.version} is not in {repository}, so only {version} itself was read"
        if releases.last_good
        else f"no release before {version} is known, so only its own commits were read"
    )
    rest: list[Candidate] = []
    struck: list[Struck] = []
    for answer in answers[1:]:
        if isinstance(answer, Unavailable):
            told.append(f"the commits of {version} could not be read: {answer.sentence}")
            continue
        for row in rows(answer, "rows"):
            one = commit_of(row, page)
            where = text(row, "repository", "name")
            if one and where and is_repository(where) and where.lower() != repository.lower():
                what = f"{one.commit.sha[:7]} {one.commit.message}".strip()
                struck.append(Struck(what=what, reason=f"it is in another repository, {where}", url=releases.url))
            elif one and one.commit.sha != own.commit.sha:
                rest.append(one)
    commits = (*reversed(rest), own)
    return _Range(own.commit.url, None, own.commit.sha, commits, own.files, tuple(told), tuple(struck))


def _without_struck(github: GitHub, repository: str, found: _Range, guilty: Iterable[Candidate]) -> _Range:
    """The same range with the files of the commits that are left: what came too late changed nothing then."""
    left = [one.commit.sha for one in guilty]
    if not left or found.base is None:
        own = [file for one in guilty for file in one.files]
        return found._replace(files=tuple(own))
    told = "the files of the range could not be told from those of the commits that were struck out"
    try:
        again = _compared(github, repository, [found.base], [left[-1]])
    except Unavailable as why:
        return found._replace(files=(), incomplete=(*found.incomplete, f"{told}: {why.sentence}"))
    if again is None:
        return found._replace(files=(), incomplete=(*found.incomplete, told))
    return found._replace(files=again.files)


def _taken_back(github: GitHub, repository: str, found: _Range) -> tuple[tuple[SchemaChange, ...], tuple[str, ...]]:
    """What the code that a rollback took away did to the schema (the database may have kept it), and what of it
    could not be read."""
    try:
        answer = github.compare(repository, [found.head], [found.base or ""])
    except Unavailable as why:
        return (), (f"what the rollback took away could not be read: {why.sentence}",)
    return _schema_changes(files_of(answer, found.url))


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


def _looked_at(
    github: GitHub, repository: str, chosen: list[Candidate], guilty: tuple[Candidate, ...], found: _Range
) -> tuple[dict[str, Candidate], tuple[str, ...]]:
    """The chosen commits by their sha, with their files and their pull requests; and what of it was not answered."""
    alone = len(guilty) == 1 and len(chosen) == 1
    without_pull = [one.commit.sha for one in chosen if one.commit.pull is None]
    without_files = [one.commit.sha for one in chosen if not one.files and not alone]
    answers = side_by_side(
        *[lambda sha=sha: github.pulls_of(repository, sha) for sha in without_pull],
        *[lambda sha=sha: github.commit(repository, [sha]) for sha in without_files],
    )
    pulls, commits = answers[: len(without_pull)], answers[len(without_pull) :]
    known = {one.commit.sha: one.with_files(found.files) if alone else one for one in chosen}
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
            known[sha] = known[sha].with_files(files_of(answer, found.url))
            missed += [f"{sha[:7]}: {told}" for told in sentences_of(answer)]
    return known, tuple(missed)
