"""Liquibase: change sets in the order of the changelog that nothing else includes; a rollback never runs forward.

https://docs.liquibase.com/concepts/changelogs/home.html. What contexts, labels, an undecided precondition or the
kind of database decide is said to be dynamic (https://docs.liquibase.com/concepts/changelogs/preconditions.html).
"""

import re
from collections.abc import Iterator

from playbook.schema import sql
from playbook.schema.framework import Dynamic, Files, Framework, Migration
from playbook.schema.frameworks.liquibase.changelog import ChangeSet, change_sets
from playbook.schema.frameworks.liquibase.changes import Told, carry_out
from playbook.schema.frameworks.liquibase.migrate_command import FORMS, commands, is_of
from playbook.schema.sql_files import folder, is_used
from playbook.schema.unread import Unread

PATH = re.compile(
    r"(?:changelog|changeset|liquibase|changes?/|db\.change)[^\n]*\.(?:sql|xml|ya?ml|json)$", re.IGNORECASE
)
DEEPEST = 50
"""Includes within includes: a changelog that includes itself is left there."""

Parsed = dict[str, "tuple[ChangeSet, ...] | str"]
"""Change sets by path, or the sentence of why the file could not be read."""


def _wants(path: str) -> bool:
    return bool(PATH.search(path)) and is_used(path)


def _migrations(files: Files) -> tuple[Migration, ...]:
    parsed: Parsed = {}
    for path, text in sorted(files.items()):
        try:
            found = change_sets(path, text)
        except Unread as unread:
            parsed[path] = str(unread.args[0])
        else:
            if found is not None:
                parsed[path] = found
    included = {
        target
        for path, sets in parsed.items()
        if not isinstance(sets, str)
        for one in sets
        if one.includes is not None
        for target in _targets(one, path, files)
    }
    roots = [path for path in parsed if path not in included] or list(parsed)[:1]
    return tuple(migration for root in roots for migration in _from(root, parsed, files))


def _from(root: str, parsed: Parsed, files: Files) -> Iterator[Migration]:
    told = Told(sql.Session(sql.dialect_of(text for path, text in files.items() if path.endswith(".sql"))), files)
    rows = list(_row(root, parsed, files))
    told.learn(one for one in rows if isinstance(one, ChangeSet))
    for one in rows:
        if isinstance(one, Migration):
            yield one
        elif not one.is_property:
            yield carry_out(one, told)


def _row(root: str, parsed: Parsed, files: Files) -> Iterator["ChangeSet | Migration"]:
    """The change sets in the order in which Liquibase comes to them; each file once."""
    stack: list[tuple[str, int]] = [(root, 0)]
    seen = {root}
    while stack:
        path, place = stack.pop()
        sets = parsed[path]
        if isinstance(sets, str):
            yield Migration("liquibase", path, path, unread=sets)
            continue
        if place >= len(sets):
            continue
        stack.append((path, place + 1))
        one = sets[place]
        if one.includes is None:
            yield one
            continue
        targets = _targets(one, path, files)
        if not targets:
            gap = Dynamic(one.line, f"it includes {one.includes}, which could not be found among the files")
            yield Migration("liquibase", path, path, dynamic=(gap,))
        if len(stack) < DEEPEST:
            for target in reversed([target for target in targets if target in parsed and target not in seen]):
                seen.add(target)
                stack.append((target, 0))


def _targets(one: ChangeSet, path: str, files: Files) -> list[str]:
    where = (one.includes or "").removeprefix("classpath*:").removeprefix("classpath:").strip("/")
    relative = one.attributes.get("relativeToChangelogFile", "").lower() == "true"
    if one.all_of:
        start = _joined(folder(path), where) if relative else where
        return sorted(name for name in files if f"/{name}".find(f"/{start}/") >= 0 and name != path)
    if relative:
        return [name for name in (_joined(folder(path), where),) if name in files]
    return found(where, path, files)


def found(where: str, near: str, files: Files) -> list[str]:
    """The file that a path on the class path means: the nearest whose path ends with it."""
    candidates = [name for name in files if name == where or name.endswith(f"/{where}")]
    return sorted(candidates, key=lambda name: (-_shared(name, near), name))[:1]


def _shared(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _joined(start: str, where: str) -> str:
    parts = start.split("/") if start else []
    for part in where.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


framework = Framework(
    "liquibase",
    _wants,
    _migrations,
    commands=commands,
    forms=FORMS,
    is_of=is_of,
    words=("liquibase",),
    code=("liquibase.exception", "liquibase.command"),
)
