"""What the lines of a migrate command's log say: which migration began, was applied, failed, or was not there.

Each form names the program that writes it. A failure without the name of a migration is given to the one that was
running on the same host; an error that no migrate command wrote is none of ours.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from playbook.evidence.logs import LogLine, MigrationRun, Outcome

LONGEST = 4_000
"""Characters of one log line that are read; a stack trace says its cause at its ends, so both ends are."""

ROWS = 60
"""Lines of one log document that are read."""

ERROR = 300
"""Characters of a failure's text that are kept: it goes on a card."""

STILL_RUNNING = timedelta(hours=1)
"""How long a failure is given to the migration that began last on the same host: a longer one would be noticed by
the deploy's own time limit (Kubernetes' `activeDeadlineSeconds`, Helm's five minutes, most pipelines' hour)."""


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
"""Phrases of which a search must ask for at least one to find the lines that this file reads, for a search engine
that takes words whole (`migrated` is not `migrate`) and in any case. A plain `42/u create_orders (12ms)` of
golang-migrate and a plain `OK 00042_x.sql` of goose hold no word that would not find half of all lines."""

SPEAKING = re.compile(
    r"migrat|appl|revision|upgrade|downgrade|change ?set|batch|goose|prisma|P30\d\d|==|/[ud] |up to date|\.{2}|OK +\d"
    r"|rolled back|dirty database",
    re.IGNORECASE,
)
"""A word of every form: a row without any is not tried against each of them."""

DATABASE_FAILURE = re.compile(
    # PostgreSQL, the texts of src/backend/tcop/postgres.c, storage/lmgr, catalog/aclchk.c.
    r"canceling statement due to (?:lock|statement|user)[^\n]{0,40}|LockNotAvailable|deadlock detected"
    r"|permission denied (?:for|to) [^\n]{0,120}|must be owner of [^\n]{0,120}"
    r"|terminating connection due to [^\n]{0,80}|server closed the connection unexpectedly"
    # MySQL, share/messages_to_clients.txt: 1205, 1213, 1142, 1044, 3024.
    r"|Lock wait timeout exceeded|Deadlock found when trying to get lock|\b\w{1,40} command denied to user"
    r"|Access denied for user|maximum statement execution time exceeded"
    # SQLite, src/main.c; SQL Server 1222 and 262; Oracle's ORA-00054, ORA-00060, ORA-01031.
    r"|database is locked|Lock request time out period exceeded|permission denied in database"
    r"|ORA-(?:00054|00060|01031)[^\n]{0,120}",
    re.IGNORECASE,
)

ANY_ERROR = re.compile(
    r"^Traceback \(most recent call last\)|^\S*(?:Error|Exception)\b[^\n]{0,200}|^(?:FATAL|ERROR)\b[^\n]{0,200}",
    re.MULTILINE,
)
"""Only read where a migration runs or its command's own code stands in the trace."""

JOB_FAILURE = re.compile(
    # Kubernetes, pkg/controller/job (BackoffLimitExceeded, DeadlineExceeded) and the kubelet.
    r"BackoffLimitExceeded|reached the specified backoff limit|DeadlineExceeded|CrashLoopBackOff|OOMKilled"
    r"|Back-off restarting failed container|\bexit(?:ed)?(?: with)?(?: code| status)?[ :=]{1,3}[1-9]\d{0,2}\b"
    # Helm, pkg/action/hooks.go.
    r"|p(?:re|ost)-(?:install|upgrade) hooks failed",
    re.IGNORECASE,
)

MIGRATE = re.compile(
    r"migrat|alembic|flyway|liquibase|db:prepare|dbmate|goose|\b(?:create|alter|drop)\s+table\b", re.IGNORECASE
)
"""Words by which a line or a service is a migrate command's, or the database's own line about its statement."""

TRACE = re.compile(
    r"commands/migrate\.py|alembic/(?:runtime|command|script|config)|active_record/(?:migration|tasks)|org\.flywaydb"
    r"|liquibase\.(?:exception|command)|MigrationExecutor|Illuminate.Database.Migrations|Ecto\.Migrat"
)
"""The migrate commands' own code in a stack trace."""


