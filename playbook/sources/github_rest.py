"""What GitHub knows of a release, in one request for each question, cut down to plain JSON.

PyGithub stays in `github_wire`; nothing lazy leaves it, so no attribute anywhere costs a request.
"""

from collections.abc import Iterator
from urllib.parse import quote

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
from playbook.sources.github_sent import (
    SentCommit,
    SentComparison,
    SentPull,
    cut_short,
    plain_commit,
    plain_comparison,
    plain_files,
    plain_pull,
    read_as,
)
from playbook.sources.github_wire import Wire

__all__ = ["GitHubAccess", "github_door"]


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
                return plain_comparison(read_as(SentComparison, answer.data), base, head)
            if answer.message.lower().startswith("no common ancestor"):
                raise Unavailable(f"{base} and {head} have no common history, so GitHub cannot compare them")
        self._must_see(asked.repository)
        return None

    def commit(self, asked: _Commit) -> Json:
        for ref in possible(asked.ref):
            answer = self._ask(asked.repository, f"/commits/{quote(ref, safe='')}")
            if answer.found:
                sent = read_as(SentCommit, answer.data)
                more = 'rel="next"' in answer.headers.get("link", "")
                return {
                    **plain_commit(sent),
                    "files": plain_files(sent.files),
                    "incomplete": cut_short(sent.files, more),
                }
        self._must_see(asked.repository)
        return None

    def pulls_of(self, asked: _PullsOf) -> Json:
        for sha in possible([asked.sha]):
            answer = self._ask(asked.repository, f"/commits/{quote(sha, safe='')}/pulls", per_page=100)
            if answer.found:
                return [plain_pull(one) for one in read_as(list[SentPull], answer.data)]
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
    """Every pair, those of the same form first: a repository names its releases one way. With three forms of either
    release at most nine, and only where git lacks one of the two."""
    bases, heads = possible(base), possible(head)
    order = sorted((abs(b - h), b, h) for b in range(len(bases)) for h in range(len(heads)))
    return ((bases[b], heads[h]) for _, b, h in order)
