"""What a stack says of a migrate command: that one ran, that it was inside a migration, or that it never got so far."""

import re

from playbook.evidence.event import Frame

MIGRATE_CODE = (
    "django/core/management/commands/migrate",
    "django.core.management.commands.migrate",
    "django/db/migrations/",
    "django.db.migrations.",
    "alembic/runtime/",
    "alembic.runtime.",
    "active_record/migration",
)
"""Paths and modules that are on the stack only while a migrate command runs."""

MANAGEMENT_CODE = ("django/core/management/", "django.core.management.")
"""On the stack of every command of `manage.py`; each checks the project first, and so imports its URLs and views
(docs.djangoproject.com, "System check framework")."""

OWN_MIGRATION = re.compile(
    r"(?:^|[/.])(?:migrations|versions|migrate)[/.](?!executor|recorder|autodetector)\w*\d{3}\w*"
)
"""A migration's own file: its name begins with a number or holds one (`0042_order`, `1a2b3c4d5e6f_orders`)."""


def while_migrating(frame: Frame) -> bool:
    """Whether the frame is the code of a migrate command at its work."""
    return any(mark in _where(frame) for mark in MIGRATE_CODE)


def in_a_management_command(frame: Frame) -> bool:
    """Whether the frame is that of a management command, whichever."""
    return any(mark in _where(frame) for mark in MANAGEMENT_CODE)


def own_migration(frame: Frame) -> bool:
    """Whether the frame is a migration's own code."""
    return OWN_MIGRATION.search(_where(frame)) is not None


def _where(frame: Frame) -> str:
    return f"{frame.filename or ''} {frame.module or ''}".lower()
