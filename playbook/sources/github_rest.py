"""What GitHub knows of a release, in one request for each question, cut down to plain JSON.

PyGithub stays in `github_wire`; nothing lazy leaves it, so no attribute anywhere costs a request.
"""

from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from playbook.evidence.fact import Value
from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget
from playbook.sources.door import Door, Question
from playbook.sources.github_access import GitHubAccess
from playbook.sources.github_errors import Answer, unseen
from playbook.sources.github_objects import Objects
from playbook.sources.github_refs import possible
from playbook.sources.github_schema import Sought, schema
from playbook.sources.github_wire import Wire

__all__ = ["GitHubAccess", "github_door"]

T = TypeVar("T")

MOST_FILES = 300
"""Files in one answer about a comparison or a commit (rest-api-description issues 3975, 3552)."""

FULL_PAGE_OF_PATCH = 15_000
"""Lines of patch in one answer from which on a file without counts may have been cut off; GitHub stops at about
20,000 (orgs/community discussion 213491), and by then a file with neither counts nor patch tells nothing."""

NAMED = 3
"""Files named in one sentence about what is missing: more do not fit a line of the card."""

EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
"""The object id that git gives every empty file: no patch, and none is missing."""


def github_door(access: GitHubAccess, budget: Budget, objects: Objects | None = None) -> Door:
    """Answers the questions of `sources.github`; no request is made before the first of them.

    `objects` holds what earlier runs read of trees and files; without, this run has one of its own.
    """
    wire, known = Wire(access, budget), objects if objects is not None else Objects()
    asker = _Asker(wire)

    def ask(question: Question) -> Json:
        given = question.arguments
        match question.call:
            case "compare":
                return asker.compare(_Compare.model_validate(given))
            case "commit":
                return asker.commit(_Commit.model_validate(given))
            case "pulls_of":
                return asker.pulls_of(_PullsOf.model_validate(given))
            case "schema":
                return schema(wire, known, Sought.model_validate(given))
        raise ValueError(f"GitHub is not asked for {question.call}")

    return ask


class _Compare(Value):
    repository: str
    base: list[str]
    head: list[str]


class _Commit(Value):
    repository: str
    ref: list[str]


class _PullsOf(Value):
    repository: str
    sha: str


