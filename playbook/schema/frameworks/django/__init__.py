"""Django's migrations, in the order and with the names that Django itself would give, and the models of the code.

https://docs.djangoproject.com/en/5.2/topics/migrations/
"""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from playbook.schema.framework import Dynamic, Files, Framework, Migration
from playbook.schema.frameworks.django import apps, settings
from playbook.schema.frameworks.django.custom import OPERATIONS
from playbook.schema.frameworks.django.declared import declared, is_models
from playbook.schema.frameworks.django.file import Source, read
from playbook.schema.frameworks.django.fold import Fold, run
from playbook.schema.frameworks.django.graph import Node, plan
from playbook.schema.frameworks.django.migrate_command import FORMS, commands
from playbook.schema.frameworks.django.settings import Settings, is_settings
from playbook.schema.frameworks.django.state import App

MIGRATION = re.compile(r"(?:^|/)\w*migrations?\w*/(?:\w+/)?[^/_~][^/]*\.py$")
"""Where migrations lie: in `migrations/`, or in a folder that `MIGRATION_MODULES` names."""


def wants(path: str) -> bool:
    """Migrations, models, app configurations and settings."""
    if not path.endswith(".py"):
        return False
    return path.rpartition("/")[2] == "apps.py" or any(
        fits(path) for fits in (is_models, is_settings, MIGRATION.search)
    )


def migrations(files: Files) -> tuple[Migration, ...]:
    """What each migration does, as Django would run them on an empty database. Names are `app.0001_name`."""
    with _no_collector():
        return _folded(files, settings.read(files))


def _folded(files: Files, given: Settings) -> tuple[Migration, ...]:
    sources, paths = _sources(files, given)
    folded = {app: App(app[1], app[0], {}) for app in {(node.folder, node.label) for node in sources}}
    by_folder = {app.folder: app for app in folded.values()}
    by_label: dict[str, list[str]] = {}
    for app in by_folder.values():
        by_label.setdefault(app.label or "", []).append(app.folder)

    @cache
    def place(label: str, folder: str) -> str | None:
        return apps.nearest(folder, by_label.get(label, ()))

    ordered = plan(sources, place)
    found = []
    for node in ordered.order:
        source = sources[node]
        app = by_folder[node.folder]

        def named(label: str, folder: str = node.folder) -> App | None:
            nearest = place(label, folder)
            return by_folder[nearest] if nearest is not None else None

        found.append(
            _migration(node, source, paths[node], Fold(source, app, named, given), ordered.dynamic.get(node, ()))
        )
    return tuple(found)


def adopts(text: str, model: str) -> bool:
    """Whether only the state learns of the model, since its table is there already
    (https://docs.djangoproject.com/en/5.2/ref/migration-operations/#separatedatabaseandstate)."""
    created = re.compile(rf"\bCreateModel\([^\"']{{0,200}}[\"']{re.escape(model)}[\"']", re.IGNORECASE)
    return "state_operations" in text and created.search(text) is not None


@contextmanager
def _no_collector() -> Iterator[None]:
    """Syntax trees hold no circles, and looking for some among a million nodes takes as long as parsing them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _migration(node: Node, source: Source, path: str, fold: Fold, dynamic: tuple[Dynamic, ...]) -> Migration:
    name = f"{node.label}.{node.name}" if node.label else node.name
    if source.unread is not None:
        return Migration("django", name, path, unread=source.unread)
    try:
        for step in source.steps:
            run(fold, step, OPERATIONS)
    except RecursionError:
        return Migration("django", name, path, unread="its Python is nested too deeply")
    return Migration("django", name, path, tuple(fold.operations), (*dynamic, *source.dynamic, *fold.dynamic))


def _sources(files: Files, given: Settings) -> tuple[dict[Node, Source], dict[Node, str]]:
    """Every migration file as it is written, by its app and name, and where each lies."""
    by_folder: dict[str, dict[str, Source]] = {}
    paths: dict[tuple[str, str], str] = {}
    labels = apps.configured(files, given)
    for path, text in files.items():
        place = apps.app_of_migration(path, given.modules)
        source = read(text, given.vendor, given.swaps) if place else None
        if place is None or source is None:
            continue
        folder, label, name = place
        by_folder.setdefault(folder, {})[name] = source
        paths[folder, name] = path
        if label:
            labels[folder] = label
    nodes = {}
    for folder, sources in by_folder.items():
        label = apps.label_of(folder, labels.get(folder), sources)
        nodes.update({Node(label or "", name, folder): source for name, source in sources.items()})
    return nodes, {node: paths[node.folder, node.name] for node in nodes}


framework = Framework(
    "django",
    wants,
    migrations,
    declared,
    commands=commands,
    forms=FORMS,
    code=("commands/migrate.py",),
    drivers=("django",),
    projects=settings.projects,
    routed=settings.routed,
    adopts=adopts,
)
