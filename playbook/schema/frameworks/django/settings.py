"""What a project's settings files write out that decides about tables; what they compute stays unknown.

https://docs.djangoproject.com/en/5.2/ref/settings/
"""

import ast
import re
from typing import NamedTuple

from playbook.schema.framework import Files
from playbook.schema.python import name_of, tree
from playbook.schema.unread import Unread

PATH = re.compile(r"(?:^|/)(?:\w*settings\w*\.py|settings/\w+\.py)$")
TESTS = re.compile(r"(?:^|[/_])test", re.IGNORECASE)
BACKEND = re.compile(r"(?:^|\.)(?:backends|db_backends?)\.(\w+?)(?:_psycopg2)?$")
VENDORS = {"postgis": "postgresql", "postgresql": "postgresql", "mysql": "mysql", "oracle": "oracle"}
"""What `connection.vendor` says by the last part of the backend's name (django/db/backends/*/base.py). SQLite is left
out: projects name it for development, next to what runs in production."""

TELLING = re.compile(r"AUTH_USER_MODEL|_MODEL\b|MIGRATION_MODULES|ENGINE|\.apps\.")
SWAPS = re.compile(r"^[A-Z0-9_]+_MODEL$")
ROUTERS = re.compile(r"^\s*DATABASE_ROUTERS\s*(?::[^=\n]{1,80})?\+?=\s*(?!\s*[\[(]\s*[\])])", re.MULTILINE)
LONGEST = 200_000
"""Characters of one settings file."""


class Settings(NamedTuple):
    """`swaps`: the model (`app.Model`) by the setting that names it, where every file agrees. `modules`: app labels by
    the dotted module that holds their migrations. `vendor`: the one database that is named; None where none or two.
    `configs`: the dotted names of app configurations. `seen`: whether there is a settings file at all.
    """

    swaps: dict[str, str]
    modules: dict[str, str]
    vendor: str | None
    configs: frozenset[str]
    seen: bool


def is_settings(path: str) -> bool:
    """Whether the file holds settings, by its name, and not those of tests."""
    return bool(PATH.search(path)) and not TESTS.search(path)


def projects(files: Files) -> dict[str, str]:
    """The folder of each project, around the package that holds its settings, by their path: apps and packages have
    settings of their own, without either of these."""
    telling = (path for path in files if is_settings(path))
    return {path: _folder(path) for path in telling if "INSTALLED_APPS" in files[path] or "DATABASES" in files[path]}


def routed(text: str) -> bool:
    """Whether these settings name routers: then a migration may be recorded on a database that gets no table
    (https://docs.djangoproject.com/en/5.2/topics/db/multi-db/#allow_migrate)."""
    return ROUTERS.search(text) is not None


def _folder(path: str) -> str:
    folder = path.rpartition("/")[0]
    package = folder.rpartition("/")[0] if folder.rpartition("/")[2] == "settings" else folder
    return package.rpartition("/")[0]


def read(files: Files) -> Settings:
    """All settings files taken together; never raises."""
    swaps: dict[str, set[str]] = {}
    modules: dict[str, str] = {}
    vendors: set[str] = set()
    configs: set[str] = set()
    seen = False
    for path, text in files.items():
        if not is_settings(path):
            continue
        seen = True
        if len(text) > LONGEST or not TELLING.search(text):
            continue
        try:
            module = tree(text)
        except Unread:
            continue
        for node in ast.walk(module):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if ".apps." in node.value:
                    configs.add(node.value)
                found = BACKEND.search(node.value) if len(node.value) < 200 else None  # noqa: PLR2004 - a dotted name
                if found and found[1] in VENDORS:
                    vendors.add(VENDORS[found[1]])
            elif isinstance(node, ast.Assign):
                _assigned(node, swaps, modules)
    agreed = {name: values.pop() for name, values in swaps.items() if len(values) == 1}
    return Settings(agreed, modules, vendors.pop() if len(vendors) == 1 else None, frozenset(configs), seen)


def _assigned(node: ast.Assign, swaps: dict[str, set[str]], modules: dict[str, str]) -> None:
    name = name_of(node.targets[0])
    value = node.value
    if SWAPS.match(name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
        swaps.setdefault(name, set()).add(value.value)
    elif name == "MIGRATION_MODULES" and isinstance(value, ast.Dict):
        for key, module in zip(value.keys, value.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(module, ast.Constant):
                modules[str(module.value)] = str(key.value)
