"""Which folder of a repository of several services is ours, and which changes stay in the others.

What a deploy takes from such a repository cannot be seen, so this only ranks: a change elsewhere is less likely, never
impossible. Folders that services share are ours.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

SERVICES = frozenset({"services", "microservices"})
"""Folders whose subfolders are deployed apart, by their name alone."""

CONTAINERS = SERVICES | {"apps", "applications", "projects", "deployables", "functions", "lambdas", "cmd"}
"""Folders whose subfolders may be deployed apart: in a Django project, `apps/` holds parts of one service."""

SHARED = frozenset(
    {"lib", "libs", "library", "libraries", "package", "packages", "pkg", "shared", "common", "internal", "vendor"}
    | {"db", "database", "databases", "migrations", "migrate", "schema", "schemas", "sql", "proto", "protos", "config"}
    | {"deploy", "deployment", "infra", "infrastructure", "terraform", "charts", "helm", "k8s", "ops", "scripts"}
)
"""Folders at the top that belong to every service."""

NESTED = 2
"""Parts from which a frame's file name is taken for a place: `main.py` is everywhere."""


class Layout(NamedTuple):
    """`ours` is our service's folder, "" where the whole repository is or nothing tells."""

    ours: str = ""

    def elsewhere(self, paths: Iterable[str]) -> str | None:
        """The other service's folder, where the paths stay in folders of other services; None where any is ours,
        shared, or of nobody."""
        found = {self._other(path) for path in paths}
        return min(name for name in found if name) if found and None not in found else None

    def _other(self, path: str) -> str | None:
        if not self.ours or path == self.ours or path.startswith(self.ours + "/"):
            return None
        parent = self.ours.rpartition("/")[0]
        rest = path.removeprefix(parent + "/") if parent else path
        folder, slash, _ = rest.partition("/")
        if (parent and rest == path) or not slash or folder.startswith(".") or folder.lower() in SHARED:
            return None
        return f"{parent}/{folder}" if parent else folder


def layout(paths: Sequence[str], frames: Sequence[str], names: Iterable[str]) -> Layout:
    """Ours by what a frame's file name lacks of the repository's path, else by the frame's own path, else by name.

    `frames` are file names of our own code on the stack, `names` what the service is called.
    """
    places = [frame for frame in frames if frame.count("/") + 1 >= NESTED]
    lacking = {path.removesuffix("/" + frame) for frame in places for path in paths if path.endswith("/" + frame)}
    if len(lacking) == 1 and not set(places) & set(paths):
        return Layout(lacking.pop())
    within = {folder for frame in frames if (folder := _folder(frame, SERVICES))}
    if len(within) == 1:
        return Layout(within.pop())
    called = {_plain(name) for name in names if name}
    named = {folder for path in paths if (folder := _folder(path, CONTAINERS)) and _plain(folder) in called}
    return Layout(named.pop()) if len(named) == 1 else Layout()


def _folder(path: str, containers: frozenset[str]) -> str | None:
    parts = path.split("/")
    return "/".join(parts[:2]) if len(parts) > NESTED and parts[0].lower() in containers else None


def _plain(name: str) -> str:
    return name.rpartition("/")[2].replace("_", "-").casefold()
