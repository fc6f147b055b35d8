"""A migration framework reads its own files and log lines and knows its own commands; one file each, found by itself.

A framework knows nothing of the others. It gets texts and gives values: nothing is run, nothing is fetched.
"""

import importlib
import pkgutil
import re
import shlex
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from playbook.evidence.logs import MigrationRun, Outcome
from playbook.schema.migrate_forms import Form
from playbook.schema.operation import Operation

Files = Mapping[str, str]
"""Texts by path, from the repository's root: those that `Framework.wants` asked for, and perhaps others."""


class Dynamic(NamedTuple):
    """Something that only running it would tell: `what` in words fit for the card, `line` counted from 1."""

    line: int
    what: str


class Migration(NamedTuple):
    """One migration, carried out after those before it.

    `name` is what the framework's command and log call it. `operations` are the database's, in their order: names as
    the database would have them, after every rename and default that came before. `unread` is the sentence of why the
    file could not be read at all (None where it could): then it may do anything.
    """

    framework: str
    name: str
    path: str
    operations: tuple[Operation, ...] = ()
    dynamic: tuple[Dynamic, ...] = ()
    unread: str | None = None


class Declared(NamedTuple):
    """A relation that code declares and queries, whether or not a migration creates it: a model, an entity.

    `name` is the class's or model's own name. `managed` is false where the framework leaves the table to others.
    `framework` is filled in by the fold.
    """

    relation: str
    name: str
    path: str
    line: int
    schema_name: str | None = None
    managed: bool = True
    framework: str = ""


class Commands(NamedTuple):
    """What to paste, in one framework; None where the framework has no such command, or none without more settings.

    `migrate` only ever goes forward, and creates no database. `state` shows what is applied. `by_hand` prints the SQL
    of the one migration, whether or not it is recorded as applied.
    """

    migrate: str | None = None
    state: str | None = None
    by_hand: str | None = None


def printed(path: str | None) -> str | None:
    """The command that prints a file whose every statement is for the way forward."""
    return f"cat {shlex.quote(path)}" if path else None


def same_name(name: str, _path: str, run: MigrationRun) -> bool:
    """Whether the log names the migration just as the fold does."""
    return run.migration == name


def same_stem(name: str, _path: str, run: MigrationRun) -> bool:
    """The same but for the file's ending: what is written in TypeScript runs, and is logged, as JavaScript."""
    return run.migration is not None and ENDING.sub("", run.migration) == ENDING.sub("", name)


ENDING = re.compile(r"\.[cm]?[jt]s$")


class Framework(NamedTuple):
    """`wants` says by its path alone whether a file may be one of this framework's migrations or declarations.

    `migrations` gives them in the order in which the framework itself would run them on an empty database, and
    `declared` what models there are; both take every file that is wanted, never raise, and are bounded in time for
    hostile ones: a file that cannot be read becomes a migration with `unread`.

    `commands` takes a migration's name and path, or None twice for all that are pending. Names come from outside: each
    is quoted for the shell before it becomes part of a command.

    `forms` are the lines of its migrate command's log, tried in their order; `early` the outcomes that such a line
    tells before they are sure, because it is written before the work is done. `is_of` says of a migration (its name
    and path) whether a logged run is its own. `words`, in lower case, tell that a line or a service is its migrate
    command's even where no form fits, `code` that its own code stands in a stack trace, and `drivers`, in lower case,
    that a database frame of an application belongs to it.

    `projects` tells, by the path of its settings, the folder of each project whose parts all migrate one database; None
    where the migrations of a folder are for one database, of whatever is in it. `modular` says that parts of an
    application keep folders of migrations of their own, which run with those of the application around them. `routed`
    says of the text of a project's settings whether they decide which migration reaches which database, and `adopts` of
    a migration's text whether it takes the table of a model of that name for being there already.
    """

    name: str
    wants: Callable[[str], bool]
    migrations: Callable[[Files], tuple[Migration, ...]]
    declared: Callable[[Files], tuple[Declared, ...]] = lambda _files: ()
    commands: Callable[[str | None, str | None], Commands] = lambda _name, _path: Commands()
    forms: tuple[Form, ...] = ()
    early: frozenset[Outcome] = frozenset()
    is_of: Callable[[str, str, MigrationRun], bool] = same_name
    words: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()
    projects: Callable[[Files], Mapping[str, str]] | None = None
    modular: bool = False
    routed: Callable[[str], bool] = lambda _text: False
    adopts: Callable[[str, str], bool] = lambda _text, _model: False


@cache
def frameworks() -> tuple[Framework, ...]:
    """Every framework there is, by name: each file in `frameworks/` with a `framework` in it."""
    from playbook.schema import frameworks as folder  # noqa: PLC0415 - its files import this one

    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    modules = [importlib.import_module(f"{folder.__name__}.{name}") for name in names]
    return tuple(module.framework for module in modules if hasattr(module, "framework"))


def framework_named(name: str | None) -> Framework | None:
    """The framework of that name; None for none of them (`sql`, `models`, `job`)."""
    return next((one for one in frameworks() if one.name == name), None)