class _Asker:
    """The three questions, and what was seen of repositories while they were asked."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._seen: set[str] = set()

    def compare(self, asked: _Compare) -> Json:
        for base, head in _alike_first(asked.base, asked.head):
            answer = self._ask(asked.repository, f"/compare/{quote(base)}...{quote(head)}")
            if answer.found:
                return _comparison(_as(_SentComparison, answer.data), base, head)
            if answer.message.lower().startswith("no common ancestor"):
                raise Unavailable(f"{base} and {head} have no common history, so GitHub cannot compare them")
        self._must_see(asked.repository)
        return None

    def commit(self, asked: _Commit) -> Json:
        for ref in possible(asked.ref):
            answer = self._ask(asked.repository, f"/commits/{quote(ref, safe='')}")
            if answer.found:
                sent = _as(_SentCommit, answer.data)
                more = 'rel="next"' in answer.headers.get("link", "")
                return {**_plain(sent), "files": _files(sent.files), "incomplete": _cut_short(sent.files, more)}
        self._must_see(asked.repository)
        return None

    def pulls_of(self, asked: _PullsOf) -> Json:
        for sha in possible([asked.sha]):
            answer = self._ask(asked.repository, f"/commits/{quote(sha, safe='')}/pulls", per_page=100)
            if answer.found:
                return [_pull(pull) for pull in _as(list[_SentPull], answer.data)]
        self._must_see(asked.repository)
        return None

    def _ask(self, repository: str, path: str, **parameters: int) -> Answer:
        answer = self._wire.get(repository, path, **parameters)
        if answer.found or answer.message.lower() != "not found":
            self._seen.add(repository)
        return answer

    def _must_see(self, repository: str) -> None:
        """Before saying *there is none*: GitHub also answers 404 for a repository that the token must not know of."""
        if repository in self._seen or self._ask(repository, "").found:
            return
        raise Unavailable(unseen(repository, self._wire.host))


def _alike_first(base: list[str], head: list[str]) -> Iterator[tuple[str, str]]:
    """Every pair, those of the same form first: a repository names its releases one way."""
    bases, heads = possible(base), possible(head)
    order = sorted((abs(b - h), b, h) for b in range(len(bases)) for h in range(len(heads)))
    return ((bases[b], heads[h]) for _, b, h in order)


class _Sent(BaseModel):
    """What GitHub sent, as far as it is used (https://docs.github.com/en/rest/commits)."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)


class _SentFile(_Sent):
    filename: str
    status: str
    sha: str | None = None
    previous_filename: str | None = None
    patch: str | None = None
    blob_url: str | None = None
    additions: int = 0
    deletions: int = 0

    @property
    def lacks_patch(self) -> bool:
        return self.patch is None and self.additions + self.deletions > 0

    @property
    def tells_nothing(self) -> bool:
        """Binary, a change of mode, or cut off: GitHub's answer looks the same."""
        unchanged = self.status in {"renamed", "removed", "unchanged"} or self.sha == EMPTY_BLOB
        return self.patch is None and not self.lacks_patch and not unchanged


class _Signature(_Sent):
    name: str | None = None
    date: str | None = None


class _Written(_Sent):
    message: str
    author: _Signature | None = None
    committer: _Signature | None = None


class _Parent(_Sent):
    sha: str


class _SentCommit(_Sent):
    sha: str
    html_url: str
    commit: _Written
    parents: list[_Parent] = []
    files: list[_SentFile] = []


class _SentComparison(_Sent):
    html_url: str
    status: str
    total_commits: int
    commits: list[_SentCommit]
    files: list[_SentFile] = []


class _Account(_Sent):
    login: str


class _SentPull(_Sent):
    number: int
    title: str
    state: str
    html_url: str
    user: _Account | None = None
    merged_at: str | None = None
    merge_commit_sha: str | None = None


def _as(shape: type[T], data: object) -> T:
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        raise Unavailable("GitHub's answer is not in the form its API describes; check GITHUB_API_URL") from error


def _comparison(sent: _SentComparison, base: str, head: str) -> Json:
    incomplete = _cut_short(sent.files, more=False)
    if sent.total_commits > len(sent.commits):
        incomplete = [f"GitHub lists the newest {len(sent.commits)} of {sent.total_commits} commits", *incomplete]
    return {
        "base": base,
        "head": head,
        "html_url": sent.html_url,
        "status": sent.status,
        "total_commits": sent.total_commits,
        "commits": [_plain(commit) for commit in sent.commits],
        "files": _files(sent.files),
        "incomplete": [*incomplete],
    }


def _plain(sent: _SentCommit) -> dict[str, Json]:
    written = sent.commit
    return {
        "sha": sent.sha,
        "html_url": sent.html_url,
        "message": written.message,
        "author": written.author.name if written.author else None,
        "date": written.committer.date if written.committer else None,
        "authored": written.author.date if written.author else None,
        "parents": [parent.sha for parent in sent.parents],
    }


def _files(sent: list[_SentFile]) -> list[Json]:
    return [file.model_dump(exclude={"sha"}) for file in sent]


def _pull(sent: _SentPull) -> Json:
    return {**sent.model_dump(exclude={"user"}), "author": sent.user.login if sent.user else None}


def _cut_short(files: list[_SentFile], more: bool) -> list[Json]:
    """What GitHub left out of the changed files, in sentences."""
    told: list[Json] = []
    if more or len(files) >= MOST_FILES:
        told.append(f"GitHub lists only the first {len(files)} changed files")
    if large := [file.filename for file in files if file.lacks_patch]:
        told.append(f"GitHub sent no patch for {_some(large)}: too large")
    received = sum(file.patch.count("\n") + 1 for file in files if file.patch)
    if received >= FULL_PAGE_OF_PATCH and (mute := [file.filename for file in files if file.tells_nothing]):
        told.append(f"GitHub sent neither patch nor counts for {_some(mute)}: it stops at some 20,000 lines in all")
    return told


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return shown if len(names) <= NAMED else f"{shown} and {len(names) - NAMED} more"
