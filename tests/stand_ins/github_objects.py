"""What GitHub answers about trees (REST) and about refs and blobs (GraphQL), out of a real git repository.

The schema is cut down to what is asked; a query for anything else, and every mutation, is refused as GitHub does it.
"""

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import GraphQLError, GraphQLSchema, build_schema, graphql_sync

from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.loopback import Reply, as_json

DEFAULT_BRANCH = "main"
MOST_ENTRIES = 100_000
TEXT_BYTES = 512_000
"""Bytes after which GitHub cuts the text of a blob."""

KINDS = {"commit": "Commit", "tree": "Tree", "blob": "Blob", "tag": "Tag"}
TREE_NOT_FOUND = as_json({"message": "Not Found", "documentation_url": "https://docs.github.com/rest/git/trees"}, 404)
EMPTY = as_json({"message": "Git Repository is empty.", "documentation_url": "https://docs.github.com/rest"}, 409)

SCHEMA = """
scalar GitObjectID
scalar URI
type Query { repository(owner: String!, name: String!, followRenames: Boolean = true): Repository }
type Repository {
  nameWithOwner: String!
  url: URI!
  isEmpty: Boolean!
  defaultBranchRef: Ref
  ref(qualifiedName: String!): Ref
  object(expression: String, oid: GitObjectID): GitObject
}
type Ref { name: String! target: GitObject }
interface GitObject { oid: GitObjectID! }
type Commit implements GitObject { oid: GitObjectID! tree: Tree! }
type Tag implements GitObject { oid: GitObjectID! name: String! target: GitObject! }
type Tree implements GitObject { oid: GitObjectID! }
type Blob implements GitObject {
  oid: GitObjectID!
  byteSize: Int!
  isBinary: Boolean
  isTruncated: Boolean!
  text: String
}
"""


@dataclass(frozen=True)
class Served:
    """A repository as GitHub has it; without `git` it is there and holds nothing."""

    full_name: str
    git: GitRepository | None = None
    web: str = "https://github.example.com"


def tree(served: Served, name: str, api: str, *, recursive: bool, most: int = MOST_ENTRIES) -> Reply:
    """`GET /repos/{full_name}/git/trees/{name}?recursive=1`: `name` is a tree, a commit, a tag or a branch.

    Any value of `recursive` makes it recursive, as GitHub has it; without, only the first level is listed.
    """
    if served.git is None:
        return EMPTY
    found = _rev_parse(served.git, f"{name}^{{tree}}")
    if found is None:
        return TREE_NOT_FOUND
    at = f"{api}/repos/{served.full_name}/git"
    entries: list[dict[str, object]] = []
    for line in served.git.git("ls-tree", *(["-r", "-t"] if recursive else []), "-z", "--long", found).split(b"\0"):
        head, _, path = line.partition(b"\t")
        if not head:
            continue
        mode, kind, sha, size = head.decode().split()
        entry: dict[str, object] = {"path": path.decode("utf-8", "replace"), "mode": mode, "type": kind, "sha": sha}
        if kind == "blob":
            entry["size"] = int(size)
        if kind != "commit":
            entry["url"] = f"{at}/{kind}s/{sha}"
        entries.append(entry)
    told = {"sha": found, "url": f"{at}/trees/{found}", "tree": entries[:most], "truncated": len(entries) > most}
    return as_json(told)


def query(body: bytes, repositories: Mapping[str, Served]) -> Reply:
    """`POST /graphql`; `repositories` by full name, a renamed one under its old name too."""
    asked = json.loads(body)
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        return as_json({"message": "A query attribute must be specified and must be a string."}, 400)
    done = graphql_sync(_schema(), asked["query"], _Root(repositories, body), variable_values=asked.get("variables"))
    told: dict[str, Any] = {"data": done.data} if done.data is not None else {}
    if done.errors:
        told["errors"] = [_error(error) for error in done.errors]
    return as_json(told)


@cache
def _schema() -> GraphQLSchema:
    return build_schema(SCHEMA)


