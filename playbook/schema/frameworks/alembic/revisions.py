"""The revisions of a repository: which file is which, and the order in which `alembic upgrade heads` runs them.

https://github.com/sqlalchemy/alembic/blob/main/alembic/script/revision.py
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from playbook.schema.framework import Dynamic, Files
from playbook.schema.frameworks.alembic import values
from playbook.schema.frameworks.alembic.evaluate import Budget, Evaluator
from playbook.schema.frameworks.alembic.source import LONGEST, Library, Source, read
from playbook.schema.frameworks.alembic.values import Plain
from playbook.schema.unread import Unread

ENVIRONMENT = "env.py"


class Revision(NamedTuple):
    """One version file; `down` and `depends` are what it names, `source` None where it could not be read."""

    path: str
    name: str
    down: tuple[str, ...] = ()
    depends: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    dynamic: tuple[Dynamic, ...] = ()
    source: Source | None = None
    unread: str | None = None


def revisions(files: Files, library: Library) -> list[Revision]:
    """The version files among these, in the order of their paths."""
    found = (_revision(path, files[path], library) for path in sorted(files))
    return [revision for revision in found if revision is not None]


def _revision(path: str, text: str, library: Library) -> Revision | None:
    """Alembic takes every file that has a `revision`: `Script._from_path` in alembic/script/base.py."""
    file = path.rpartition("/")[2]
    if not file.endswith(".py") or file.startswith(("__init__", ".#")) or "revision" not in text:
        return None
    if len(text) > LONGEST:
        return _unread(path, text, f"it is longer than {LONGEST:,} characters")
    source = library.of(path)
    if source is None:
        return _unread(path, text, _why(path, text))
    if "revision" not in source.constants or not {"upgrade", "down_revision"} & {
        *source.functions,
        *source.constants,
        *source.imports,
    }:
        return None
    see = Evaluator(source, {}, Budget(), library)
    dynamic: list[Dynamic] = []

    def names(variable: str) -> tuple[str, ...]:
        expression = source.constants.get(variable)
        value = see.value(expression)
        if expression is None or value == Plain(None):
            return ()
        several = values.elements(value)
        texts = [values.name(one) for one in (several if several is not None else (value,))]
        if None in texts:
            dynamic.append(Dynamic(expression.lineno, f"its {variable} is computed: its place is not known"))
        return tuple(text for text in texts if text is not None)

    name = next(iter(names("revision")), path.rpartition("/")[2].removesuffix(".py"))
    down, depends, labels = names("down_revision"), names("depends_on"), names("branch_labels")
    return Revision(path, name, down, depends, labels, tuple(dynamic), source)


def _unread(path: str, text: str, why: str) -> Revision | None:
    """A file that cannot be parsed is taken for a revision where it speaks of what only they have."""
    if "down_revision" not in text:
        return None
    return Revision(path, path.rpartition("/")[2].removesuffix(".py"), unread=why)


def _why(path: str, text: str) -> str:
    try:
        read(path, text)
    except Unread as error:
        return str(error.args[0])
    return "its Python could not be parsed"


def lines(found: Iterable[Revision], files: Files) -> list[list[Revision]]:
    """The revisions that one `alembic upgrade heads` runs: those below one `env.py`, or that name each other.

    Where folders below one `env.py` hold the same ids, each is a line of its own: `env.py` picks one of them.
    """
    environments = {path.removesuffix(ENVIRONMENT) for path in files if path.rpartition("/")[2] == ENVIRONMENT}
    groups: dict[str, list[Revision]] = {}
    for root, group in _grouped(found, lambda path: _root(path, environments)).items():
        names = [revision.name for revision in group]
        folders = _grouped(group, lambda path: path.rpartition("/")[0])
        groups.update({root: group} if len(set(names)) == len(names) else folders)
    owners: dict[str, set[str]] = {}
    for root, group in groups.items():
        for revision in group:
            owners.setdefault(revision.name, set()).add(root)
    joined = {root: root for root in groups}
    for root, group in groups.items():
        for wanted in {one for revision in group for one in (*revision.down, *revision.depends)}:
            elsewhere = owners.get(wanted, {root})
            if root not in elsewhere and len(elsewhere) == 1:
                old, new = joined[root], joined[next(iter(elsewhere))]
                joined = {key: new if value == old else value for key, value in joined.items()}
    result: dict[str, list[Revision]] = {}
    for root, group in groups.items():
        result.setdefault(joined[root], []).extend(group)
    return [sorted(group, key=lambda one: one.path) for group in result.values()]


def _grouped(found: Iterable[Revision], key: Callable[[str], str]) -> dict[str, list[Revision]]:
    groups: dict[str, list[Revision]] = {}
    for revision in found:
        groups.setdefault(key(revision.path), []).append(revision)
    return groups


def _root(path: str, environments: set[str]) -> str:
    folder = path.rpartition("/")[0]
    above = folder
    while above and f"{above}/" not in environments:
        above = above.rpartition("/")[0]
    return f"{above}/" if above or "" in environments else folder


def ordered(line: list[Revision]) -> list[Revision]:
    """The line in Alembic's order; what it would refuse to run is said with the revision, which comes last."""
    known = {revision.name: revision for revision in line}
    labels = {label: revision.name for revision in line for label in revision.labels}
    unread = any(revision.unread is not None for revision in line)
    below: dict[str, list[str]] = {}
    told: dict[str, tuple[Dynamic, ...]] = {}
    for revision in line:
        depends = [labels.get(one, one) for one in revision.depends]
        wanted = dict.fromkeys([*revision.down, *depends])
        below[revision.name] = [one for one in wanted if one in known and one != revision.name]
        missing = [one for one in wanted if one not in known]
        if missing and not unread:
            told[revision.name] = (Dynamic(1, f"follows {', '.join(missing)}, of which there is no file"),)
    doubled = [one for one in line if known[one.name] is not one]
    names = _sorted(below)
    rest = [name for name in below if name not in set(names)]
    for name in rest:
        told[name] = (*told.get(name, ()), Dynamic(1, "is part of a circle of revisions, which Alembic refuses"))
    result = [known[name]._replace(dynamic=(*known[name].dynamic, *told.get(name, ()))) for name in [*names, *rest]]
    twice = "has the id of another file, which Alembic takes in its stead"
    return [*result, *(one._replace(dynamic=(*one.dynamic, Dynamic(1, twice)), source=None) for one in doubled)]


