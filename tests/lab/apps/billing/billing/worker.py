"""Runs one job after the other; one that fails is logged, and the next one runs."""

import importlib
import logging
import os
import sys

import ecs_logging
import sentry_sdk

log = logging.getLogger("billing.worker")


def begin():
    out = logging.StreamHandler(sys.stdout)
    out.setFormatter(ecs_logging.StdlibFormatter(exclude_fields=["process", "log.original"]))
    logging.basicConfig(level=logging.INFO, handlers=[out])
    sentry_sdk.init(
        dsn=os.environ.get("SENTRY_DSN"),
        release=os.environ.get("SENTRY_RELEASE"),
        environment=os.environ.get("SENTRY_ENVIRONMENT"),
        server_name=os.environ.get("HOSTNAME"),
        send_default_pii=False,
    )


def work(name):
    with sentry_sdk.isolation_scope():
        try:
            getattr(importlib.import_module("billing.jobs"), name)()
        except Exception:
            log.exception("the job %s failed", name)
