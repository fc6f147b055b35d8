"""What a repository's migrations say of one relation, at the failing release and compared with the last good one.

Three commits are folded: the failing release's, the last good one's and the default branch's, the latter two only
where their files could tell something else. What comes out is plain JSON, the fields of `SchemaHistory`: who creates,
drops and renames the relation, in which file and line, and since when that file says so.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from playbook.evidence.schema_history import Brought
from playbook.evidence.suspects import is_migration
from playbook.schema import doubts
from playbook.schema.framework import Declared
from playbook.schema.history import Event, History, history
from playbook.schema.partition import part_of, sibling_of
from playbook.schema.target import Targets, apart, targets

QUOTE = 200
"""Characters of a quoted line: it goes on a card."""


class Revision(NamedTuple):
    """The wanted files of one commit by path, and of each that could not be read the sentence that says why."""

    commit: str
    texts: Mapping[str, str]
    unread: Mapping[str, str] = {}


class _Folded(NamedTuple):
    """A revision, its fold and what that is for; `page` is the repository's address."""

    revision: Revision
    history: History
    page: str
    targets: Targets

    def url(self, path: str, line: int) -> str:
        return f"{self.page}/blob/{self.revision.commit}/{quote(path)}#L{line}"


def fold(revision: Revision) -> History:
    """What the revision's migrations and models say."""
    return history(revision.texts)


def told(
    relation: str,
    head: Revision,
    base: Revision | None,
    tip: Revision | None,
    *,
    page: str,
    fold: Callable[[Revision], History] = fold,
) -> dict[str, Any]:
    """`SchemaHistory`'s fields but for the repository's and the branch's names.

    `head` is the failing release's commit, `base` the last good one's, `tip` the default branch's; `page` is the
    address of the repository; `fold` may remember what it did. Bounded by the sizes of the files; never raises for what
    is in them.
    """
    now = _folded(head, page, fold)
    events, declared = now.history.of(relation), _declared(now, relation)
    before = _folded(base, page, fold) if base and _may_differ(base, now, declared) else None
    after = _folded(tip, page, fold) if tip and _may_differ(tip, now, ()) else None
    since = [_brought(event, base) for event in events]
    gone: list[Event] = []
    if before is not None:
        here, gone = _matched(events, before.history.of(relation))
        since = [_since(event, base, matched=event_is_old) for event, event_is_old in zip(events, here, strict=True)]
    later = _matched(events, after.history.of(relation))[1] if after else []
    return {
        "url": f"{page}/tree/{head.commit}",
        "commit": head.commit,
        "base": base.commit if base else None,
        "events": [_event(event, now, brought) for event, brought in zip(events, since, strict=True)],
        "later": [_event(event, after, "later") for event in later if after],
        "gone": [_event(event, before, "earlier") for event in gone if before],
        "declared": [_declaration(one, now, before, base) for one in declared],
        "standing": sorted(_standing(relation, events, now.targets)),
        **_whole(now, events, declared),
        **_partitioned(now, relation, base),
        "uncompared": [
            *doubts.unread_of(base.unread if base else {}, "the last good release"),
            *doubts.unread_of(tip.unread if tip else {}, "the default branch"),
        ],
    }


def _whole(now: _Folded, events: Iterable[Event], declared: Iterable[Declared]) -> dict[str, Any]:
    """What is told of the release's migrations as a whole, and what may be missing from it."""
    texts = now.revision.texts
    return {
        "migrations": len(now.history.migrations),
        "frameworks": sorted({one.framework for one in now.history.migrations}),
        "targets": sorted(set(now.targets.by_path.values())),
        "schemas": sorted(_schemas(now)),
        "routed": doubts.routed(texts),
        **doubts.coverage(now.history, now.targets, declared),
        "incomplete": doubts.unread(now.history, now.revision.unread, events),
        "dynamic": doubts.dynamic(now.history, events),
    }


