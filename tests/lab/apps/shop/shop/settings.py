"""A shop on PostgreSQL, watched by Sentry, that logs in the Elastic Common Schema; all addresses are the deploy's."""

import os
from urllib.parse import parse_qs, unquote, urlsplit

import ecs_logging
import sentry_sdk

SECRET_KEY = os.environ.get("SECRET_KEY", "not-a-secret")
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["shop", "shop.customers", "shop.orders", "shop.reports"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True


def database(address):
    parts = urlsplit(address)
    options = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": unquote(parts.username or ""),
        "HOST": parts.hostname,
        "PORT": parts.port,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {name: values[0] for name, values in options.items()},
    }


DATABASES = {"default": database(os.environ["DATABASE_URL"])}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ecs": {"()": ecs_logging.StdlibFormatter, "exclude_fields": ["process", "log.original"]}},
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "ecs"}},
    "root": {"level": "INFO", "handlers": ["out"]},
    "loggers": {"django": {"level": "INFO", "propagate": True}},
}

sentry_sdk.init(
    dsn=os.environ.get("SENTRY_DSN"),
    release=os.environ.get("SENTRY_RELEASE"),
    environment=os.environ.get("SENTRY_ENVIRONMENT"),
    server_name=os.environ.get("HOSTNAME"),
    send_default_pii=False,
)
