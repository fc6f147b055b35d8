"""The tables that models declare.

https://docs.djangoproject.com/en/5.2/topics/db/models/; which options a model inherits: django/db/models/base.py
(`ModelBase.__new__`): an abstract parent's `Meta` where it has none of its own, but never `abstract` itself.
"""

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from playbook.evidence.suspects import is_aside
from playbook.schema.framework import Declared, Files
from playbook.schema.frameworks.django import apps, settings
from playbook.schema.frameworks.django.names import default_table, link_table, split
from playbook.schema.python import argument, name_of, owner_of, tree
from playbook.schema.python_text import exact
from playbook.schema.unread import Unread

PATH = re.compile(r"(?:^|/)(?:\w*models\.py|models/(?:\w+/)*\w+\.py)$")
LONGEST = 1_000_000
"""Characters of one file."""

DEEPEST = 20
"""How many parents, one above the other, are followed."""

OF_USERS = {"AbstractUser": ("groups", "user_permissions"), "PermissionsMixin": ("groups", "user_permissions")}
"""Many-to-many fields of Django's own abstract models (django/contrib/auth/models.py)."""

OTHERS = ("pydantic", "sqlmodel", "sqlalchemy", "tortoise", "peewee", "mongoengine", "ninja", "rest_framework")
"""Packages whose classes are called models too."""

TREES = ("MP_Node", "NS_Node", "AL_Node", "Page", "Orderable")
"""Abstract or concrete parents from widely used packages whose name does not say `Model` (treebeard, wagtail)."""


FALSE = ast.Constant(value=False)


class Class(NamedTuple):
    """A class of a models file; `imports` gives the module from which each imported name of its file comes."""

    node: ast.ClassDef
    path: str
    imports: dict[str, str]


Options = dict[str, ast.expr]


def is_models(path: str) -> bool:
    """Whether the file holds models, by its name."""
    return bool(PATH.search(path))


def declared(files: Files) -> tuple[Declared, ...]:
    """Every model with a table, and the automatic tables of its many-to-many fields, as `Model.field`."""
    wanted = {path: text for path, text in files.items() if is_models(path) and not is_aside(path)}
    classes = [one for path, text in wanted.items() for one in _classes(path, text)]
    if not classes:
        return ()
    given = settings.read(files)
    return tuple(_Models(classes, _labels(files, given), given).declared())


def _classes(path: str, text: str) -> Iterator[Class]:
    if len(text) > LONGEST or "class " not in text:
        return
    try:
        module = tree(text)
    except Unread:
        return
    imports: dict[str, str] = {}
    left = list(reversed(module.body))
    while left:
        node = left.pop()
        if isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            imports.update({one.asname or one.name: origin for one in node.names})
        elif isinstance(node, ast.Import):
            imports.update({one.asname or one.name: one.name for one in node.names})
        elif isinstance(node, ast.If | ast.Try):
            left += reversed([*node.body, *node.orelse])
        elif isinstance(node, ast.ClassDef):
            yield Class(node, path, imports)


def _labels(files: Files, given: settings.Settings) -> dict[str, str]:
    """Labels by folder, of everything that looks like an app: it has a configuration or migrations."""
    labels = apps.configured(files, given)
    for path in files:
        folder, _, file = path.rpartition("/")
        place = apps.app_of_migration(path, given.modules)
        for app in ([folder] if file == "apps.py" else []) + ([place[0]] if place and not place[1] else []):
            labels.setdefault(app, app.rpartition("/")[2])
    return labels


