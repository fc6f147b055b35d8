"""GitHub's GraphQL where one question replaces hundreds: where every ref stands, and the texts of many blobs.

Only queries are sent, with names and ids as variables, so nothing that was found anywhere becomes part of one.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from playbook.evidence.unavailable import Unavailable
from playbook.sources.github_errors import SINGLE_SIGN_ON, Answer, GaveUp, rate_limit, refused, unseen
from playbook.sources.github_objects import Blob
from playbook.sources.github_refs import possible
from playbook.sources.github_wire import Wire

POINT = """fragment point on GitObject {
  __typename oid ... on Commit { tree { oid } }
  ... on Tag { target { __typename oid ... on Commit { tree { oid } }
    ... on Tag { target { __typename oid ... on Commit { tree { oid } } } } } }
}"""
"""A commit, by itself or behind a tag, or behind the tag of a tag."""

BLOB = "fragment blob on GitObject { __typename ... on Blob { text isBinary isTruncated byteSize } }"

UNFINISHED = re.compile(r"something went wrong|time(?:d\s?)?out|resource limits|too (?:large|complex)", re.IGNORECASE)
"""What GitHub says when it gave a query up, with a 502 or with a 200."""

UNFINISHED_TYPES = frozenset({"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "INTERNAL", "SERVICE_UNAVAILABLE"})
"""https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api"""


class Point(NamedTuple):
    """A commit and its tree, by their ids."""

    commit: str
    tree: str


class Place(NamedTuple):
    """A repository as it is called now, its page, and its default branch (None where it has none)."""

    full_name: str
    page: str
    branch: str | None
    tip: Point | None
    points: Mapping[str, Point]
    """Of the refs that were asked for, those that are there."""


class _Error(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    type: str | None = None
    message: str = ""
    path: list[str | int] | None = None
    extensions: dict[str, Any] | None = None

    @property
    def unfinished(self) -> bool:
        return self.type in UNFINISHED_TYPES or (self.type is None and bool(UNFINISHED.search(self.message)))


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    data: dict[str, Any] | None = None
    sent: list[_Error] | None = Field(None, alias="errors")

    @property
    def errors(self) -> list[_Error]:
        return self.sent or []

    @property
    def repository(self) -> dict[str, Any] | None:
        found = (self.data or {}).get("repository")
        return found if isinstance(found, dict) else None


def place(wire: Wire, repository: str, refs: Collection[str]) -> Place:
    """Where each of the refs stands, in one question.

    Of a tag and a branch with one name the tag is meant, as git takes it: a release is a tag. Raises `Unavailable`
    where the repository is not shown, or anything of it could not be looked at: a ref that is missing is not there.
    """
    names = possible(list(refs))
    asked: list[str] = []
    variables: dict[str, str] = {}
    for number, name in enumerate(names):
        asked += [f"t{number}: ref(qualifiedName: $t{number}) {{ target {{ ...point }} }}"]
        asked += [f"h{number}: ref(qualifiedName: $h{number}) {{ target {{ ...point }} }}"]
        variables |= {f"t{number}": f"refs/tags/{name}", f"h{number}": f"refs/heads/{name}"}
        if re.fullmatch(r"[0-9a-fA-F]{7,64}", name):
            asked += [f"o{number}: object(expression: $o{number}) {{ ...point }}"]
            variables[f"o{number}"] = name
    fields = "nameWithOwner url defaultBranchRef { name target { ...point } }"
    try:
        told = _ask(wire, repository, [fields, *asked], variables, POINT)
    except GaveUp:
        told = _ask(wire, repository, [fields, *asked], variables, POINT)
    for error in told.errors:
        if error.type != "NOT_FOUND":
            raise Unavailable(f"GitHub at {wire.host} could not say where a ref stands; check again in a minute")
    found = told.repository or {}
    ref = found.get("defaultBranchRef")
    default = ref if isinstance(ref, dict) else {}
    points = {}
    for number, name in enumerate(names):
        for point in (_behind(found, f"t{number}"), _behind(found, f"h{number}"), _point(found.get(f"o{number}"))):
            if point is not None:
                points[name] = point
                break
    full_name, page, branch = found.get("nameWithOwner"), found.get("url"), default.get("name")
    if not (isinstance(full_name, str) and isinstance(page, str) and re.match(r"https?://", page)):
        raise Unavailable("GitHub's answer is not in the form its API describes; check GITHUB_API_URL")
    return Place(full_name, page, branch if isinstance(branch, str) else None, _point(default.get("target")), points)


def blobs(wire: Wire, repository: str, oids: Sequence[str]) -> dict[str, Blob]:
    """The texts of the blobs, by their ids, in one question; those that are missing GitHub did not give.

    Raises `GaveUp` where it gave none of them and fewer might do, and `Unavailable` where it refused.
    """
    asked = [f"b{number}: object(oid: $b{number}) {{ ...blob }}" for number in range(len(oids))]
    variables = {f"b{number}": oid for number, oid in enumerate(oids)}
    told = _ask(wire, repository, asked, variables, BLOB, kind="GitObjectID!")
    found = told.repository or {}
    given = {oid: _blob(found.get(f"b{number}")) for number, oid in enumerate(oids)}
    return {oid: blob for oid, blob in given.items() if blob is not None}


def _ask(
    wire: Wire, repository: str, fields: list[str], variables: Mapping[str, str], fragment: str, kind: str = "String!"
) -> _Told:
    owner, _, name = repository.partition("/")
    declared = " ".join(f"${one}: {kind}" for one in variables)
    text = (
        f"query($owner: String!, $name: String! {declared}) {{ repository(owner: $owner, name: $name) {{\n"
        + "\n".join(fields)
        + f"\n}} }}\n{fragment}"
    )
    answer = wire.query(repository, text, {"owner": owner, "name": name, **variables})
    try:
        told = _Told.model_validate(answer.data)
    except ValidationError as error:
        raise Unavailable("GitHub's answer is not in the form its API describes; check GITHUB_API_URL") from error
    _check(told, answer, wire, repository)
    return told


def _check(told: _Told, answer: Answer, wire: Wire, repository: str) -> None:
    """Raises where the answer as a whole is none; what is wrong with a single field is left to who asked."""
    for error in told.errors:
        message = error.message.lower()
        if error.type in {"RATE_LIMITED", "RATE_LIMIT"} or "rate limit" in message:
            limit = rate_limit(answer.headers, "rate limit", "GraphQL")
            raise Unavailable(limit or f"GitHub's rate limit at {wire.host} is used up; check again in a minute")
        if (error.extensions or {}).get("saml_failure") or "saml" in message:
            raise Unavailable(SINGLE_SIGN_ON)
        if error.type in {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
            denied = Answer(403, answer.headers, {"message": error.message})
            raise Unavailable(refused(denied, wire.host, wire.by_token))
    if told.repository is not None:
        return
    if any(error.unfinished for error in told.errors):
        raise GaveUp(f"GitHub at {wire.host} gave the question up; check again in a minute")
    if any(error.type == "NOT_FOUND" and error.path == ["repository"] for error in told.errors):
        raise Unavailable(unseen(repository, wire.host))
    if any("code" in (error.extensions or {}) for error in told.errors):
        raise Unavailable(f"GitHub at {wire.host} does not know what it was asked for: its version is too old for it")
    raise Unavailable(f"GitHub at {wire.host} gave no answer to a question about files; check GITHUB_API_URL")


def _behind(found: Mapping[str, Any], name: str) -> Point | None:
    ref = found.get(name)
    return _point(ref.get("target")) if isinstance(ref, dict) else None


def _point(target: object) -> Point | None:
    """The commit, behind tags where there are any; None where it is none."""
    while isinstance(target, dict):
        tree = target.get("tree")
        if isinstance(tree, dict):
            commit, listed = target.get("oid"), tree.get("oid")
            return Point(commit, listed) if isinstance(commit, str) and isinstance(listed, str) else None
        target = target.get("target")
    return None


def _blob(told: object) -> Blob | None:
    if not isinstance(told, dict) or told.get("__typename") != "Blob":
        return None
    size = told.get("byteSize")
    if told.get("isBinary"):
        return Blob(None, "it is binary")
    if told.get("isTruncated"):
        return Blob(None, f"GitHub cut its {size:,} bytes off" if isinstance(size, int) else "GitHub cut it off")
    text = told.get("text")
    if not isinstance(text, str):
        return Blob(None, "GitHub cannot tell in which encoding it is")
    return Blob(text)
