"""The commits between two releases as GitHub compares them, or a release's own where there is nothing to compare.

GitHub compares with three dots: the commits that only the head has, and the files since the newest common ancestor
(https://docs.github.com/en/rest/commits/commits#compare-two-commits).
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from playbook.evidence.changes import FileChange
from playbook.evidence.json import Json
from playbook.evidence.releases import Releases
from playbook.evidence.suspects import Candidate
from playbook.evidence.unavailable import Unavailable
from playbook.evidence.undone import Net
from playbook.sources.door import side_by_side
from playbook.sources.github import GitHub
from playbook.sources.github_answer import commit_of, files_of, sentences_of
from playbook.sources.reading import integer, link, rows, text
from playbook.sources.repository import is_repository
from playbook.sources.sentry import Sentry


class Range(NamedTuple):
    """The commits between two releases, oldest first, and what they changed together.

    `base` is None where nothing was compared, and `files` are then the head's own. `calls` counts the questions that
    GitHub was asked. `whole` is false where it left commits, files or patches out, `all_commits` where it left out
    commits.
    """

    repository: str
    url: str
    page: str
    base: str | None
    head: str
    commits: tuple[Candidate, ...]
    files: tuple[FileChange, ...]
    incomplete: tuple[str, ...] = ()
    status: str | None = None
    whole: bool = False
    all_commits: bool = True
    calls: int = 1

    @property
    def net(self) -> Net:
        """All that it changed; never whole where there was nothing to compare with."""
        return Net(self.files, self.whole and self.base is not None)

    @property
    def brought(self) -> tuple[FileChange, ...]:
        """The files; of a release that was compared with nothing those of its commits that were read, the newest
        first, each path once."""
        if self.base is not None:
            return self.files
        files = [*self.files, *(file for one in reversed(self.commits) for file in one.files)]
        return tuple({file.path: file for file in reversed(files)}.values())[::-1]


def compared(github: GitHub, repository: str, base: list[str], head: list[str]) -> Range | None:
    """What the head has and the base has not; None where the repository lacks either. Raises `Unavailable`."""
    answer = github.compare(repository, base, head)
    if answer is None:
        return None
    url = link(answer, "html_url") or f"https://github.com/{repository}"
    page = url.partition("/compare/")[0]
    incomplete = sentences_of(answer)
    commits = tuple(one for row in rows(answer, "commits") if (one := commit_of(row, page)) is not None)
    return Range(
        repository=repository,
        url=url,
        page=page,
        base=text(answer, "base") or base[0],
        head=text(answer, "head") or head[0],
        commits=commits,
        files=files_of(answer, page),
        incomplete=incomplete,
        status=text(answer, "status"),
        whole=not incomplete,
        all_commits=(integer(answer, "total_commits") or 0) <= len(commits),
    )


def alone(github: GitHub, sentry: Sentry, repository: str, head: list[str], releases: Releases) -> Range:
    """The failing release without one to compare it with: its newest commit, and those that Sentry has of it.

    Where git knows no such release (a date, a build's number), Sentry's commits are all there is; raises `Unavailable`
    where it has none either.
    """
    failing = releases.failing
    version, listed = (failing.version, failing.commit_count) if failing else ("", None)

    def in_sentry() -> Json:
        return sentry.release_commits(version)

    newest, *told = side_by_side(lambda: github.commit(repository, head), *([in_sentry] if listed else []))
    if isinstance(newest, Unavailable):
        raise newest
    page = (link(newest, "html_url") or f"https://github.com/{repository}").partition("/commit/")[0]
    own, cut = commit_of(newest, page), sentences_of(newest)
    if own is None and not told:
        told = side_by_side(in_sentry)
    rest, missed = _in_sentry(told[0] if told else None, repository, page, version)
    if own is None and not rest:
        set_it = f"{_lacks(repository, head)}: set `tag` in diagnose.toml to the form of its tags"
        raise Unavailable("; ".join([set_it, *missed]))
    if own is None:
        commits = tuple(rest)
        why = f"{_lacks(repository, head)}, so only the commits that Sentry has of {version} were read"
    else:
        own = own.with_files(files_of(newest, page), cut=bool(cut))
        commits = (*(one for one in rest if one.commit.sha != own.commit.sha), own)
        why = _why_alone(releases, repository, version)
    last = commits[-1]
    return Range(
        repository=repository,
        url=last.commit.url,
        page=page,
        base=None,
        head=last.commit.sha,
        commits=commits,
        files=last.files,
        incomplete=(*cut, *missed, why),
        calls=2 if releases.last_good else 1,
    )


def narrowed(github: GitHub, found: Range, struck: Collection[str]) -> Range:
    """The same range with the files of the commits that were not struck out: what came too late changed nothing then.

    What GitHub compares then may lack commits of parallel branches, so it is no longer whole.
    """
    left = [one for one in found.commits if one.commit.sha not in struck]
    if len(left) == len(found.commits):
        return found
    if not left or found.base is None:
        return found._replace(files=tuple(file for one in left for file in one.files), whole=False)
    told = "the files of the range could not be told from those of the commits that were struck out"
    try:
        again = compared(github, found.repository, [found.base], [left[-1].commit.sha])
    except Unavailable as why:
        told, again = f"{told}: {why.sentence}", None
    found = found._replace(whole=False, calls=found.calls + 1)
    if again is None:
        return found._replace(files=(), incomplete=(*found.incomplete, told))
    return found._replace(files=again.files)


def other_side(github: GitHub, found: Range) -> Range | None:
    """What only the base has: after a rollback what it took away, else what another line of releases lacks. None where
    the base has nothing of its own.

    Without commits and files where it could not be read, and `incomplete` then says so.
    """
    if found.status not in ("behind", "diverged"):
        return None
    here = found._replace(commits=(), files=(), incomplete=(), status=None, whole=False)
    try:
        answer = compared(github, found.repository, [found.head], [found.base or ""])
    except Unavailable as why:
        what = "the rollback took away" if found.status == "behind" else "only the last good release has"
        return here._replace(incomplete=(f"what {what} could not be read: {why.sentence}",))
    return answer or here


def not_shared(found: Range, other: Range | None) -> tuple[tuple[FileChange, ...], tuple[FileChange, ...]]:
    """The files of the range and of the other side less those that both changed alike: these are the same in both."""
    if other is None:
        return found.brought, ()
    shared = _contents(found) & _contents(other)
    ours, theirs = ([file for file in side.files if (file.path, file.patch) not in shared] for side in (found, other))
    return tuple(ours), tuple(theirs)


def _in_sentry(
    answer: Json | Unavailable, repository: str, page: str, version: str
) -> tuple[list[Candidate], list[str]]:
    """The release's commits in this repository, oldest first, and what of it was not read: a release may be made of
    several repositories, and what is in another one may be guilty as well."""
    if isinstance(answer, Unavailable):
        return [], [f"the commits of {version} could not be read: {answer.sentence}"]
    ours = {repository.casefold(), "/".join(page.rsplit("/", 2)[-2:]).casefold()}  # it may have been renamed
    found: list[Candidate] = []
    elsewhere: dict[str, int] = {}
    for row in rows(answer, "rows"):
        one, where = commit_of(row, page), text(row, "repository", "name")
        if one and where and is_repository(where) and where.casefold() not in ours:
            elsewhere[where] = elsewhere.get(where, 0) + 1
        elif one:
            found.append(one)
    told = [
        f"{count:,} commit{'s' if count > 1 else ''} of {version} in another repository, {where}, "
        f"{'were' if count > 1 else 'was'} not read"
        for where, count in elsewhere.items()
    ]
    return found[::-1], told


def _contents(found: Range) -> set[tuple[str, str | None]]:
    return {(file.path, file.patch) for file in found.files if file.patch is not None}


def _lacks(repository: str, head: Sequence[str]) -> str:
    return f"{repository} has no commit or tag {' nor '.join(head)}"


def _why_alone(releases: Releases, repository: str, version: str) -> str:
    if releases.last_good:
        return f"{releases.last_good.version} is not in {repository}, so only {version} itself was read"
    return f"no release before {version} is known, so only its own commits were read"