class _Models:
    """All classes of the models files, by name."""

    def __init__(self, classes: list[Class], labels: dict[str, str], given: settings.Settings) -> None:
        self.classes, self.labels, self.given = classes, labels, given
        self.by_name: dict[str, list[Class]] = {}
        for one in classes:
            self.by_name.setdefault(one.node.name, []).append(one)

    def declared(self) -> Iterator[Declared]:
        for one in self.classes:
            options = self._options(one)
            if _is(options.get("abstract"), True) or not _is(options.get("proxy", FALSE), False):
                continue
            if not self._is_model(one):
                continue
            label = exact(options.get("app_label"), {}) or self._label(one.path)
            written = options.get("db_table")
            table = exact(written, {}) if written is not None else label and default_table(label, one.node.name)
            if not table or self._swapped(label, one, options):
                continue
            managed = not _is(options.get("managed"), False)
            yield self._one(one, one.node.name, table, one.node.lineno, managed)
            for field, call in self._links(one):
                name = exact(argument(call, "db_table"), {}) if call is not None else None
                line = call.lineno if call is not None and call in ast.walk(one.node) else one.node.lineno
                yield self._one(one, f"{one.node.name}.{field}", name or link_table(table, field), line, managed)

    def _one(self, one: Class, name: str, table: str, line: int, managed: bool) -> Declared:
        schema, bare = split(table)
        return Declared(bare, name, one.path, line, schema, managed)

    def _label(self, path: str) -> str | None:
        """Of the app that holds the file: the nearest folder above it that looks like one, else the models' own."""
        folder = path.rpartition("/")[0]
        above = folder
        while above:
            if above in self.labels:
                return self.labels[above]
            above = above.rpartition("/")[0]
        own = re.sub(r"(?:^|/)models(?:/.*)?$", "", folder)
        return own.rpartition("/")[2] or None

    def _swapped(self, label: str | None, one: Class, options: Options) -> bool:
        setting = exact(options.get("swappable"), {})
        chosen = self.given.swaps.get(setting) if setting else None
        return chosen is not None and chosen.lower() != f"{label}.{one.node.name}".lower()

    def _parent(self, one: Class, base: ast.expr) -> Class | None:
        """The class among the files that a base means: of the same file, else of the module it is imported from."""
        found = [other for other in self.by_name.get(name_of(base), ()) if other.node is not one.node]
        same = [other for other in found if other.path == one.path]
        if same:
            return same[-1]
        module = one.imports.get(owner_of(base) or name_of(base), "").strip(".").replace(".", "/")
        fits = [other for other in found if module and f"/{other.path}".removesuffix(".py").endswith(f"/{module}")]
        return fits[0] if fits else found[0] if len(found) == 1 else None

    def _is_model(self, one: Class, depth: int = DEEPEST) -> bool:
        return depth > 0 and any(self._makes_model(one, base, depth) for base in one.node.bases)

    def _makes_model(self, one: Class, base: ast.expr, depth: int) -> bool:
        name, owner = name_of(base), owner_of(base)
        origin = one.imports.get(owner or name, "")
        if name == "Model" and (owner == "models" or "models" in origin):
            return origin.startswith("django") or not origin or "models" in origin
        parent = self._parent(one, base)
        if parent is not None:
            return self._is_model(parent, depth - 1)
        if origin.startswith(OTHERS) or not name:
            return False
        known = name in TREES or name in OF_USERS or name.endswith("Model") or name.startswith("Abstract")
        return (known and any("django" in module for module in one.imports.values())) or _has_fields(one.node)

    def _options(self, one: Class, depth: int = DEEPEST) -> Options:
        """`Meta` with what it inherits."""
        meta = next((node for node in one.node.body if isinstance(node, ast.ClassDef) and node.name == "Meta"), None)
        own = dict(_assigned(meta)) if meta else {}
        inherited: Options = {}
        if depth > 0:
            for base in (
                [part.value for part in meta.bases if isinstance(part, ast.Attribute)] if meta else one.node.bases
            ):
                parent = self._parent(one, base)
                options = self._options(parent, depth - 1) if parent is not None else {}
                if parent is not None and (meta or _is(options.get("abstract"), True)):
                    inherited = {**options, **inherited}
        inherited.pop("abstract", None)
        return {**inherited, **own}

    def _links(self, one: Class, depth: int = DEEPEST) -> Iterator[tuple[str, ast.Call | None]]:
        """Automatic many-to-many fields, its own and those of its abstract parents."""
        for field, value in _assigned(one.node):
            if isinstance(value, ast.Call) and name_of(value).endswith("ManyToManyField"):
                through = argument(value, "through")
                if through is None or _is(through, None):
                    yield field, value
        for base in one.node.bases if depth > 0 else ():
            parent = self._parent(one, base)
            if parent is not None and _is(self._options(parent).get("abstract"), True):
                yield from self._links(parent, depth - 1)
            elif parent is None:
                yield from ((field, None) for field in OF_USERS.get(name_of(base), ()))


def _assigned(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for one in node.body:
        if isinstance(one, ast.Assign):
            yield name_of(one.targets[0]), one.value
        elif isinstance(one, ast.AnnAssign) and one.value is not None:
            yield name_of(one.target), one.value


def _has_fields(node: ast.ClassDef) -> bool:
    values = [value for _, value in _assigned(node) if isinstance(value, ast.Call)]
    return any(owner_of(one) == "models" and name_of(one).endswith(("Field", "ForeignKey")) for one in values)


def _is(node: ast.expr | None, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value
