"""Which commit to look at first: weighs what a change touches against the subject of the error.

A commit is never accused by its age or its author; only by what it touches. Sentry's own suspect commits go by file
name alone and are known to err (https://github.com/getsentry/sentry/issues/78300).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Self

from playbook.evidence.changes import Commit, FileChange, PullRequest, SchemaChange, Struck
from playbook.evidence.instant import clock, lasting
from playbook.evidence.releases import CLOCK_SKEW

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
    r"|(?:^|/)(?:test_[^/]*|tests?\.py|[^/]*_(?:test|spec)\.\w+|[^/]*\.(?:test|spec)\.\w+|conftest\.py)$"
    r"|\.(?:md|rst|txt|adoc)$",
    re.IGNORECASE,
)
SPEAKS_OF_SCHEMA = re.compile(r"migrat|\btables?\b|schema|\bmodels?\b|\bDDL\b", re.IGNORECASE)

LONGEST = 200_000
"""Characters of a patch or a message that are searched for a name."""


class Candidate(NamedTuple):
    """A commit with its whole message, whether it merges others, and its files where they were asked for."""

    commit: Commit
    message: str
    merge: bool = False
    files: tuple[FileChange, ...] = ()

    def with_files(self, files: tuple[FileChange, ...]) -> Self:
        commit = self.commit.model_copy(update={"files": tuple(file.path for file in files)})
        return self._replace(commit=commit, files=files)

    def with_pull(self, pull: PullRequest | None) -> Self:
        return self._replace(commit=self.commit.model_copy(update={"pull": pull})) if pull else self


def strike(candidates: Iterable[Candidate], onset: datetime | None) -> tuple[tuple[Candidate, ...], tuple[Struck, ...]]:
    """Those that were there when the trouble began, and the others with the reason why they cannot be guilty.

    A commit that is younger than the trouble was not in what ran then, whatever the release says now: a version can
    be built again, and its commits can be set again (https://github.com/getsentry/sentry/issues/80912).
    """
    guilty: list[Candidate] = []
    struck: list[Struck] = []
    for one in candidates:
        commit = one.commit
        if onset is None or commit.at is None or commit.at <= onset + CLOCK_SKEW:
            guilty.append(one)
            continue
        late = lasting((commit.at - onset).total_seconds())
        reason = f"committed {clock(commit.at)}, {late} after the trouble began"
        struck.append(Struck(what=f"{commit.sha[:7]} {commit.message}".strip(), reason=reason, url=commit.url))
    return tuple(guilty), tuple(struck)


def most_telling(candidates: Sequence[Candidate], relation: str | None, most: int) -> list[Candidate]:
    """The commits to read whole, by what their messages say; of equals the newer. Merges tell nothing of their own."""
    own = [one for one in reversed(candidates) if not one.merge] or list(reversed(candidates))
    return sorted(own, key=lambda one: -weigh_message(one.message, relation))[:most]


def suspects(
    candidates: Sequence[Candidate], changes: Sequence[SchemaChange], relation: str | None, failing_file: str | None
) -> tuple[Commit, ...]:
    """The commits that touch migrations, models, the failing file or the relation, most telling first.

    Of a commit whose files were not read only a message that names the relation counts. A merge without files of its
    own is no suspect: what it merges is.
    """
    weighed = []
    for one in candidates:
        if one.merge and not one.files:
            continue
        by_files = weigh_files(one.files, changes, relation, failing_file)
        named = MENTION if mentions(one.message, relation) else 0
        if by_files or (named and not one.files):
            weighed.append((by_files + named, one.commit))
    return tuple(commit for _, commit in sorted(weighed, key=lambda pair: -pair[0]))


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