def _partitioned(now: _Folded, relation: str, base: Revision | None) -> dict[str, Any]:
    """`SchemaHistory.partitioned`; {} where the name tells no part, or no migration knows its parent or a sibling."""
    part = part_of(relation)
    if part is None:
        return {}
    creating = [event for event in now.history.events if event.kind == "creates" and apart(event.path) is None]
    parent = next((event for event in reversed(creating) if _is(event.name, part.parent)), None)
    dated = [(sibling.start, event) for event in creating if (sibling := sibling_of(part, event.relation))]
    siblings = [event for _, event in sorted(dated, key=lambda one: one[0])][-MOST_SIBLINGS:]
    if parent is None and not siblings:
        return {}
    texts = now.revision.texts
    found = {
        "parent": _event(parent, now, _brought(parent, base)) if parent else None,
        "by": _divided(parent, now) if parent else "",
        "siblings": [_event(event, now, _brought(event, base)) for event in siblings],
        "partman": any("partman" in text for one in now.history.migrations if (text := texts.get(one.path, ""))),
    }
    return {"partitioned": found}


def _divided(parent: Event, now: _Folded) -> str:
    """The words in which the statement divides the relation: up to what the same file does next."""
    lines = now.revision.texts.get(parent.path, "").split("\n")
    begins = max(parent.line - 1, 0)
    later = (event.line for event in now.history.events if event.path == parent.path and event.line > parent.line)
    ends = min(min(later, default=begins + 1 + STATEMENT), begins + STATEMENT)
    found = DIVIDES.search("\n".join(lines[begins : max(ends - 1, begins + 1)])[:LONGEST_STATEMENT])
    return " ".join(found[0].split())[:QUOTE] if found else ""


def _folded(revision: Revision, page: str, fold: Callable[[Revision], History]) -> _Folded:
    found = fold(revision)
    return _Folded(revision, found, page, targets(found.migrations, revision.texts))


def _schemas(folded: _Folded) -> set[str]:
    """The schemas in which the migrations make anything, or that they make themselves."""
    texts = (folded.revision.texts.get(one.path, "") for one in folded.history.migrations)
    made = {name for text in texts if "schema" in text.lower() for name in CREATES_SCHEMA.findall(text)}
    return made | {one.schema_name for one in folded.history.events if one.schema_name and one.kind == "creates"}


DIVIDES = re.compile(
    r"\bpartition\s{1,20}by\s{1,20}(?:range|list|hash|key)\b[^;\n\"']{0,80}"
    r"|\b(?:postgresql_|mysql_)?partition(?:ing|_by|ed_by)\w{0,20}\W{1,5}[^;\n]{0,60}"
    r"|\bcreate_(?:range|list|hash)_partition\b[^;\n]{0,60}|\bcreate_hypertable\b[^;\n]{0,60}",
    re.IGNORECASE,
)
"""SQL of PostgreSQL and MySQL, Alembic's `postgresql_partition_by`, psqlextra's and pg_party's own words."""

STATEMENT, LONGEST_STATEMENT = 200, 20_000
"""Lines and characters of one statement that are searched."""

MOST_SIBLINGS = 3
"""Parts of other periods that are told: the last ones show what they are called and how long a period is."""

CREATES_SCHEMA = re.compile(r"\bcreate[ _]schema[\s(\"']{1,4}(?:if\s+not\s+exists\s+\"?)?(\w{1,63})", re.IGNORECASE)


def _standing(relation: str, events: Iterable[Event], of: Targets) -> set[str]:
    """The names under which it is there in the end, each target's migrations taken alone."""
    there: dict[tuple[str, str], str] = {}
    for event in events:
        target = of.of(event.path)
        if event.kind in ("drops", "renames"):
            there.pop((target, event.name), None)
        name = event.to if event.kind == "renames" else event.name if event.kind == "creates" else None
        if name is not None:
            there[target, name] = name
    return {name for name in there.values() if _is(name, relation)}


def _declared(folded: _Folded, relation: str) -> tuple[Declared, ...]:
    return tuple(one for one in folded.history.declared if _is(one.relation, relation))


