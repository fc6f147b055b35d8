"""The lines that migrate commands write, as their own sources print them, and the words by which to search for them."""

import re
from typing import NamedTuple

from playbook.evidence.logs import Outcome


class Form(NamedTuple):
    """A line of one program; `name` builds the migration's name out of the groups, empty for none."""

    framework: str
    outcome: Outcome
    pattern: re.Pattern[str]
    name: str = r"\g<name>"


def _form(framework: str, outcome: Outcome, pattern: str, name: str = r"\g<name>") -> Form:
    return Form(framework, outcome, re.compile(pattern), name if "(?P<name>" in pattern else "")


FORMS: tuple[Form, ...] = (
    # Django, django/core/management/commands/migrate.py and base.py: the result follows on the same line, so a
    # trace right after the dots is a failure.
    _form("django", "applied", r"\bApplying (?P<name>\w+\.\w+)\.\.\.\s*OK\b"),
    _form("django", "faked", r"\bApplying (?P<name>\w+\.\w+)\.\.\.\s*FAKED\b"),
    _form("django", "failed", r"\bApplying (?P<name>\w+\.\w+)\.\.\.\s*(?:Traceback|\S*(?:Error|Exception))"),
    _form("django", "reverted", r"\bUnapplying (?P<name>\w+\.\w+)\.\.\.\s*(?:OK|FAKED)\b"),
    _form("django", "started", r"\bApplying (?P<name>\w+\.\w+)\.\.\.\s*$"),
    _form("django", "nothing to do", r"^\s*No migrations to apply\."),
    _form("django", "unapplied", r"\bYou have \d+ unapplied migration\(s\)"),
    _form("django", "failed", r"\bInconsistentMigrationHistory\b|\bConflicting migrations detected"),
    # Alembic, alembic/runtime/migration.py (run_migrations) and script/revision.py; it logs no success.
    _form("alembic", "started", r"\bRunning upgrade [\w, ]{0,200}-> (?P<name>\w+)"),
    _form("alembic", "reverted", r"\bRunning downgrade (?P<name>\w+) ->"),
    _form("alembic", "failed", r"\bCan't locate revision identified by '(?P<name>\w+)'"),
    _form("alembic", "failed", r"\bMultiple head revisions are present\b"),
    _form("alembic", "unapplied", r"\bTarget database is not up to date\b"),
    # Rails, activerecord/lib/active_record/migration.rb (announce, Migrator, PendingMigrationError).
    _form("rails", "started", r"==\s+(?P<name>\d{8,17} [\w:]+): migrating ="),
    _form("rails", "applied", r"==\s+(?P<name>\d{8,17} [\w:]+): migrated \("),
    _form("rails", "reverted", r"==\s+(?P<name>\d{8,17} [\w:]+): reverted \("),
    _form("rails", "failed", r"\bAn error has occurred, (?:this and )?all later migrations canceled"),
    _form("rails", "unapplied", r"\bActiveRecord::PendingMigrationError\b|\bMigrations are pending\b"),
    # Flyway, flyway-core DbMigrate.java; the name is the version, the description follows it.
    _form("flyway", "failed", r"\bMigration of schema \S+ to version \"?(?P<name>[\d._]+)[^\n]{0,200}? failed!"),
    _form("flyway", "failed", r"\bMigration V(?P<name>[\d._]+)__\S+ failed"),
    _form("flyway", "started", r"\bMigrating schema \S+ to version \"?(?P<name>\d[\d._]*)"),
    _form("flyway", "applied", r"\bSuccessfully applied [1-9]\d* migrations? to schema\b"),
    _form("flyway", "nothing to do", r"\bSchema \S+ is up to date\. No migration necessary"),
    _form("flyway", "failed", r"\bFlywayValidateException\b|\bValidate failed: [Mm]igrations have failed validation"),
    # Liquibase, StandardChangeLogHistoryService, ChangeSet.java, UpdateCommandStep; file::id::author names a set.
    _form("liquibase", "failed", r"\bMigration failed for change\s?set (?P<name>[^\s:]+::[^\n]{1,200}?::[^\s:]+)"),
    _form("liquibase", "started", r"\bRunning Changeset: (?P<name>\S+::[^\n]{1,200}?::\S+)"),
    _form("liquibase", "applied", r"\bChange\s?[Ss]et (?P<name>\S+::[^\n]{1,200}?::\S+) ran successfully in\b"),
    _form("liquibase", "nothing to do", r"\bDatabase is up to date, no changesets to execute\b"),
    # Prisma, prisma/packages/migrate and prisma-engines schema-engine (P3009, P3018:
    # https://www.prisma.io/docs/orm/reference/error-reference#prisma-migrate-schema-engine).
    _form("prisma", "failed", r"\bMigration name: (?P<name>\S+)"),
    _form("prisma", "failed", r"\bThe `(?P<name>[^`\s]+)` migration started at [^\n]{1,80} failed\b"),
    _form("prisma", "failed", r"\bError: P3(?:009|018|005)\b"),
    _form("prisma", "started", r"\bApplying migration `(?P<name>[^`\s]+)`"),
    _form("prisma", "applied", r"\bAll migrations have been successfully applied\b"),
    _form("prisma", "nothing to do", r"\bNo pending migrations to apply\b"),
    _form("prisma", "unapplied", r"\bFollowing migrations? have not yet been applied\b"),
    # golang-migrate, internal/cli/log.go and commands.go, migrate.go (ErrDirty); `42/u create_orders (12.3ms)`.
    _form("golang-migrate", "applied", r"(?:^|\s)(?P<name>\d+/u \w+) \([\d.]+[µnm]?s\)\s*$"),
    _form("golang-migrate", "applied", r"\bFinished (?P<name>\d+/u \w+) \(read "),
    _form("golang-migrate", "reverted", r"(?:^|\s)(?P<name>\d+/d \w+) \([\d.]+[µnm]?s\)\s*$"),
    _form("golang-migrate", "failed", r"\bDirty database version \d+\. Fix and force version\b"),
    _form("golang-migrate", "failed", r"\bmigration failed: [^\n]{1,300} in line \d+:"),
    # Knex, lib/bin/cli.js and lib/migrations/migrate/Migrator.js.
    _form("knex", "failed", r"\bmigration file \"?(?P<name>[\w.-]+)\"? failed"),
    _form("knex", "applied", r"\bBatch \d+ run: [1-9]\d* migrations\b"),
    _form("knex", "nothing to do", r"^\s*Already up to date\s*$"),
    # TypeORM, src/migration/MigrationExecutor.ts.
    _form("typeorm", "applied", r"\bMigration (?P<name>\w+) has been\s+executed successfully\."),
    _form("typeorm", "reverted", r"\bMigration (?P<name>\w+) has been\s+reverted successfully\."),
    _form("typeorm", "failed", r"\bMigration \"(?P<name>\w+)\" failed, error:"),
    _form("typeorm", "nothing to do", r"^\s*No migrations are pending"),
    # Sequelize, sequelize-cli src/core/migrator.js and commands/migrate.js.
    _form("sequelize", "started", r"== (?P<name>\d[\w.-]+): migrating ="),
    _form("sequelize", "applied", r"== (?P<name>\d[\w.-]+): migrated \("),
    _form("sequelize", "reverted", r"== (?P<name>\d[\w.-]+): reverted \("),
    _form("sequelize", "nothing to do", r"\bNo migrations were executed, database schema was already up to date"),
    # Laravel, Illuminate/Database/Migrations/Migrator.php (before 9) and its console components (since 9).
    _form("laravel", "started", r"\bMigrating:\s+(?P<name>\d{4}_\d\d_\d\d_\w+)"),
    _form("laravel", "applied", r"\bMigrated:\s+(?P<name>\d{4}_\d\d_\d\d_\w+)"),
    _form("laravel", "applied", r"(?P<name>\d{4}_\d\d_\d\d_\d+_\w+) \.{2,}[ \d.,ms]{0,30}\bDONE\b"),
    _form("laravel", "failed", r"(?P<name>\d{4}_\d\d_\d\d_\d+_\w+) \.{2,}[ \d.,ms]{0,30}\bFAIL\b"),
    _form("laravel", "nothing to do", r"(?:^|INFO)\s*Nothing to migrate\b"),
    # Ecto, ecto_sql lib/ecto/migration/runner.ex and migrator.ex.
    _form("ecto", "started", r"== Running (?P<name>\d{8,17}) \S+ forward"),
    _form("ecto", "reverted", r"== Running (?P<name>\d{8,17}) \S+ backward"),
    _form("ecto", "applied", r"== Migrated (?P<name>\d{8,17}) in [\d.]+s"),
    _form("ecto", "nothing to do", r"\bMigrations already up\b"),
    _form("ecto", "unapplied", r"\bPhoenix\.Ecto\.PendingMigrationError\b"),
    # goose, migration.go and up.go (pressly/goose).
    _form("goose", "applied", r"(?:^|\s)OK\s+(?P<name>\d+_[\w.-]+\.(?:sql|go))\b"),
    _form("goose", "failed", r"\bERROR (?P<name>\d+_[\w.-]+\.(?:sql|go)): failed to run\b"),
    _form("goose", "failed", r"\bpartial migration error \([^\n]{0,60}?(?P<name>\d+_[\w.-]+\.(?:sql|go))"),
    _form("goose", "nothing to do", r"\bgoose: no migrations to run\."),
    # dbmate, pkg/dbmate/db.go: it says `Applied` before it looks at the error, so an error after it counts.
    _form("dbmate", "started", r"^\s*Applying: (?P<name>\d+_[\w.-]+\.sql)\s*$"),
    _form("dbmate", "applied", r"^\s*Applied: (?P<name>\d+_[\w.-]+\.sql) in\b"),
    _form("dbmate", "reverted", r"^\s*Rolled back: (?P<name>\d+_[\w.-]+\.sql)\b"),
    # sqlx, sqlx-cli/src/migrate.rs and sqlx-core/src/migrate/error.rs.
    _form("sqlx", "applied", r"\bApplied (?P<name>\d+/migrate [^\n(]{1,200}?) \([\d.]+[µnm]?s\)"),
    _form("sqlx", "failed", r"\bwhile executing migration (?P<name>\d+)"),
    _form("sqlx", "failed", r"\bmigration (?P<name>\d+) is partially applied\b"),
)

