"""The commits between two releases as GitHub compares them, or a release's own where there is nothing to compare.

GitHub compares with three dots: the commits that only the head has, and the files since the newest common ancestor
(https://docs.github.com/en/rest/commits/commits#compare-two-commits).
"""

from collections.abc import Sequence
from typing import NamedTuple

from playbook.evidence.changes import FileChange, Struck
from playbook.evidence.possibility import Net
from playbook.evidence.releases import Releases
from playbook.evidence.suspects import Candidate
from playbook.evidence.unavailable import Unavailable
from playbook.sources.door import side_by_side
from playbook.sources.github import GitHub
from playbook.sources.github_answer import commit_of, files_of, sentences_of
from playbook.sources.reading import integer, link, rows, text
from playbook.sources.repository import is_repository
from playbook.sources.sentry import Sentry


class Range(NamedTuple):
    """The commits between two releases, oldest first, and what they changed together.

    `calls` counts the questions that it took. `whole` is false where GitHub left commits, files or patches out,
    `all_commits` where it left out commits.
    """

    url: str
    page: str
    base: str | None
    head: str
    commits: tuple[Candidate, ...]
    files: tuple[FileChange, ...]
    incomplete: tuple[str, ...] = ()
    struck: tuple[Struck, ...] = ()
    status: str | None = None
    whole: bool = False
    all_commits: bool = True
    calls: int = 1

    @property
    def net(self) -> Net:
        """All that it changed; never whole where there was nothing to compare with."""
        return Net(self.files, self.whole and self.base is not None)


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
    answers = side_by_side(
        lambda: github.commit(repository, head),
        *([lambda: sentry.release_commits(version)] if listed else []),
    )
    newest = answers[0]
    if isinstance(newest, Unavailable):
        raise newest
    page = (link(newest, "html_url") or f"https://github.com/{repository}").partition("/commit/")[0]
    own = commit_of(newest, page)
    told = list(cut_short := sentences_of(newest))
    if own is None and not listed:
        answers += side_by_side(lambda: sentry.release_commits(version))
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
                struck.append(Struck(what=one.named, reason=f"it is in another repository, {where}", url=releases.url))
            elif one and (own is None or one.commit.sha != own.commit.sha):
                rest.append(one)
    if own is not None:
        own = own.with_files(files_of(newest, page), cut=bool(cut_short))
        told.append(_why_alone(releases, repository, version))
        return Range(
            own.commit.url,
            page,
            None,
            own.commit.sha,
            (*reversed(rest), own),
            own.files,
            tuple(told),
            tuple(struck),
            calls=2,
        )
    tried = " nor ".join(head)
    if not rest:
        raise Unavailable(
            f"{repository} has no commit or tag {tried}: set `tag` in diagnose.toml to the form of its tags"
        )
    told.append(
        f"{repository} has no commit or tag {tried}, so only the commits that Sentry has of {version} were read"
    )
    return Range(
        rest[0].commit.url,
        page,
        None,
        rest[0].commit.sha,
        tuple(reversed(rest)),
        (),
        tuple(told),
        tuple(struck),
        calls=2,
    )


def narrowed(github: GitHub, repository: str, found: Range, left: Sequence[Candidate]) -> Range:
    """The same range with the files of the commits that are left: what came too late changed nothing then.

    What GitHub compares then may lack commits of parallel branches, so it is no longer whole.
    """
    if not left or found.base is None:
        return found._replace(files=tuple(file for one in left for file in one.files), whole=False)
    told = "the files of the range could not be told from those of the commits that were struck out"
    try:
        again = compared(github, repository, [found.base], [left[-1].commit.sha])
    except Unavailable as why:
        told, again = f"{told}: {why.sentence}", None
    calls = found.calls + 1
    if again is None:
        return found._replace(files=(), incomplete=(*found.incomplete, told), whole=False, calls=calls)
    return found._replace(files=again.files, whole=False, calls=calls)


def other_side(github: GitHub, repository: str, found: Range) -> Range:
    """What only the base has: after a rollback what it took away, else what another line of releases lacks.

    Without commits and files where it could not be read, and `incomplete` then says so.
    """
    here = found._replace(commits=(), files=(), incomplete=(), status=None, whole=False)
    try:
        answer = compared(github, repository, [found.head], [found.base or ""])
    except Unavailable as why:
        what = "the rollback took away" if found.status == "behind" else "only the last good release has"
        return here._replace(incomplete=(f"what {what} could not be read: {why.sentence}",))
    return answer or here


def not_shared(found: Range, other: Range | None) -> tuple[tuple[FileChange, ...], tuple[FileChange, ...]]:
    """The files of the range and of the other side less those that both changed alike: these are the same in both."""
    if other is None:
        return found.files, ()
    shared = _contents(found) & _contents(other)
    ours, theirs = ([file for file in side.files if (file.path, file.patch) not in shared] for side in (found, other))
    return tuple(ours), tuple(theirs)


def own_files(found: Range, commits: Sequence[Candidate]) -> tuple[FileChange, ...]:
    """The files of a release that was compared with nothing: of those of its commits that were read, the newest first,
    each path once."""
    files = [*found.files, *(file for one in reversed(commits) for file in one.files)]
    return tuple({file.path: file for file in reversed(files)}.values())[::-1]


def _contents(found: Range) -> set[tuple[str, str | None]]:
    return {(file.path, file.patch) for file in found.files if file.patch is not None}


def _why_alone(releases: Releases, repository: str, version: str) -> str:
    if releases.last_good:
        return f"{releases.last_good.version} is not in {repository}, so only {version} itself was read"
    return f"no release before {version} is known, so only its own commits were read"
