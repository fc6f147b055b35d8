"""Django carries out the migrations of its apps on a real PostgreSQL, and writes what relations there are after each.

Run by the Python in whose environment the apps are: run_django HOST DATABASE APPS WRITTEN, with APPS as JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any

TEXT = """
SECRET_KEY = "not a secret, but as long as one has to be here"
INSTALLED_APPS = {apps!r}
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": {database!r}, "USER": "postgres",
                          "HOST": {host!r}}}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {{"context_processors": [
    "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages", "sekizai.context_processors.sekizai",
    "cms.context_processors.cms_settings"]}}}}]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_TZ = True
SITE_ID = 1
STATIC_URL = "/static/"
CMS_CONFIRM_VERSION4 = True
CMS_TEMPLATES = [("page.html", "page")]
CONSTANCE_BACKEND = "constance.backends.database.DatabaseBackend"
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
WAGTAIL_SITE_NAME = "shop"
WAGTAILADMIN_BASE_URL = "https://shop.example.com"
"""

RELATIONS = """
    SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND relname <> 'django_migrations'
"""


def main() -> None:
    """Migrates to the leaves; writes `steps`, the app's folder by its name, its label by what names it in the
    settings, and the settings."""
    host, database, apps, written = sys.argv[1:]
    text = TEXT.format(apps=json.loads(apps), host=host, database=database)
    given: dict[str, Any] = {}
    exec(text, given)  # noqa: S102 - our own text, which the fold reads as a settings file
    import django  # noqa: PLC0415 - settings first
    from django.conf import settings  # noqa: PLC0415

    settings.configure(**{name: value for name, value in given.items() if name.isupper()})
    django.setup()
    from django import apps as of_django  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    steps: list[tuple[str, list[str]]] = []

    def after(action: str, migration: Any = None, _fake: bool = False) -> None:
        if action == "apply_success":
            with connection.cursor() as cursor:
                cursor.execute(RELATIONS)
                steps.append((str(migration), sorted(name for (name,) in cursor.fetchall())))

    executor = MigrationExecutor(connection, after)
    executor.migrate(executor.loader.graph.leaf_nodes())
    answer = {
        "steps": steps,
        "folders": {one.name: one.path for one in of_django.apps.get_app_configs()},
        "labels": {entry: of_django.AppConfig.create(entry).label for entry in json.loads(apps)},
        "settings": text,
    }
    Path(written).write_text(json.dumps(answer), encoding="utf-8")


if __name__ == "__main__":
    main()