PHRASES = (
    *("migrate", "migrates", "migrating", "migrated", "migration", "migrations", "Applying", "Unapplying"),
    *("Running upgrade", "Running downgrade", "Can't locate revision", "head revisions", "Target database"),
    *("PendingMigrationError", "Running Changeset", "changeset", "ran successfully in", "no changesets to execute"),
    *("Dirty database version", "Batch", "InconsistentMigrationHistory", "FlywayValidateException", "P3009", "P3018"),
    *("forward", "goose", "Applied", "Rolled back", "alembic", "flyway", "liquibase", "prisma"),
    *("lock timeout", "Lock wait timeout", "statement timeout", "deadlock", "CREATE TABLE", "ALTER TABLE"),
)
"""Phrases of which a search must ask for at least one to find these lines, for a search engine
that takes words whole (`migrated` is not `migrate`) and in any case. A plain `42/u create_orders (12ms)` of
golang-migrate and a plain `OK 00042_x.sql` of goose hold no word that would not find half of all lines."""

SPEAKING = re.compile(
    r"migrat|appl|revision|upgrade|downgrade|change ?set|batch|goose|prisma|P30\d\d|==|/[ud] |up to date|\.{2}|OK +\d"
    r"|rolled back|dirty database",
    re.IGNORECASE,
)
"""A word of every form: a row without any is not tried against each of them."""