def _error(error: GraphQLError) -> dict[str, Any]:
    """GitHub names the kind of an error in `type`, and of a query that does not fit the schema in `extensions`."""
    told: dict[str, Any] = dict(error.formatted)
    kind = (error.extensions or {}).get("type")
    if kind:
        told.pop("extensions", None)
        told["type"] = kind
    else:
        told["extensions"] = {"code": "undefinedField" if "Cannot query field" in error.message else "invalid"}
    return told


class _Root:
    def __init__(self, repositories: Mapping[str, Served], body: bytes) -> None:
        self._repositories = repositories
        self._named = set(re.findall(rb"\b[0-9a-f]{40}\b", body))

    def repository(self, _info: object, owner: str, name: str, followRenames: bool) -> dict[str, Any]:  # noqa: N803 - GitHub's
        served = self._repositories.get(f"{owner}/{name}")
        if served is None or not (followRenames or served.full_name == f"{owner}/{name}"):
            told = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise GraphQLError(told, extensions={"type": "NOT_FOUND"})
        return _repository(served, self._named)


def _repository(served: Served, named: set[bytes]) -> dict[str, Any]:
    git, refs = served.git, _refs(served.git)
    known: dict[str, tuple[str, bytes]] = {}
    if git is not None:
        known |= _read(git, {*(oid.decode() for oid in named), *refs.values()})

    def ref(name: str) -> dict[str, Any] | None:
        full = name if name.startswith("refs/") else f"refs/heads/{name}"
        if git is None or full not in refs:
            return None
        return {"name": full.split("/", 2)[2], "target": _object(git, refs[full], known)}

    def found(_info: object, expression: str | None = None, oid: str | None = None) -> dict[str, Any] | None:
        if git is None or (expression is None) == (oid is None):
            return None
        name = oid if oid in known else _rev_parse(git, oid or expression or "")
        return _object(git, name, known) if name else None

    return {
        "nameWithOwner": served.full_name,
        "url": f"{served.web}/{served.full_name}",
        "isEmpty": not refs,
        "defaultBranchRef": ref(DEFAULT_BRANCH),
        "ref": lambda _info, qualifiedName: ref(qualifiedName),  # noqa: N803 - GitHub's
        "object": found,
    }


def _object(git: GitRepository, oid: str, known: dict[str, tuple[str, bytes]]) -> dict[str, Any] | None:
    if oid not in known:
        known |= _read(git, {oid})
    if oid not in known:
        return None
    kind, content = known[oid]
    told: dict[str, Any] = {"__typename": KINDS[kind], "oid": oid}
    first = content.split(b"\n", 2)
    if kind == "commit":
        told["tree"] = {"oid": first[0].split()[1].decode()}
    elif kind == "tag":
        told |= {"name": "tag", "target": _object(git, first[0].split()[1].decode(), known)}
    elif kind == "blob":
        binary = b"\0" in content
        told |= {"byteSize": len(content), "isBinary": binary, "isTruncated": len(content) > TEXT_BYTES}
        told["text"] = None if binary else _text(content[:TEXT_BYTES])
    return told


def _text(content: bytes) -> str:
    """GitHub guesses the encoding of what is no UTF-8, and recodes it."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _refs(git: GitRepository | None) -> dict[str, str]:
    if git is None:
        return {}
    lines = git.git("for-each-ref", "--format=%(refname) %(objectname)").decode().splitlines()
    return dict(line.split(" ", 1) for line in lines)


def _read(git: GitRepository, oids: set[str]) -> dict[str, tuple[str, bytes]]:
    """Kind and content of the objects that are there, in one call of git."""
    answer = git.git("cat-file", "--batch", given="".join(f"{oid}\n" for oid in sorted(oids)).encode())
    found, place = {}, 0
    while place < len(answer):
        end = answer.index(b"\n", place)
        parts = answer[place:end].decode().split()
        place = end + 1
        if parts[1] == "missing":
            continue
        size = int(parts[2])
        found[parts[0]] = (parts[1], answer[place : place + size])
        place += size + 1
    return found


def _rev_parse(git: GitRepository, expression: str) -> str | None:
    try:
        return git.git("rev-parse", "--verify", "--quiet", "--end-of-options", expression).decode().strip()
    except subprocess.CalledProcessError:
        return None
