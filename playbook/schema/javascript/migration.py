"""A file with a forward function becomes a migration, for Knex and Sequelize, whose migrations are such files."""

import re
from collections.abc import Callable, Iterable, Sequence

from playbook.schema.framework import Files, Migration
from playbook.schema.javascript.modules import Modules, is_code
from playbook.schema.javascript.recorder import Recorder
from playbook.schema.javascript.run import Run
from playbook.schema.javascript.values import UNKNOWN, Class, Function, Native, Value
from playbook.schema.unread import Unread

FOLDER = re.compile(r"(?:^|/)[^/]*migrat[^/]*/", re.IGNORECASE)
ASIDE = re.compile(r"\.(?:test|spec)\.\w+$|(?:^|/)(?:__tests__|node_modules|dist)/")
CONSTANTS = re.compile(
    r"(?:^|/)(?:constants?|enums?|tables?|table[-_]?names?|schemas?)(?:/(?:index|models|\w*tables?\w*))?\.(?:[cm]?[jt]s)$",
    re.IGNORECASE,
)
"""Files that names of tables are kept in; migrations import them."""


def may_be_migration(path: str) -> bool:
    """Whether it lies where migrations are kept."""
    return is_code(path) and FOLDER.search(path) is not None and ASIDE.search(path) is None


def may_name_tables(path: str) -> bool:
    """Whether it may hold constants that migrations import."""
    return is_code(path) and CONSTANTS.search(path) is not None and ASIDE.search(path) is None


def file_of(path: str) -> str:
    return path.rpartition("/")[2]


def claimed(files: Files, mark: re.Pattern[str], others: re.Pattern[str]) -> list[str]:
    """The migrations of one framework: those with its mark, and in the same folder those without any mark, which
    touch no table."""
    candidates = [path for path in files if may_be_migration(path)]
    sure = {path for path in candidates if mark.search(files[path])}
    folders = {path.rpartition("/")[0] for path in sure}
    beside = [path for path in candidates if path not in sure and path.rpartition("/")[0] in folders]
    return sorted([*sure, *(path for path in beside if not others.search(files[path]))])


Forward = Callable[[Run, Value], Sequence[Value] | None]
"""The arguments that the framework calls the forward function with."""


def carried_out(
    name: str, files: Files, paths: Iterable[str], arguments: Callable[[Recorder, Run], list[Value]]
) -> tuple[Migration, ...]:
    """The migrations in the order of these paths; a file that exports no `up` is none."""
    modules, recorder = Modules(files), Recorder()
    found = (_migration(name, path, modules, recorder, arguments) for path in paths)
    return tuple(one for one in found if one is not None)


def _migration(
    framework: str,
    path: str,
    modules: Modules,
    recorder: Recorder,
    arguments: Callable[[Recorder, Run], list[Value]],
) -> Migration | None:
    recorder.begin()
    run = Run(modules, recorder)
    try:
        forward = _forward(run, modules.exports(run, path))
        if forward is None:
            return None
        if isinstance(forward, Function | Native):
            run.call(forward, arguments(recorder, run), 1)
        else:
            recorder.unsure(1, "its forward function is made by another one, which cannot be followed")
    except (Unread, RecursionError) as error:
        why = error.args[0] if isinstance(error, Unread) else "it is too deep to follow"
        return Migration(framework, file_of(path), path, (), (), why)
    return Migration(framework, file_of(path), path, tuple(recorder.operations), tuple(recorder.dynamic))


def _forward(run: Run, exported: Value) -> Value:
    """The `up` of what the file exports, or of its default export; None where it exports none (a helper's file)."""
    for one in (exported, run.member(exported, "default") if isinstance(exported, dict) else None):
        if isinstance(one, Class):
            one = run.instance(one)  # noqa: PLW2901
        if isinstance(one, dict) and "up" in one:
            return run.member(one, "up")
        if one is UNKNOWN:
            return UNKNOWN
    return None
