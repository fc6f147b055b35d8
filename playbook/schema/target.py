"""Which database a migration is for, as far as its place in the repository tells: services and tools keep apart.

A repository may hold several services, each with a database of its own, beside tests, examples and vendored copies. A
*target* is one row of migrations that one tool runs on one database: the tool and the folder, `rails:services/shop/db`.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from playbook.evidence.service_folder import CONTAINERS, SERVICES
from playbook.evidence.suspects import is_aside
from playbook.schema.framework import Declared, Files, Framework, Migration, framework_named

MIGRATIONS = re.compile(r"migrat|^(?:versions|evolutions|changelogs?|flyway|liquibase)$", re.IGNORECASE)
"""Folders in which a tool's migrations lie, with all the folders below."""

INNER = re.compile(r"migrat|^(?:alembic|changelogs?|database|db|flyway|liquibase|prisma|priv|resources|sql|src)$", re.I)
"""Folders inside a service: what is before the first of them is the service's own."""

LANGUAGE = re.compile(r"src/main/(?:resources|java|kotlin|groovy|scala)/")
"""Where Maven and Gradle keep what lies side by side on the class path: one location of migrations has them all."""

PACKAGED = CONTAINERS | {"packages", "libs", "modules"}

FOREIGN = re.compile(
    r"(?:^|/)(?:_?vendor(?:ed)?|third[-_]?party|node_modules|site-packages|externals?|samples?|demos?|templates?"
    r"|sandbox|playground|archived?|legacy|old|deprecated|tutorials?|benchmarks?)/",
    re.IGNORECASE,
)
"""Folders of copies, samples and leftovers: their migrations may run, or not."""


class Targets(NamedTuple):
    """The targets of one revision, by the paths of its migrations; `roots` are the folders of their services."""

    by_path: Mapping[str, str]
    roots: Mapping[str, str]

    def of(self, path: str) -> str:
        """The target of a migration; "" of a file that is none."""
        return self.by_path.get(path, "")

    def owning(self, declared: Declared) -> str:
        """The target whose service the declaration is in: the nearest, of several the same framework's; "" where that
        leaves any doubt."""
        around = [
            one for one, root in self.roots.items() if _inside(declared.path, root) and apart(declared.path) is None
        ]
        deepest = max((len(self.roots[one]) for one in around), default=0)
        nearest = [one for one in around if len(self.roots[one]) == deepest]
        same = [one for one in nearest if one.startswith(f"{declared.framework}:")]
        found = same or nearest
        return found[0] if len(found) == 1 else ""


def targets(migrations: Iterable[Migration], files: Files) -> Targets:
    """The targets of these migrations among the files of their revision."""
    listed = tuple(migrations)
    known = {name: projects(framework_named(name), files) for name in {one.framework for one in listed}}
    by_path: dict[str, str] = {}
    roots: dict[str, str] = {}
    for one in listed:
        if one.path in by_path:
            continue
        root, folder = _place(one, known[one.framework])
        by_path[one.path] = f"{one.framework}:{folder}"
        roots[by_path[one.path]] = root
    return _joined(by_path, roots)


def projects(framework: Framework | None, files: Files) -> dict[str, str] | None:
    """The folder of each of the framework's projects by the path of its settings, without tests, examples and copies;
    None where it has no projects at all."""
    if framework is None or framework.projects is None:
        return None
    return {path: folder for path, folder in framework.projects(files).items() if apart(path) is None}


def apart(path: str) -> str | None:
    """The folder of tests, examples, vendored copies or leftovers that the file is in; None where it is in none."""
    folder = ""
    for part in path.split("/")[:-1]:
        folder += part + "/"
        if is_aside(folder) or FOREIGN.search(folder):
            return folder[:-1]
    return None


def _place(one: Migration, known: Mapping[str, str] | None) -> tuple[str, str]:
    """The service's folder, and the one that stands for its migrations; `known` are the projects of a framework that
    has any."""
    parts = one.path.split("/")[:-1]
    aside = apart(one.path)
    if aside is not None:
        return aside, aside
    if known is not None:
        root = _project(one.path, set(known.values()))
        return root, root
    last = next((place for place, part in enumerate(parts) if MIGRATIONS.search(part)), len(parts) - 1)
    folder = LANGUAGE.sub("src/main/", "/".join(parts[: last + 1]))
    return root_of(folder), folder


def root_of(folder: str) -> str:
    """The folder of the service whose migrations lie in this one."""
    parts = folder.split("/")
    least = 2 if len(parts) > 1 and parts[0].lower() in PACKAGED else 0
    inner = (place for place, part in enumerate(parts) if place >= least and INNER.search(part))
    return "/".join(parts[: next(inner, least)])


def _project(path: str, known: set[str]) -> str:
    """The nearest project around; where none is seen, a folder of services parts it."""
    if len(known) == 1:
        return next(iter(known))
    around = [root for root in known if _inside(path, root)]
    if known:
        return max(around, key=len, default="")
    parts = path.split("/")
    return "/".join(parts[:2]) if parts[0].lower() in SERVICES else ""


def _joined(by_path: dict[str, str], roots: dict[str, str]) -> Targets:
    """Engines and modules belong to the application around them, but for a service inside its repository."""
    into: dict[str, str] = {}
    for name, root in roots.items():
        framework, _, folder = name.partition(":")
        if not _modular(framework) or folder.rpartition("/")[2].lower() not in ("migrate", "migrations"):
            continue
        for other, above in roots.items():
            usual = other.startswith(f"{framework}:") and other.lower().endswith(("/migrate", "/migrations"))
            below = root.removeprefix(f"{above}/" if above else "")
            service = below.partition("/")[0].lower() in CONTAINERS or apart(f"{root}/x") is not None
            if usual and other != name and above != root and _inside(f"{root}/", above) and not service:
                into[name] = other
    found = {path: into.get(name, name) for path, name in by_path.items()}
    return Targets(found, {name: root for name, root in roots.items() if name not in into})


def _modular(name: str) -> bool:
    framework = framework_named(name)
    return framework is not None and framework.modular


def _inside(path: str, root: str) -> bool:
    return not root or path.startswith(f"{root}/")