def migration_runs(lines: Iterable[LogLine]) -> tuple[MigrationRun, ...]:
    """What migrate commands said, oldest first; the same line read twice (two searches may find it) counts once."""
    runs: list[MigrationRun] = []
    running: dict[tuple[str | None, str | None], MigrationRun] = {}
    seen = set()
    for line in sorted(lines, key=lambda line: line.at):
        same = (line.at, line.host, line.service, line.message)
        if same in seen:
            continue
        seen.add(same)
        where = (line.host, line.service)
        said = _read(line, running.get(where))
        runs += said
        for run in said:
            running.pop(where, None)
            if _may_still_fail(run):
                running[where] = run
    return tuple(runs)


def _may_still_fail(run: MigrationRun) -> bool:
    return run.outcome == "started" or (run.framework == "dbmate" and run.outcome == "applied")


def _read(line: LogLine, running: MigrationRun | None) -> list[MigrationRun]:
    """The runs one log document tells of; `running` is the migration that began last in the same place."""
    text = line.message
    if len(text) > LONGEST:
        text = text[: LONGEST // 2] + text[-LONGEST // 2 :]
    said = [run for row in text.split("\n")[:ROWS] if (run := _said(row.rstrip(), line)) is not None]
    failed = [run for run in said if run.outcome == "failed"]
    if any(run.migration for run in failed):
        return [run if run.outcome != "failed" else _failed(run, _error(text)) for run in said]
    begun = next((run for run in reversed(said) if _may_still_fail(run)), None) or _of_earlier(running, line)
    if not failed and not _tells_failure(line, text, begun):
        return said
    blamed = begun or next(iter(failed), None) or _run(line, "failed", _speaker(text), None)
    others = [run for run in said if run.outcome != "failed"]
    return [*others, _failed(blamed.model_copy(update={"at": line.at, "line": line}), _error(text))]


def _said(row: str, line: LogLine) -> MigrationRun | None:
    if not SPEAKING.search(row):
        return None
    for form in FORMS:
        if match := form.pattern.search(row):
            return _run(line, form.outcome, form.framework, match.expand(form.name) if form.name else None)
    return None


def _of_earlier(running: MigrationRun | None, line: LogLine) -> MigrationRun | None:
    """The migration that an earlier line of the same, named host began; without a host nothing ties the two."""
    if running is None or line.host is None or line.at - running.at > STILL_RUNNING:
        return None
    return running


def _tells_failure(line: LogLine, text: str, begun: MigrationRun | None) -> bool:
    """Whether the text is a migration's failure. The same words of an application's own query are not: so either a
    migration began right before, or the line itself speaks of migrating."""
    own = begun is not None and begun.line is line
    if begun is not None and DATABASE_FAILURE.search(text):
        return True
    if ANY_ERROR.search(text) and (own or TRACE.search(text)):
        return True
    if not any(MIGRATE.search(where or "") for where in (text, line.service, line.host)):
        return False
    harmless = (line.level or "").lower() in ("debug", "trace", "info", "notice")
    return bool(JOB_FAILURE.search(text)) or (not harmless and bool(DATABASE_FAILURE.search(text)))


def _speaker(text: str) -> str:
    return "job" if JOB_FAILURE.search(text) else "unknown"


def _error(text: str) -> str:
    """The sentence of the failure: what the database said, else the last error, the job's end, or the last line."""
    rows = [row.strip() for row in text.split("\n") if row.strip()]
    for pattern in (DATABASE_FAILURE, ANY_ERROR, JOB_FAILURE):
        telling = [row for row in rows if pattern.search(row) and not row.startswith("Traceback ")]
        if telling:
            return telling[-1][:ERROR]
    return (rows[-1] if rows else "failed")[:ERROR]


def _failed(run: MigrationRun, error: str) -> MigrationRun:
    return run.model_copy(update={"outcome": "failed", "error": error})


def _run(line: LogLine, outcome: Outcome, framework: str, name: str | None) -> MigrationRun:
    return MigrationRun(at=line.at, outcome=outcome, framework=framework, migration=name, line=line)
