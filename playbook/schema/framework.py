"""A migration framework reads its own files and says what they do to the database; one file each, found by itself.

A framework knows nothing of the others. It gets texts and gives values: nothing is run, nothing is fetched.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

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


class Framework(NamedTuple):
    """`wants` says by its path alone whether a file may be one of this framework's migrations or declarations.

    `migrations` gives them in the order in which the framework itself would run them on an empty database, and
    `declared` what models there are; both take every file that is wanted, never raise, and are bounded in time for
    hostile ones: a file that cannot be read becomes a migration with `unread`.
    """

    name: str
    wants: Callable[[str], bool]
    migrations: Callable[[Files], tuple[Migration, ...]]
    declared: Callable[[Files], tuple[Declared, ...]] = lambda _files: ()


@cache
def frameworks() -> tuple[Framework, ...]:
    """Every framework there is, by name: each file in `frameworks/` with a `framework` in it."""
    from playbook.schema import frameworks as folder  # noqa: PLC0415 - its files import this one

    names = sorted(module.name for module in pkgutil.iter_modules(folder.__path__))
    modules = [importlib.import_module(f"{folder.__name__}.{name}") for name in names]
    return tuple(module.framework for module in modules if hasattr(module, "framework"))
