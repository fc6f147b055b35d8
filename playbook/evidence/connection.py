"""What connects a commit with the error, in sentences, and which commits are suspects by it.

Points are a judgement of ours: what a commit does to the very relation outweighs everything else together.
"""

import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import NamedTuple

from playbook.evidence.changes import FileChange, SchemaChange, Suspect
from playbook.evidence.event import Event, Frame
from playbook.evidence.hunks import changed, functions_changed
from playbook.evidence.service_folder import Layout, layout
from playbook.evidence.suspects import MENTION, Candidate, is_migration, mentions, same_file

OF_RELATION = 8
"""Points: a statement that creates, drops, renames or declares the very relation; more than all else together."""

MIGRATION, DECLARES, FAILING_FILE, FUNCTION, ON_STACK = 3, 2, 2, 2, 1
"""Points: touches a migration; declares some table; touches the file that failed, a function on the stack, or another
file on the stack."""

MOST_REASONS = 5
"""Reasons of one suspect: who reads on reads the commit."""

MOST_FRAMES = 20
"""Frames of our own code that are looked for, the nearest to the error."""

LONGEST_NAME = 200
"""Characters of a path or a name in a reason."""

QUERY = re.compile(
    r"(?i:\b(?:select\b.*\bfrom|insert\s+into|update\b.*\bset|delete\s+from|join)\b)|\b(?:FROM|INTO|UPDATE) "
)
"""A line of SQL, whole or broken over lines; `from orders import Order` is none."""


class Reason(NamedTuple):
    """What speaks for a commit's part in the error, and how much."""

    points: int
    text: str


class Trouble(NamedTuple):
    """What is known of the error: the relation, where it was raised, our own frames, and our service's folder;
    `changes` is what the release does to the schema."""

    relation: str | None
    raised: str | None
    stack: tuple[Frame, ...]
    changes: tuple[SchemaChange, ...]
    layout: Layout = Layout()


def trouble(
    relation: str | None,
    event: Event | None,
    changes: tuple[SchemaChange, ...],
    files: Iterable[FileChange],
    names: Iterable[str | None],
) -> Trouble:
    """The error as `event` tells it; `files` and the service's `names` tell which folder of the repository is ours."""
    stack = tuple(frame for frame in event.frames if frame.in_app)[-MOST_FRAMES:] if event else ()
    if event and event.in_app and event.in_app not in stack:
        stack = (*stack, event.in_app)
    places = [frame.filename for frame in stack if frame.filename]
    folder = layout([file.path for file in files], places, [name for name in names if name])
    return Trouble(relation, event.in_app.filename if event and event.in_app else None, stack, changes, folder)


def suspects(candidates: Sequence[Candidate], about: Trouble) -> tuple[Suspect, ...]:
    """The commits that something connects with the error, most telling first, each with its reasons.

    Of a commit whose files were not read only a message that names the relation counts. A merge without files of its
    own is no suspect: what it merges is. What stays in folders of other services weighs half.
    """
    weighed = []
    for one in candidates:
        if one.merge and not one.files:
            continue
        found = list(reasons(one, about))
        if mentions(one.message, about.relation) and (found or not one.files):
            found.append(Reason(MENTION, f"its message names {_cut(about.relation or '')}"))
        if not found:
            continue
        points = float(sum(reason.points for reason in found))
        found = sorted(found, key=lambda reason: -reason.points)[:MOST_REASONS]
        if folder := about.layout.elsewhere(file.path for file in one.running):
            points /= 2
            found.append(Reason(0, f"it stays in {_cut(folder)}, and the error is raised in {_cut(about.layout.ours)}"))
        weighed.append((points, Suspect(commit=one.commit, reasons=tuple(reason.text for reason in found))))
    return tuple(suspect for _, suspect in sorted(weighed, key=lambda pair: -pair[0]))


