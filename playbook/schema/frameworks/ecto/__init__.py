"""Ecto keeps migrations in `priv/*/migrations` and runs them by the number of their file.

https://hexdocs.pm/ecto_sql/Ecto.Migration.html; lib/ecto/migrator.ex and lib/ecto/migration.ex in ecto_sql.
"""

import re

from playbook.schema import effect
from playbook.schema.framework import Dynamic, Files, Framework, Migration
from playbook.schema.frameworks.ecto import migration, schema
from playbook.schema.frameworks.ecto.migrate_command import FORMS, commands
from playbook.schema.frameworks.ecto.schema import declared
from playbook.schema.unread import Unread

FILE = re.compile(r"(?:^|/)priv/(?:\w+/)*\w*migrations/(?:[^/]+/)*([0-9]+)_\w+\.exs$")
CONFIGURATION = re.compile(r"(?:^|/)config/\w+\.exs$")


def wants(path: str) -> bool:
    """Migrations, schemas, and the configuration that may put every table into another database schema."""
    return bool(FILE.search(path) or CONFIGURATION.search(path) or schema.FILE.search(path))


def migrations(files: Files) -> tuple[Migration, ...]:
    """Every migration in the order of its number (`Ecto.Migrator.pending_in_direction`)."""
    found = [_configured(path, files[path]) for path in sorted(files) if CONFIGURATION.search(path)]
    numbered = sorted((int(match[1][:30]), path) for path in files if (match := FILE.search(path)))
    read = [_migration(str(version), path, files[path]) for version, path in numbered]
    return (*(one for one in found if one is not None), *read)


def _configured(path: str, source: str) -> Migration | None:
    """`migration_default_prefix` moves every table; which repository it is for, only running would tell."""
    place = source.find("migration_default_prefix:")
    if place < 0:
        return None
    at = source.count("\n", 0, place) + 1
    return Migration("ecto", path, path, (), (Dynamic(at, "migration_default_prefix puts tables into another schema"),))


def _migration(version: str, path: str, source: str) -> Migration:
    try:
        effects = migration.effects(source)
    except (Unread, RecursionError) as error:
        why = str(error.args[0]) if isinstance(error, Unread) else "its code is nested too deep"
        return Migration("ecto", version, path, unread=why)
    operations, dynamic = effect.split(effects)
    dynamics = (*dynamic, Dynamic(1, "its prefix is each tenant's own")) if "/tenant_migrations/" in path else dynamic
    return Migration("ecto", version, path, operations, dynamics)


framework = Framework(
    "ecto",
    wants,
    migrations,
    declared,
    commands=commands,
    forms=FORMS,
    early=frozenset({"reverted"}),
    code=("Ecto.Migrat",),
    drivers=("ecto_sql", "ecto.repo", "ecto.adapters", "lib/ecto/"),
)
