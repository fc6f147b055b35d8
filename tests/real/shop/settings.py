"""A small shop on PostgreSQL, watched by the real SDK; all addresses come from the environment."""

import os

import sentry_sdk

SECRET_KEY = "only-for-a-test-on-loopback"
DEBUG = False
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["shop.orders"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": os.environ["SHOP_DATABASE"],
        "USER": os.environ["SHOP_USER"],
        "HOST": os.environ["SHOP_HOST"],
    }
}

sentry_sdk.init(
    dsn=os.environ["SHOP_DSN"],
    release="backend@1.4.0",
    environment="production",
    server_name="web-1",
    send_default_pii=False,
    traces_sample_rate=0.0,
)
