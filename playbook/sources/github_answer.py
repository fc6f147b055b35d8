"""GitHub's (and Sentry's) plain answers about commits, read into values; what is not there is left out."""

from collections.abc import Sequence
from urllib.parse import quote

from playbook.evidence.changes import Commit, FileChange, PullRequest
from playbook.evidence.claim import Alleged
from playbook.evidence.json import Json
from playbook.evidence.suspects import Candidate
from playbook.sources.reading import at, integer, items, link, moment, rows, text

MOST_ALLEGED = 3
"""Commits that Sentry suspects of one event and that are checked: today's Sentry names one, older ones a list."""


def commit_of(row: Json, page: str) -> Candidate | None:
    """A commit as `sources.github` or Sentry's release commits give it; None where it has no sha.

    `page` is the repository's address: Sentry's rows carry no link to the commit.
    """
    sha = text(row, "sha") or text(row, "id")
    if sha is None:
        return None
    message = text(row, "message") or ""
    commit = Commit(
        sha=sha,
        message=next(iter(message.strip().splitlines()), ""),
        author=text(row, "author") or text(row, "author", "name"),
        at=moment(row, "date") or moment(row, "dateCreated"),
        url=link(row, "html_url") or f"{page}/commit/{quote(sha, safe='')}",
    )
    parents = tuple(one for one in items(row, "parents") if isinstance(one, str))
    # Sentry takes the author's date (`_format_commits` in its src/sentry/integrations/github/repository.py).
    authored = moment(row, "authored") or moment(row, "dateCreated")
    return Candidate(commit, message, parents, authored).with_pull(_pull_in_sentry(row))


def alleged_of(answer: Json, page: str) -> tuple[Alleged, ...]:
    """The commits that Sentry suspects, from its answer about an event's committers."""
    found: dict[str, Alleged] = {}
    for row in (row for one in rows(answer, "committers") for row in rows(one, "commits")):
        candidate = commit_of(row, page)
        if candidate is not None:
            how = text(row, "suspectCommitType") or "Sentry does not say how"
            found.setdefault(candidate.commit.sha, Alleged(candidate, how, text(row, "repository", "name")))
    return tuple(found.values())[:MOST_ALLEGED]


def files_of(answer: Json, page: str) -> tuple[FileChange, ...]:
    """The files of a commit or a comparison, in GitHub's order; `page` is for a file without a link of its own."""
    return tuple(
        FileChange(
            path=path,
            status=text(row, "status") or "modified",
            previous_path=text(row, "previous_filename"),
            patch=_whole(row, "patch"),
            url=link(row, "blob_url") or link(answer, "html_url") or page,
        )
        for row in rows(answer, "files")
        if (path := text(row, "filename"))
    )


def _whole(row: Json, key: str) -> str | None:
    """A text at its full length: half a patch is none."""
    found = at(row, key)
    return found.encode("utf-8", "replace").decode("utf-8") if isinstance(found, str) and found else None


def pull_of(found: Sequence[Json], sha: str) -> PullRequest | None:
    """Of the pull requests that hold a commit the one that brought it: whose merge it is, else a merged one, else
    the first. GitHub gives several where branches were stacked."""
    pulls = [pull for row in found if (pull := _pull(row)) is not None]
    merges = {integer(row, "number") for row in found if text(row, "merge_commit_sha") == sha}
    return min(pulls, key=lambda pull: (pull.number not in merges, pull.merged_at is None), default=None)


def _pull(row: Json) -> PullRequest | None:
    number, url = integer(row, "number"), link(row, "html_url")
    if number is None or url is None:
        return None
    title, author = text(row, "title") or f"#{number}", text(row, "author")
    return PullRequest(number=number, title=title, author=author, merged_at=moment(row, "merged_at"), url=url)


def _pull_in_sentry(row: Json) -> PullRequest | None:
    """The pull request that Sentry's row of a commit carries, whose `id` is the number as a text
    (src/sentry/api/serializers/models/pullrequest.py)."""
    number, url = integer(row, "pullRequest", "id"), link(row, "pullRequest", "externalUrl")
    if number is None or url is None:
        return None
    title = text(at(row, "pullRequest"), "title") or f"#{number}"
    return PullRequest(number=number, title=title, merged_at=moment(row, "pullRequest", "mergedAt"), url=url)


def sentences_of(answer: Json) -> tuple[str, ...]:
    """What the door says it could not see of an answer."""
    return tuple(told for told in items(answer, "incomplete") if isinstance(told, str) and told.strip())
