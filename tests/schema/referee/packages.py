"""Which packages' migrations the frameworks run, and what of each: the versions stand in requirements-referee.lock."""

from typing import Any, NamedTuple

from tests.schema.frameworks.django_referee import PACKAGES

ALWAYS = ("django", "django-allauth", "djangorestframework", "django-otp", "django-taggit")
"""Packages that others' apps ask for; each group has them, and they are counted once."""

WAGTAIL = {
    "wagtail": (*PACKAGES["wagtail"], "modelsearch", "wagtail.contrib.settings"),
    "wagtail-localize": ("wagtail_localize",),
    "wagtailmedia": ("wagtailmedia",),
    "wagtailmenus": ("wagtailmenus",),
}
CMS = {
    "django-cms": ("cms", "menus", "treebeard", "sekizai"),
    "djangocms-versioning": ("djangocms_versioning",),
    "djangocms-text": ("djangocms_text",),
    "django-filer": ("filer",),
    "easy-thumbnails": ("easy_thumbnails",),
    "dj-stripe": ("djstripe",),
    "django-admin-interface": ("colorfield", "admin_interface"),
}
SMALL = {
    "django-activity-stream": ("actstream",),
    "django-apscheduler": ("django_apscheduler",),
    "django-auditlog": ("auditlog",),
    "django-avatar": ("avatar",),
    "django-axes": ("axes",),
    "django-background-tasks": ("background_task",),
    "django-celery-beat": ("django_celery_beat",),
    "django-celery-results": ("django_celery_results",),
    "django-constance": ("constance",),
    "django-contrib-comments": ("django_comments",),
    "django-flags": ("flags",),
    "django-fsm-log": ("django_fsm_log",),
    "django-guardian": ("guardian",),
    "django-money": ("djmoney", "djmoney.contrib.exchange"),
    "django-oauth-toolkit": ("oauth2_provider",),
    "django-organizations": ("organizations",),
    "django-pghistory": ("pgtrigger", "pghistory"),
    "django-post-office": ("post_office",),
    "django-push-notifications": ("push_notifications",),
    "django-q2": ("django_q",),
    "django-rest-knox": ("knox",),
    "django-rest-passwordreset": ("django_rest_passwordreset",),
    "django-reversion": ("reversion",),
    "django-robots": ("robots",),
    "django-scheduler": ("schedule",),
    "django-silk": ("silk",),
    "django-sitetree": ("sitetree",),
    "django-sql-explorer": ("explorer",),
    "django-two-factor-auth": ("two_factor", "two_factor.plugins.phonenumber"),
    "django-user-sessions": ("user_sessions",),
    "django-waffle": ("waffle",),
    "django-watson": ("watson",),
    "djangorestframework-simplejwt": ("rest_framework_simplejwt.token_blacklist",),
    "social-auth-app-django": ("social_django",),
}


def groups() -> dict[str, dict[str, tuple[str, ...]]]:
    """Apps by package, for each database: one state of all the models at once takes Django minutes."""
    always = {name: PACKAGES[name] for name in ALWAYS}
    always["django"] = (*always["django"], "django.contrib.staticfiles", "django.contrib.humanize")
    always["djangorestframework"] = ("rest_framework", *always["djangorestframework"])
    return {name: {**always, **own} for name, own in (("wagtail", WAGTAIL), ("cms", CMS), ("small", SMALL))}


class Tree(NamedTuple):
    """One tree of Alembic's revisions: `versions` is its folder, below where packages are installed.

    `bare` are packages whose `__init__` is passed over: it imports the whole application. `first` is a declarative base
    (`module:name`) whose tables the application creates before it migrates. `but` are folders of other trees.
    """

    package: str
    versions: str
    bare: tuple[str, ...] = ()
    first: str | None = None
    but: tuple[str, ...] = ()

    def told(self, address: str, place: str, written: str) -> dict[str, Any]:
        """What `run_alembic` has to know."""
        return {**self._asdict(), "address": address, "place": place, "written": written}


TREES = {
    "aim": Tree("aim", "aim/storage/migrations/versions", ("aim",), but=("aim/web/",)),
    "airflow": Tree("apache-airflow-core", "airflow/migrations/versions"),
    "argilla": Tree("argilla-server", "argilla_server/alembic/versions", ("argilla_server",)),
    "langflow": Tree("langflow-base", "langflow/alembic/versions", ("langflow",)),
    "meltano": Tree("meltano", "meltano/migrations/versions", ("meltano",)),
    "mlflow": Tree(
        "mlflow",
        "mlflow/store/db_migrations/versions",
        first="mlflow.store.tracking.dbmodels.initial_models:Base",
        but=("mlflow/server/",),
    ),
    "mlflow's server": Tree("mlflow", "mlflow/server/auth/db/migrations/versions", ("mlflow",), but=("mlflow/store/",)),
    "optuna": Tree("optuna", "optuna/storages/_rdb/alembic/versions", ("optuna",)),
    "prefect": Tree(
        "prefect",
        "prefect/server/database/_migrations/versions/postgresql",
        but=("prefect/server/database/_migrations/versions/sqlite/",),
    ),
}
