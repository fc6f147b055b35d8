"""Which apps there are and what their labels are, as far as the files tell.

The label is the last part of the app's path unless its configuration says otherwise
(https://docs.djangoproject.com/en/5.2/ref/applications/#django.apps.AppConfig.label). Labels are unique within one
project; a repository may hold several projects, so an app is known by its folder and a label means the nearest one.
"""

import ast
from collections.abc import Iterable, Mapping

from playbook.schema.framework import Files
from playbook.schema.frameworks.django.file import Source
from playbook.schema.frameworks.django.settings import Settings
from playbook.schema.python import name_of, tree
from playbook.schema.python_text import exact
from playbook.schema.unread import Unread

LONGEST = 200_000
"""Characters of one `apps.py`."""

Named = Mapping[str, Source]
"""The migrations of one folder by their names."""


def app_of_migration(path: str, modules: Mapping[str, str]) -> tuple[str, str | None, str] | None:
    """The app's folder, its label where `MIGRATION_MODULES` tells it, and the migration's name; None for other files.

    Files whose name begins with `_` or `~` are not migrations (django/db/migrations/loader.py).
    """
    folder, _, file = path.rpartition("/")
    name = file.removesuffix(".py")
    if not file.endswith(".py") or name[:1] in ("_", "~", ""):
        return None
    dotted = folder.replace("/", ".")
    for module, label in modules.items():
        if dotted == module or dotted.endswith(f".{module}"):
            return folder, label, name
    app, _, last = f"/{folder}".rpartition("/")
    return (app[1:], None, name) if last == "migrations" else None


def configured(files: Files, settings: Settings) -> dict[str, str]:
    """Labels by folder, of the apps whose `apps.py` gives one other than the folder's name."""
    labels = {}
    for path, text in files.items():
        folder, _, file = path.rpartition("/")
        if file != "apps.py" or "label" not in text or len(text) > LONGEST:
            continue
        try:
            found = _label(tree(text), folder, settings)
        except Unread:
            continue
        if found:
            labels[folder] = found
    return labels


def _label(module: ast.Module, folder: str, settings: Settings) -> str | None:
    """The label of the configuration that Django would take: the one that the settings name, else the only one, else
    the one that says it is the default."""
    found = [one for one in module.body if isinstance(one, ast.ClassDef) and one.bases]
    found = [one for one in found if any("Config" in name_of(base) for base in one.bases)]
    named = [one for one in found if any(_names(entry, folder, one.name) for entry in settings.configs)]
    default = [one for one in found if (value := _assigned(one).get("default")) and _is_true(value)]
    for chosen in (named, default, found):
        if len(chosen) == 1:
            return exact(_assigned(chosen[0]).get("label"), {})
    return None


def _names(entry: str, folder: str, name: str) -> bool:
    return entry.endswith(f"{folder.rpartition('/')[2]}.apps.{name}")


def _is_true(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


def _assigned(node: ast.ClassDef) -> dict[str, ast.expr]:
    return {name_of(one.targets[0]): one.value for one in node.body if isinstance(one, ast.Assign)}


def label_of(folder: str, configured_label: str | None, sources: Named) -> str | None:
    """The app's label: as configured; else the one by which its own migrations depend on each other, where they never
    say the folder's name; else the folder's name. None at the root of the repository where nothing tells."""
    if configured_label:
        return configured_label
    own = folder.rpartition("/")[2]
    said = {key.app for source in sources.values() for key in source.dependencies}
    if own and own in said:
        return own
    inner = [
        {key.app for key in (*source.dependencies, *source.replaces) if key.name in sources}
        for name, source in sources.items()
        if name != min(sources) and source.dependencies
    ]
    agreed = set.intersection(*inner) if inner else set()
    return agreed.pop() if len(agreed) == 1 else own or None


def nearest(folder: str, folders: Iterable[str]) -> str | None:
    """Of the folders of apps with one label, the one that shares most of its path with `folder`."""
    own = folder.split("/")

    def shared(other: str) -> tuple[int, str]:
        same = 0
        for one, two in zip(own, other.split("/"), strict=False):
            if one != two:
                break
            same += 1
        return -same, other

    return min(folders, key=shared, default=None)
