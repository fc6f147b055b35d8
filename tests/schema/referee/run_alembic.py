"""Alembic carries out a package's revisions on a real PostgreSQL, and writes what relations there are after each.

Run by the Python in whose environment the package is, with the JSON of `packages.Tree.told`.
"""

import importlib
import importlib.machinery
import json
import re
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

RELATIONS = """
    SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND relname <> 'alembic_version'
"""


class Bare:
    """Finds the named packages without what their `__init__` would import: their modules are the real ones."""

    def __init__(self, names: list[str], place: str) -> None:
        self.names, self.place = names, Path(place)

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in self.names:
            return None
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(self.place / name.replace(".", "/"))]
        return spec


def as_psycopg_needs_it(_on: Any, _by: Any, statement: str, given: Any, _context: Any, _many: bool) -> tuple[str, Any]:
    """Indexes of pg_trgm are passed over, for this PostgreSQL comes without it; `%` in SQL that was written for a
    driver without places in it is doubled."""
    if "pg_trgm" in statement or "gin_trgm_ops" in statement:
        return "SELECT 1", given
    return (statement if given else re.sub(r"(?<!%)%(?![%(])", "%%", statement)), given


def there(connection: sa.Connection) -> list[str]:
    """The relations in the database."""
    return sorted(name for (name,) in connection.execute(sa.text(RELATIONS)))


def main() -> None:
    """Upgrades to the heads."""
    told = json.loads(sys.argv[1])
    sys.meta_path.insert(0, Bare(told["bare"], told["place"]))
    versions = Path(told["place"], told["versions"])
    config = Config()
    for option, value in (("script_location", versions.parent), ("version_locations", versions)):
        config.set_main_option(option, str(value))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    engine = sa.create_engine(told["address"])
    sa.event.listen(engine, "before_cursor_execute", as_psycopg_needs_it, retval=True)
    if told["first"]:
        module, _, name = told["first"].partition(":")
        getattr(importlib.import_module(module), name).metadata.create_all(engine)
    steps: list[tuple[str, list[str]]] = []
    with engine.connect() as connection:
        first = there(connection)
        connection.rollback()
        with EnvironmentContext(config, script, fn=lambda now, _: script._upgrade_revs("heads", now)) as environment:
            environment.configure(
                connection=connection,
                transaction_per_migration=True,
                on_version_apply=lambda ctx, step, **_: steps.append((step.up_revision_id, there(ctx.connection))),
            )
            with environment.begin_transaction():
                environment.run_migrations()
    Path(told["written"]).write_text(json.dumps({"first": first, "steps": steps}), encoding="utf-8")


if __name__ == "__main__":
    main()
