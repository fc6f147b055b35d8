"""What the stand-in Sentry does when it is written to: as far as a person with a menu can ask for it.

The rules are those of getsentry/sentry, `src/sentry/issues/endpoints/group_details.py`, `group_notes.py` and
`src/sentry/api/helpers/group_index/`; the shapes are held against the OpenAPI schema by the tests of the writing side.
"""

import json
from collections.abc import Collection
from typing import Any

from tests.stand_ins.sentry_world import World, a_comment

SCOPES = frozenset({"event:write", "member:read"})
"""Beyond reading: what the token may do, unless a test takes it away."""

FORBIDDEN = {"detail": "You do not have permission to perform this action."}
NONE_SUCH = {"detail": "The requested resource does not exist"}
STATUSES = ("resolved", "unresolved", "ignored", "resolvedInNextRelease", "muted")
SUBSTATUSES = (
    "archived_until_escalating", "archived_until_condition_met", "archived_forever", "escalating", "ongoing",
    "regressed", "new", None,
)  # fmt: skip

Answer = tuple[int, Any]


def written(method: str, parts: list[str], body: bytes, world: World, scopes: Collection[str]) -> Answer:
    """The answer to a PUT or POST below `issues/`; the scope comes before everything else, as it does there."""
    if "event:write" not in scopes:
        return 403, FORBIDDEN
    issue = world.issue(parts[0]) if parts[0] else None
    if issue is None:
        return 404, NONE_SUCH
    told = json.loads(body)
    match method, parts[1:]:
        case "PUT", [""]:
            return _updated(issue, told, world)
        case "POST", ["comments", ""]:
            return _commented(world.comments.setdefault(issue["id"], []), told)
    return 405, {"detail": f'Method "{method}" not allowed.'}


def members(world: World, query: str) -> list[dict[str, Any]]:
    """The rows for a query, of which only `email:` is understood."""
    wanted = query.removeprefix("email:").casefold()
    return [
        one
        for one in world.members
        if wanted
        in {one["email"].casefold(), *(mail["email"].casefold() for mail in (one["user"] or {}).get("emails", ()))}
    ]


def _updated(issue: dict[str, Any], told: dict[str, Any], world: World) -> Answer:
    if told.get("status", "resolved") not in STATUSES or told.get("substatus") not in SUBSTATUSES:
        return 400, {"status": [f'"{told.get("status")}" is not a valid choice.']}
    if "assignedTo" in told:
        person = next((one for one in world.members if f"user:{one['user']['id']}" == told["assignedTo"]), None)
        if person is None:
            return 400, {"assignedTo": ["Cannot assign to non-team member"]}
        user = person["user"]
        issue["assignedTo"] = {"type": "user", "id": user["id"], "name": user["name"], "email": user["email"]}
    if "status" in told:
        issue["status"] = told["status"]
        issue["substatus"] = told.get("substatus") if told["status"] != "resolved" else None
    return 200, issue


def _commented(comments: list[dict[str, Any]], told: dict[str, Any]) -> Answer:
    if any(one["data"] == told for one in comments):
        return 400, {"detail": "You have already posted that comment."}
    comments.insert(0, a_comment(len(comments) + 1, told["text"]))
    return 201, comments[0]
