"""Puts the log back as it was: how it is written is one setting for a whole process."""

import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

NAMES = ["dbos", "uvicorn", "uvicorn.error", "uvicorn.access", "elastic_transport", "alembic", "sqlalchemy"]
NAMES += ["urllib3", "asyncio", "h11", "websockets"]


@contextmanager
def logging_kept() -> Iterator[None]:
    """Whatever the block sets up ends with it."""
    loggers = [logging.getLogger(), *map(logging.getLogger, NAMES)]
    before = [(one, one.level, one.propagate, list(one.handlers)) for one in loggers]
    hooks, said = (sys.excepthook, threading.excepthook), structlog.get_config()
    try:
        yield
    finally:
        for one, level, propagate, handlers in before:
            one.setLevel(level)
            one.propagate, one.handlers = propagate, handlers
        sys.excepthook, threading.excepthook = hooks
        structlog.configure(**said)