def _may_differ(other: Revision, now: _Folded, declared: Iterable[Declared]) -> bool:
    """Whether the other commit's migrations can say anything that these do not, or a declaration is another there.

    Most releases only add migrations: then the older commit's are among these, and need no fold of their own.
    """
    known = {one.path for one in now.history.migrations}
    folders = {path.rpartition("/")[0] for path in known}
    texts = now.revision.texts
    changed = (path for path, text in other.texts.items() if texts.get(path) != text)
    if any(path in known or is_migration(path) or path.rpartition("/")[0] in folders for path in changed):
        return True
    return any(other.texts.get(one.path) != texts.get(one.path) for one in declared)


def _brought(event: Event, base: Revision | None) -> Brought:
    """Where the last good release's migrations are all among these."""
    if base is None or event.path in base.unread:
        return "unknown"
    return "earlier" if event.path in base.texts else "release"


def _since(event: Event, base: Revision | None, *, matched: bool) -> Brought:
    if matched:
        return "earlier"
    if base is None or event.path in base.unread:
        return "unknown"
    return "edited" if event.path in base.texts else "release"


def _matched(events: Iterable[Event], others: Iterable[Event]) -> tuple[list[bool], list[Event]]:
    """For each event whether the other fold has it too, and what only the other has.

    The same deed in the same file first, then the same deed anywhere: squashed and renamed files say it again.
    """
    left, rest = list(others), list(events)
    found = [False] * len(rest)
    for same_file in (True, False):
        for place, event in enumerate(rest):
            if found[place]:
                continue
            twin = next(
                (one for one in left if one[:3] == event[:3] and not (same_file and one.path != event.path)), None
            )
            if twin is not None:
                left.remove(twin)
                found[place] = True
    return found, left


def _event(event: Event, folded: _Folded, brought: Brought) -> dict[str, Any]:
    line, text = _line(folded.revision.texts.get(event.path, ""), event.line, event.to or event.relation)
    return {
        "kind": event.kind,
        "relation": event.relation,
        "schema_name": event.schema_name,
        "to": event.to,
        "path": event.path,
        "line": line,
        "quote": text or f"{event.kind} {event.name}",
        "framework": event.framework,
        "migration": event.migration,
        "url": folded.url(event.path, line),
        "brought": brought,
        "target": folded.targets.of(event.path),
    }


def _declaration(one: Declared, now: _Folded, before: _Folded | None, base: Revision | None) -> dict[str, Any]:
    line, text = _line(now.revision.texts.get(one.path, ""), one.line, one.name)
    brought: Brought = "unknown" if base is None else "release"
    same = base is not None and base.texts.get(one.path) == now.revision.texts.get(one.path)
    if same or (before and any(_alike(old, one) for old in before.history.declared)):
        brought = "earlier"
    return {
        "relation": one.relation,
        "schema_name": one.schema_name,
        "model": one.name,
        "managed": one.managed and not doubts.adopted(now.history, now.revision.texts, one),
        "framework": one.framework,
        "path": one.path,
        "line": line,
        "quote": text or one.name,
        "url": now.url(one.path, line),
        "brought": brought,
        "target": now.targets.owning(one),
    }


def _alike(one: Declared, other: Declared) -> bool:
    """Whether both declare the same relation, in whatever class and file."""
    return (one.relation, one.schema_name) == (other.relation, other.schema_name)


def _line(text: str, number: int, name: str) -> tuple[int, str]:
    """The statement's line, counted from 1, and its words; the next line too where it only opens a bracket.

    Where a text was put together from several lines, the nearest one after its beginning that holds the name.
    """
    lines = text.split("\n")
    place = min(max(number - 1, 0), len(lines) - 1)
    near = range(place, min(place + 3, len(lines)))
    word = name.rpartition(".")[2].lower()
    place = next((one for one in near if word in lines[one].lower()), place) if number > 1 else place
    first = lines[place].strip()
    return place + 1, (" ".join(line.strip() for line in lines[place : place + 2]) if _opens(first) else first)[:QUOTE]


def _opens(line: str) -> bool:
    return line.endswith(("(", "[", "{"))


def _is(name: str, relation: str) -> bool:
    wanted, folded = relation.lower(), name.lower()
    return folded == wanted or folded.rpartition(".")[2] == wanted
