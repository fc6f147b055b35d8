"""Sequelize's `db:migrate`: how to run it, and what it prints: the file's name without its ending.

https://github.com/sequelize/cli#usage; the lines: umzug 2 (lib/index.js) and lib/commands/migrate.js of
sequelize-cli.
"""

from playbook.schema.framework import Commands
from playbook.schema.migrate_forms import form

NAME = r"(?P<name>\d[\w.-]{0,200})"
FORMS = (
    form("started", ": migrating =", rf"== {NAME}: migrating ="),
    form("applied", ": migrated (", rf"== {NAME}: migrated \("),
    form("reverted", ": reverted (", rf"== {NAME}: reverted \("),
    form(
        "nothing to do",
        "No migrations were executed",
        r"\bNo migrations were executed, database schema was already up to date",
    ),
    # umzug 3, by which applications migrate on their own: lib/umzug.js, and the file's name with its ending
    form("started", "event: 'migrating'", rf"\bevent: 'migrating', name: '{NAME}'"),
    form("applied", "event: 'migrated'", rf"\bevent: 'migrated', name: '{NAME}'"),
    form("reverted", "event: 'reverted'", rf"\bevent: 'reverted', name: '{NAME}'"),
)


def commands(_migration: str | None, _path: str | None) -> Commands:
    """`db:migrate` goes forward only; `NODE_ENV` says which database of the configuration is meant."""
    return Commands(migrate="npx sequelize-cli db:migrate", state="npx sequelize-cli db:migrate:status")
