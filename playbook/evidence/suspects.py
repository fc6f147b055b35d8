"""Which commit to look at first: weighs what a change touches against the subject of the error.

A commit is never accused by its age or its author; only by what it touches. Sentry's own suspect commits go by file
name alone and are known to err (https://github.com/getsentry/sentry/issues/78300).
"""

import re
from collections.abc import Iterable

from playbook.evidence.changes import FileChange, SchemaChange

OF_RELATION = 8
"""Points: a statement that creates, drops, renames or declares the very relation; more than all else together."""

MIGRATION, DECLARES, FAILING_FILE, MENTION = 3, 2, 2, 2
"""Points: touches a migration; declares some table; touches the file that failed; an added or removed line, or the
message, names the relation."""

HINT_IN_MESSAGE = 1
"""Points: the message speaks of migrations, tables, schemas or models."""

MIGRATION_PATH = re.compile(r"(?:^|/)(?:\w*migrat\w*|alembic|flyway|changelogs?)/", re.IGNORECASE)
ASIDE_PATH = re.compile(
    r"(?:^|/)(?:docs?|tests?|specs?|__tests__|fixtures|testdata|examples?)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_(?:test|spec)\.\w+|[^/]*\.(?:test|spec)\.\w+|conftest\.py)$"
    r"|\.(?:md|rst|txt|adoc)$",
    re.IGNORECASE,
)
SPEAKS_OF_SCHEMA = re.compile(r"migrat|\btables?\b|schema|\bmodels?\b|\bDDL\b", re.IGNORECASE)

LONGEST = 200_000
"""Characters of a patch or a message that are searched for a name."""


def is_migration(path: str) -> bool:
    """Whether the file lies where frameworks keep their migrations."""
    return bool(MIGRATION_PATH.search(path)) and not is_aside(path)


def is_aside(path: str) -> bool:
    """Whether the file is documentation or test: it does not run in production."""
    return bool(ASIDE_PATH.search(path))


def mentions(text: str, name: str | None) -> bool:
    """Whether the text holds the name as a word of its own, in any case (`orders`, not `orders_items`)."""
    if not name:
        return False
    return bool(re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", text[:LONGEST], re.IGNORECASE))


def same_file(path: str, filename: str | None) -> bool:
    """Whether a frame's file is the repository's: one path ends with the other, at a slash.

    Frames are relative to the code's root in the container, the repository may keep the code below a folder.
    """
    if not filename:
        return False
    ours, theirs = path.strip("./"), filename.replace("\\", "/").strip("./")
    longer, shorter = (ours, theirs) if len(ours) >= len(theirs) else (theirs, ours)
    return bool(shorter) and (longer == shorter or longer.endswith("/" + shorter))


def weigh_message(message: str, relation: str | None) -> int:
    """What the message alone is worth; used to choose which commits to read whole."""
    named = MENTION if mentions(message, relation) else 0
    words = [word for word in re.split(r"[_\W]+", relation or "") if len(word) > 3]  # noqa: PLR2004 - tells
    partly = HINT_IN_MESSAGE if any(re.search(re.escape(word), message[:LONGEST], re.I) for word in words) else 0
    return named + partly + (HINT_IN_MESSAGE if SPEAKS_OF_SCHEMA.search(message[:LONGEST]) else 0)


def weigh_files(
    files: Iterable[FileChange], changes: Iterable[SchemaChange], relation: str | None, failing_file: str | None
) -> int:
    """What the touched files are worth, in points; 0 where only documentation and tests were touched."""
    running = [file for file in files if not is_aside(file.path)]
    paths = {file.path for file in running}
    points = MIGRATION if any(is_migration(path) for path in paths) else 0
    touching = [change for change in changes if change.path in paths]
    if any(relation and relation.lower() in _names(change) for change in touching):
        points += OF_RELATION
    points += DECLARES if any(change.kind == "models" for change in touching) else 0
    points += FAILING_FILE if any(same_file(path, failing_file) for path in paths) else 0
    return points + (MENTION if any(mentions(changed_lines(file.patch), relation) for file in running) else 0)


def changed_lines(patch: str | None) -> str:
    """The added and removed lines of a patch."""
    return "\n".join(line[1:] for line in (patch or "")[:LONGEST].split("\n") if line[:1] in ("+", "-"))


def _names(change: SchemaChange) -> tuple[str, ...]:
    return tuple(name.lower() for name in (change.relation, change.to) if name)
