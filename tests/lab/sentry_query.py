"""The questions with a query: the part of Sentry's search grammar that the product speaks, really evaluated.

docs.sentry.io/concepts/search. What is not understood here raises `NotUnderstood`: a term that is passed over would
let a wrong query look like a right one.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.lab.sentry_figures import created, tag
from tests.stand_ins.sentry_world import World

Parameters = Mapping[str, Sequence[str]]

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
EVERY_PROJECT = "-1"
WINDOW = "90d"
"""Where no period is named."""

PAGE = 100
OF_THE_LIST = frozenset({"query", "project", "statsPeriod", "limit", "per_page", "cursor", "environment", "sort"})
OF_THE_TABLE = OF_THE_LIST - {"limit"} | {"dataset", "field"}

_TERM = re.compile(r'(!?)([\w.]+):(>=|<=|>|<)?("(?:\\.|[^"\\])*"|[^\s"]+)(?=\s|$)')


class NotUnderstood(ValueError):
    """A question that the lab's Sentry has no answer to; the lab is to be taught, or the question mended."""


@dataclass(frozen=True)
class Term:
    """`!key:>=value` of a query."""

    key: str
    value: str
    negated: bool = False
    operator: str = ""


def terms(query: str) -> list[Term]:
    """The query's terms, all of which must hold."""
    found, rest = [], query.strip()
    while rest:
        match = _TERM.match(rest)
        if match is None:
            raise NotUnderstood(f"the query {query!r} is not understood from {rest!r} on")
        found.append(Term(match[2], _value(match[4]), bool(match[1]), match[3] or ""))
        rest = rest[match.end() :].strip()
    return found


def _value(written: str) -> str:
    inner = written[1:-1] if written.startswith('"') else written
    if re.search(r"(?<!\\)(?:\\\\)*\*", inner):
        raise NotUnderstood(f"wildcards are not understood: {written}")
    return re.sub(r"\\(.)", r"\1", inner)


def issues(world: World, parameters: Parameters, now: datetime) -> list[dict[str, Any]]:
    """The rows of the issue list, last seen first."""
    _only(parameters, OF_THE_LIST)
    if _one(parameters, "sort", "date") != "date":
        raise NotUnderstood("the issue list is sorted by date only")
    holds = [_of_issue(term) for term in terms(_one(parameters, "query", "is:unresolved"))]
    since, of_project = _since(parameters, now), _project(parameters)
    found = [
        issue
        for issue in world.issues
        if of_project(issue["project"])
        and issue["lastSeen"]
        and datetime.fromisoformat(issue["lastSeen"]) >= since
        and all(hold(issue) for hold in holds)
    ]
    return sorted(found, key=lambda issue: datetime.fromisoformat(issue["lastSeen"]), reverse=True)


def _of_issue(term: Term) -> Callable[[Mapping[str, Any]], bool]:
    match (term.negated, term.key, term.operator):
        case (False, "is", "") if term.value in {"unresolved", "resolved"}:
            return lambda issue: issue["status"] == term.value
        case (False, "firstRelease", ""):
            return lambda issue: (issue.get("firstRelease") or {}).get("version") == term.value
        case (False, "firstSeen", ">="):
            least = _moment(term.value)
            return lambda issue: bool(issue["firstSeen"]) and datetime.fromisoformat(issue["firstSeen"]) >= least
    raise NotUnderstood(f"the issue list does not understand {term}")


def counts(world: World, parameters: Parameters, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """The rows of the table of events, under the fields that were asked for (joined by commas)."""
    _only(parameters, OF_THE_TABLE)
    if _one(parameters, "dataset", "") != "errors":
        raise NotUnderstood("the table of events has the dataset errors only")
    if _one(parameters, "sort", "-count()") != "-count()":
        raise NotUnderstood("the table of events is sorted by -count() only")
    fields = [name for name in parameters.get("field", []) if name != "count()"]
    known = {one["key"] for rows in world.events.values() for event in rows for one in event["tags"]}
    if strange := [name for name in fields if name not in known | {"environment", "release", "server_name"}]:
        raise NotUnderstood(f"no event has a tag {strange[0]}")
    holds = [_of_event(term, world) for term in terms(_one(parameters, "query", ""))]
    since, of_project = _since(parameters, now), _project(parameters)
    counted: Counter[tuple[str | None, ...]] = Counter()
    for issue in world.issues:
        if of_project(issue["project"]):
            for event in world.events.get(issue["id"], []):
                if created(event) >= since and all(hold(issue["id"], event) for hold in holds):
                    counted[tuple(tag(event, name) for name in fields)] += 1
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], [value or "" for value in pair[0]]))
    size = min(int(_one(parameters, "per_page", str(PAGE))), PAGE)
    return {",".join(fields): [{**dict(zip(fields, values, strict=True)), "count()": n} for values, n in ranked[:size]]}


def _of_event(term: Term, world: World) -> Callable[[str, Mapping[str, Any]], bool]:
    match (term.key, term.operator):
        case ("issue" | "issue.id", ""):
            named = world.issue(term.value)
            number = named["id"] if named else term.value
            return lambda issue, _event: (issue == number) is not term.negated
        case ("environment" | "release", ""):
            return lambda _issue, event: (tag(event, term.key) == term.value) is not term.negated
    raise NotUnderstood(f"the table of events does not understand {term}")


def of_project(rows: Sequence[dict[str, Any]], parameters: Parameters) -> tuple[dict[str, Any], ...]:
    """Releases (with `projects`) or code mappings (with `projectId`) of the projects asked for."""
    wanted = _project(parameters)

    def belongs(row: dict[str, Any]) -> bool:
        named = {"id": row.get("projectId"), "slug": row.get("projectSlug")}
        return any(wanted(project) for project in row.get("projects", [named]))

    return tuple(row for row in rows if belongs(row))


def _project(parameters: Parameters) -> Callable[[Mapping[str, Any]], bool]:
    named = set(parameters.get("project", []))
    every = not named or EVERY_PROJECT in named
    return lambda project: every or str(project["id"]) in named or project["slug"] in named


def _since(parameters: Parameters, now: datetime) -> datetime:
    period = _one(parameters, "statsPeriod", WINDOW)
    match = re.fullmatch(r"(\d+)([mhdw])", period)
    if match is None:
        raise NotUnderstood(f"{period} is no period")
    return now - timedelta(**{UNITS[match[2]]: int(match[1])})


def _moment(written: str) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise NotUnderstood(f"{written} is no moment") from None
    if moment.tzinfo is None:
        raise NotUnderstood(f"{written} says no zone")
    return moment


def _one(parameters: Parameters, name: str, default: str) -> str:
    found = parameters.get(name, [default])
    if len(found) != 1:
        raise NotUnderstood(f"{name} is named more than once")
    return found[0]


def _only(parameters: Parameters, known: frozenset[str]) -> None:
    if strange := sorted(set(parameters) - known):
        raise NotUnderstood(f"the parameter {strange[0]} is not understood")
