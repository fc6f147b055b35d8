"""Alembic and Flask-Migrate: version files below `versions/`, one graph of revisions for each environment.

https://alembic.sqlalchemy.org/en/latest/tutorial.html, https://flask-migrate.readthedocs.io
"""

from playbook.schema.framework import Dynamic, Files, Framework, Migration
from playbook.schema.frameworks.alembic.declarations import declared
from playbook.schema.frameworks.alembic.migrate_command import FORMS, commands
from playbook.schema.frameworks.alembic.past import Doubt, Past
from playbook.schema.frameworks.alembic.revisions import Revision, lines, ordered, revisions
from playbook.schema.frameworks.alembic.source import Library
from playbook.schema.frameworks.alembic.upgrade import Walk
from playbook.schema.operation import Operation

FOLDERS = {"versions", "migrations", "_migrations", "db_migrations", "alembic", "revisions", "migration"}
"""Folders that version files and what they import are kept in."""

MODELS = {"models", "model", "dbmodels", "tables", "entities", "orm", "schemas", "db", "database", "schema"}
"""Folders and files that tables are declared in."""


def _wants(path: str) -> bool:
    """Version files, what they import from beside them, `env.py`, and the files where tables are declared."""
    if not path.endswith(".py"):
        return False
    *folders, file = path.removesuffix(".py").split("/")
    return bool(file == "env" or "migration" in file or file in MODELS or not (FOLDERS | MODELS).isdisjoint(folders))


def _migrations(files: Files) -> tuple[Migration, ...]:
    library = Library(files)
    found: list[Migration] = []
    for line in lines(revisions(files, library), files):
        past = Past()
        found += [_migration(revision, library, past) for revision in ordered(line)]
    return tuple(found)


def _migration(revision: Revision, library: Library, past: Past) -> Migration:
    effects = [] if revision.source is None else Walk(revision.source, library, past).run()
    past.add(effects)
    if revision.unread is not None or revision.dynamic:
        past.add([Doubt(1, "may have done anything")])
    doubts = (Dynamic(effect.line, effect.what) for effect in effects if isinstance(effect, Doubt))
    return Migration(
        "alembic",
        revision.name,
        revision.path,
        tuple(effect for effect in effects if isinstance(effect, Operation)),
        (*revision.dynamic, *dict.fromkeys(doubts)),
        revision.unread,
    )


framework = Framework(
    "alembic",
    _wants,
    _migrations,
    declared,
    commands=commands,
    forms=FORMS,
    early=frozenset({"reverted"}),
    words=("alembic",),
    code=("alembic/runtime", "alembic/command", "alembic/script", "alembic/config"),
    drivers=("sqlalchemy",),
)