def reasons(one: Candidate, about: Trouble) -> Iterator[Reason]:
    """What its files say; nothing where only documentation and tests were touched."""
    running = one.running
    told = yield from _of_schema(running, about)
    yield from _of_stack(running, about)
    for file in running:
        if file.path not in told and (named := _mention(file, about.relation)):
            yield named
            break


def is_about(change: SchemaChange, relation: str | None) -> bool:
    """Whether the change names the relation, before or after."""
    names = (change.relation, change.to or "")
    return relation is not None and relation.casefold() in [name.casefold() for name in names]


def _of_schema(files: Sequence[FileChange], about: Trouble) -> Generator[Reason, None, set[str]]:
    """Reasons by migrations and models; gives the paths that need no further word: where a migration does something to
    the relation, every migration beside it (its way back, another database's) names it too."""
    told: set[str] = set()
    migrations = [file for file in files if is_migration(file.path)]
    worth = MIGRATION if migrations else 0
    paths = {file.path for file in files}
    touching = sorted((one for one in about.changes if one.path in paths), key=lambda one: one.kind == "models")
    of_relation = [one for one in touching if is_about(one, about.relation)]
    declares = DECLARES if any(one.kind == "models" for one in of_relation) else 0
    for index, change in enumerate(of_relation):
        yield Reason(OF_RELATION + worth + declares if index == 0 else 0, _does(change))
        told.add(change.path)
        told |= {file.path for file in migrations}
    for file in migrations:
        if file.path not in told:
            verb = {"added": "brings", "removed": "deletes"}.get(file.status, "changes")
            yield Reason(worth, f"it {verb} the migration {_cut(file.path)}")
            worth = 0
    other = next((one for one in touching if one.kind == "models" and one not in of_relation), None)
    if other:
        yield Reason(0 if declares else DECLARES, _does(other))
    return told


def _of_stack(files: Sequence[FileChange], about: Trouble) -> Iterator[Reason]:
    for file in files:
        if same_file(file.path, about.raised):
            yield Reason(FAILING_FILE, f"it changes {_cut(file.path)}, where the error is raised")
        elif any(same_file(file.path, frame.filename) for frame in about.stack):
            yield Reason(ON_STACK, f"it changes {_cut(file.path)}, which is on the stack")
        else:
            continue
        names = [_last_word(frame.function) for frame in about.stack if same_file(file.path, frame.filename)]
        for name in sorted(functions_changed(file.patch, [one for one in names if one])):
            yield Reason(FUNCTION, f"it changes the function `{_cut(name)}`, which is on the stack")


def _mention(file: FileChange, relation: str | None) -> Reason | None:
    """The first line that names the relation, one that was added before one that was removed."""
    naming = [line for line in changed(file.patch) if mentions(line.text, relation)]
    if not naming:
        return None
    line = next((one for one in naming if one.added), naming[0])
    what = "a query" if QUERY.search(line.text) else "a line"
    verb, place = ("adds", f"{_cut(file.path)}:{line.number}") if line.added else ("removes", _cut(file.path))
    return Reason(MENTION, f"it {verb} {what} that names {_cut(relation or '')} ({place})")


def _does(change: SchemaChange) -> str:
    if change.kind == "models":
        return f"it declares {_cut(change.relation)} ({_place(change)})"
    to = f" to {_cut(change.to)}" if change.to else ""
    return f"its migration {change.kind} {_cut(change.relation)}{to} ({_place(change)})"


def _place(change: SchemaChange) -> str:
    return _cut(change.path) + (f":{change.line}" if change.line else "")


def _last_word(function: str | None) -> str | None:
    """`create` of `OrderView.create`, `Shop::Orders#create` and `block in create`; None of `<module>`."""
    if not function or re.fullmatch(r"<\w+>", function):
        return None
    words = re.findall(r"[\w$]+", re.sub(r"<\w+>", "", function[:500]))
    return words[-1] if words else None


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 1] + "…"
