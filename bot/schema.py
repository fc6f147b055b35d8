"""`diagnose schema`: what a checkout's migrations make of the database, or what a change does to it; nothing is run."""

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playbook.evidence.unavailable import Unavailable
from playbook.schema.commands import commands
from playbook.schema.diff import effect
from playbook.schema.framework import frameworks
from playbook.schema.history import Event, History, history
from playbook.sources.checkout import checkout, origins

MOST_LISTED = 40  # relations, gaps: what a person reads in a terminal; --json has all


def of_checkout(repository: Path, revision: str, relation: str, *, as_json: bool) -> str:
    """The answer as text or JSON; raises `Unavailable` where there is no such checkout or revision."""
    read = checkout(repository, revision, lambda path: any(one.wants(path) for one in frameworks()))
    folded = history(read.texts)
    told = _told(folded, relation)
    told["gaps"] += [{"path": path, "line": None, "why": why} for path, why in read.unread.items()]
    if relation:
        _add_commits(told["events"], repository, read.commit)
    told = {"commit": read.commit, **told}
    return json.dumps(told, ensure_ascii=False) if as_json else "\n".join(_lines(told, relation))


def of_patch(text: str) -> str:
    """What the change does, as one line of JSON; names as the database would have them."""
    return json.dumps(effect(text)._asdict(), ensure_ascii=False)


def of_patch_file(file: Path) -> str:
    """The same of a file: UTF-16 where its first bytes say so (what PowerShell's `>` writes), else UTF-8 with other
    bytes replaced, since a diff holds whatever its files hold. Raises `Unavailable` where it cannot be read.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Unavailable(f"{file} cannot be read: {error.strerror}") from error
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    return of_patch(content.decode(encoding, "replace"))


def _told(folded: History, relation: str) -> dict[str, Any]:
    there = {name: event for name, event in folded.relations.items() if not relation or _is(name, relation)}
    events = folded.of(relation) if relation else folded.events
    return {
        "relations": sorted(there),
        "events": [_event(event) for event in events],
        "declared": [
            {"relation": one.relation, "model": one.name, "path": one.path, "line": one.line, "managed": one.managed}
            for one in folded.declared
            if not relation or _is(one.relation, relation)
        ],
        "gaps": [gap._asdict() for gap in folded.gaps],
    }


def _event(event: Event) -> dict[str, Any]:
    return {name: value for name, value in event._asdict().items() if value is not None}


def _add_commits(events: list[dict[str, Any]], repository: Path, commit: str) -> None:
    """To each event the commit that brought its file, and the command that runs its migration."""
    brought = origins(repository, commit, [event["path"] for event in events])
    for event in events:
        origin = brought.get(event["path"])
        event["commit"] = origin._asdict() if origin else None
        event["command"] = commands(event["framework"], event["migration"], event["path"]).migrate


def _lines(told: dict[str, Any], relation: str) -> Iterator[str]:
    yield f"At {told['commit'][:12]}:"
    if not (told["events"] or told["relations"] or told["gaps"] or told["declared"]):
        yield "No migration and no model of a framework that is known here was found" + (
            f" that names {relation}." if relation else "."
        )
    elif relation:
        there = ", ".join(told["relations"])
        known = " as far as they could be read" if told["gaps"] else ""
        yield f"{there or relation} {'is there' if there else 'is not there'} once every migration has run{known}."
        yield from (_said(event) for event in told["events"])
        yield from (f"  declared by {one['model']} ({one['path']}:{one['line']})" for one in told["declared"])
        command = told["events"][-1]["command"] if told["events"] else None
        if command:
            yield f"  To run the last of them: {command}"
        if not told["events"]:
            yield "  No migration that could be read creates, drops or renames it."
    else:
        yield f"{len(told['relations']):,} relations once every migration has run:"
        yield from (f"  {name}" for name in told["relations"][:MOST_LISTED])
        yield from _more(told["relations"])
    if told["gaps"]:
        yield "What could not be read, or only by running it:"
        yield from (
            f"  {gap['path']}{':' + str(gap['line']) if gap['line'] else ''}: {gap['why']}"
            for gap in told["gaps"][:MOST_LISTED]
        )
        yield from _more(told["gaps"])


def _said(event: dict[str, Any]) -> str:
    to = f" to {event['to']}" if "to" in event else ""
    origin = event.get("commit")
    since = f", {origin['commit'][:7]} {origin['message']}" if origin else ""
    return f"  {event['migration']} {event['kind']} {event['name']}{to} ({event['path']}:{event['line']}{since})"


def _more(listed: list[Any]) -> Iterator[str]:
    if len(listed) > MOST_LISTED:
        yield f"  … and {len(listed) - MOST_LISTED:,} more (--json lists all)"


def _is(name: str, relation: str) -> bool:
    """Whether a name is the relation's; one without a schema is found in every schema."""
    wanted, folded = relation.lower(), name.lower()
    return folded == wanted or ("." not in wanted and folded.rpartition(".")[2] == wanted)
