"""What GitHub sends about commits, checked for its shape and cut down to plain JSON; what it left out, in sentences."""

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from playbook.evidence.json import Json
from playbook.evidence.unavailable import Unavailable

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


class _Sent(BaseModel):
    """What GitHub sent, as far as it is used (https://docs.github.com/en/rest/commits)."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)


class SentFile(_Sent):
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


class SentCommit(_Sent):
    sha: str
    html_url: str
    commit: _Written
    parents: list[_Parent] = []
    files: list[SentFile] = []


class SentComparison(_Sent):
    html_url: str
    status: str
    total_commits: int
    commits: list[SentCommit]
    files: list[SentFile] = []


class _Account(_Sent):
    login: str


class SentPull(_Sent):
    number: int
    title: str
    state: str
    html_url: str
    user: _Account | None = None
    merged_at: str | None = None
    merge_commit_sha: str | None = None


def read_as(shape: type[T], data: object) -> T:
    """The answer in its documented shape; raises `Unavailable` where it has another."""
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        raise Unavailable("GitHub's answer is not in the form its API describes; check GITHUB_API_URL") from error


def plain_comparison(sent: SentComparison, base: str, head: str) -> Json:
    incomplete = cut_short(sent.files, more=False)
    if sent.total_commits > len(sent.commits):
        incomplete = [f"GitHub lists the newest {len(sent.commits)} of {sent.total_commits} commits", *incomplete]
    return {
        "base": base,
        "head": head,
        "html_url": sent.html_url,
        "status": sent.status,
        "total_commits": sent.total_commits,
        "commits": [plain_commit(commit) for commit in sent.commits],
        "files": plain_files(sent.files),
        "incomplete": [*incomplete],
    }


def plain_commit(sent: SentCommit) -> dict[str, Json]:
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


def plain_files(sent: list[SentFile]) -> list[Json]:
    return [file.model_dump(exclude={"sha"}) for file in sent]


def plain_pull(sent: SentPull) -> Json:
    return {**sent.model_dump(exclude={"user"}), "author": sent.user.login if sent.user else None}


def cut_short(files: list[SentFile], more: bool) -> list[Json]:
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