def _sorted(below: dict[str, list[str]]) -> list[str]:
    """From the heads down, one branch at a time, a revision when all that build on it are done; turned around.

    `RevisionMap._topological_sort`: it leaves a branch for the first head that builds on where it stands.
    """
    ancestors = _ancestors(below)
    place = {name: bit for bit, name in enumerate(ancestors)}
    built_on = {name for names in below.values() for name in names}
    heads = [name for name in below if name in ancestors and name not in built_on]
    todo, result, at = set(ancestors), [], 0
    while heads:
        name = heads[at]
        other = next((one for one, head in enumerate(heads) if one != at and ancestors[head] >> place[name] & 1), None)
        if other is not None:
            at = other
            continue
        result.append(name)
        todo.discard(name)
        more = [one for one in below[name] if one in todo and one not in heads]
        if more:
            heads[at] = more[0]
            heads += more[1:]
        else:
            del heads[at]
            at = max(at - 1, 0)
    return result[::-1]


def _ancestors(below: dict[str, list[str]]) -> dict[str, int]:
    """For each revision the set of itself and all that it builds on, as bits; those in a circle are left out."""
    above: dict[str, list[str]] = {name: [] for name in below}
    waiting = {name: len(names) for name, names in below.items()}
    for name, names in below.items():
        for one in names:
            above[one].append(name)
    ready = [name for name, count in waiting.items() if not count]
    found: dict[str, int] = {}
    while ready:
        name = ready.pop()
        found[name] = 1 << len(found)
        for one in below[name]:
            found[name] |= found[one]
        for one in above[name]:
            waiting[one] -= 1
            if not waiting[one]:
                ready.append(one)
    return found
