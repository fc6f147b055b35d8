"""What the changed files of a release do to the schema, migrations first and within a bound."""

from collections.abc import Iterable

from playbook.evidence.changes import FileChange, SchemaChange
from playbook.evidence.suspects import is_migration
from playbook.schema.patch import read

MOST_CHARACTERS = 1_000_000
"""Of all patches together: GitHub itself sends no more of one diff
(https://docs.github.com/en/repositories/creating-and-managing-repositories/repository-limits#diff-limits)."""

WITHOUT_NEW_LINES = frozenset({"removed", "renamed", "unchanged"})
"""What GitHub calls files of which no patch is missed."""


def schema_changes(files: Iterable[FileChange]) -> tuple[tuple[SchemaChange, ...], tuple[str, ...]]:
    """The changes, and in sentences what could not be read of the files."""
    found: list[SchemaChange] = []
    unread: list[str] = []
    left = MOST_CHARACTERS
    for file in sorted(files, key=lambda file: not is_migration(file.path)):
        if file.patch is None:
            if is_migration(file.path) and file.status not in WITHOUT_NEW_LINES:
                unread.append(f"GitHub sent no patch of {file.path}")
            continue
        left -= len(file.patch)
        if left < 0:
            unread.append("the patches were too long to be read to the end")
            break
        reading = read(file.path, file.patch, file.url)
        found += reading.changes
        unread += [reading.unread] if reading.unread else []
    return tuple(found), tuple(unread)
