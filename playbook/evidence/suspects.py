"""Which commits of a release to look at first, by what they say and which files they touch.

A commit is never accused by its age or its author; only by what it touches. Sentry's own suspect commits go by file
name alone and are known to err (https://github.com/getsentry/sentry/issues/78300).
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Self

from playbook.evidence.changes import Commit, FileChange, PullRequest

MENTION = 2
"""Points: an added or removed line, or the message, names the relation."""

HINT_IN_MESSAGE = 1
"""Points: the message speaks of migrations, tables, schemas or models."""

MIGRATION_PATH = re.compile(r"(?:^|/)(?:\w*migrat\w*|alembic|flyway|changelogs?)/", re.IGNORECASE)
ASIDE_PATH = re.compile(
    r"(?:^|/)(?:docs?|tests?|specs?|__tests__|fixtures|testdata|examples?)/"
    r"|(?:^|/)(?:test_[^/]*|tests?\.py|[^/]*_(?:test|spec)\.\w+|[^/]*\.(?:test|spec)\.\w+|conftest\.py)$"
    r"|\.(?:md|rst|txt|adoc)$",
    re.IGNORECASE,
)
SPEAKS_OF_SCHEMA = re.compile(r"migrat|\btables?\b|schema|\bmodels?\b|\bDDL\b", re.IGNORECASE)

LONGEST = 200_000
"""Characters of a message or a line that are searched for a name."""


class Candidate(NamedTuple):
    """A commit with its whole message, its parents, when its author wrote it, and its files where they were asked for.

    `cut` means that not all of its files are known.
    """

    commit: Commit
    message: str
    parents: tuple[str, ...] = ()
    authored: datetime | None = None
    files: tuple[FileChange, ...] = ()
    cut: bool = False

    @property
    def merge(self) -> bool:
        return len(self.parents) > 1

    @property
    def short(self) -> str:
        return self.commit.short

    @property
    def named(self) -> str:
        return self.commit.named

    @property
    def running(self) -> tuple[FileChange, ...]:
        """Its files that run in production."""
        return tuple(file for file in self.files if not is_aside(file.path))

    def with_files(self, files: tuple[FileChange, ...], cut: bool = False) -> Self:
        commit = self.commit.model_copy(update={"files": tuple(file.path for file in files)})
        return self._replace(commit=commit, files=files, cut=cut)

    def with_pull(self, pull: PullRequest | None) -> Self:
        return self._replace(commit=self.commit.model_copy(update={"pull": pull})) if pull else self


def most_telling(candidates: Sequence[Candidate], relation: str | None, most: int) -> list[Candidate]:
    """The commits to read whole, by what their messages say; of equals the newer. Merges tell nothing of their own."""
    own = [one for one in reversed(candidates) if not one.merge] or list(reversed(candidates))
    return sorted(own, key=lambda one: -weigh_message(one.message, relation))[:most]


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
