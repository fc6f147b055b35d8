"""What the lines of a migrate command's log say: which migration began, was applied, failed, or was not there.

The lines themselves come with each framework (`Framework.forms`). A failure without the name of a migration is given
to the one that was running on the same host; an error that no migrate command wrote is none of ours.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import cache

from playbook.evidence.logs import LogLine, MigrationRun, Outcome
from playbook.schema.framework import framework_named, frameworks

PHRASES = (
    *("migrate", "migrates", "migrating", "migrated", "migration", "migrations", "Applying", "Unapplying"),
    *("Running upgrade", "Running downgrade", "Can't locate revision", "head revisions", "Target database"),
    *("PendingMigrationError", "Running Changeset", "changeset", "ran successfully in", "no changesets to execute"),
    *("Dirty database version", "Batch", "InconsistentMigrationHistory", "FlywayValidateException", "P3009", "P3018"),
    *("forward", "goose", "Applied", "Rolled back", "reverted", "alembic", "flyway", "liquibase", "prisma"),
    *("lock timeout", "Lock wait timeout", "statement timeout", "deadlock", "CREATE TABLE", "ALTER TABLE"),
)
"""Phrases of which a search must ask for at least one to find these lines, for a search engine that takes words whole
(`migrated` is not `migrate`) and in any case. Nearly every migrate command writes one of the first words, so a further
framework seldom needs another. A plain `42/u create_orders (12ms)` of golang-migrate, a plain `OK 00042_x.sql` of goose
and South's ` > orders:0042_x` hold no word that would not find half of all lines."""

LONGEST = 4_000
"""Characters of one log line that are read; a stack trace says its cause at its ends, so both ends are."""

ROWS = 60
"""Lines of one log document that are read."""

ERROR = 300
"""Characters of a failure's text that are kept: it goes on a card."""

STILL_RUNNING = timedelta(hours=1)
"""How long a failure is given to the migration that began last on the same host: a longer one would be noticed by
the deploy's own time limit (Kubernetes' `activeDeadlineSeconds`, Helm's five minutes, most pipelines' hour)."""


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

MIGRATE = r"migrat|\b(?:create|alter|drop)\s+table\b"
"""Words by which a line or a service is a migrate command's, or the database's own line about its statement; each
framework has more (`Framework.words`)."""


def migration_runs(lines: Iterable[LogLine]) -> tuple[MigrationRun, ...]:
    """What migrate commands said, oldest first; the same line read twice (two searches may find it) counts once.

    Of lines of the same moment, those that tell an error come last: a store of logs keeps no order within it, and a
    command says what it does before it dies of it.
    """
    runs: list[MigrationRun] = []
    running: dict[tuple[str | None, str | None], MigrationRun] = {}
    seen = set()
    for line in sorted(lines, key=lambda line: (line.at, _tells_an_error(line))):
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


def _tells_an_error(line: LogLine) -> bool:
    text = line.message[: LONGEST // 2]
    return ANY_ERROR.search(text) is not None or DATABASE_FAILURE.search(text) is not None


def _may_still_fail(run: MigrationRun) -> bool:
    if run.outcome != "applied":
        return run.outcome == "started"
    framework = framework_named(run.framework)
    return framework is not None and "applied" in framework.early


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
    for framework in frameworks():
        for form in framework.forms:
            if form.word in row and (match := form.pattern.search(row)):
                return _run(line, form.outcome, framework.name, form.name(match))
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
    if ANY_ERROR.search(text) and (own or any(code in text for one in frameworks() for code in one.code)):
        return True
    if not any(_of_migrate_command().search(where or "") for where in (text, line.service, line.host)):
        return False
    harmless = (line.level or "").lower() in ("debug", "trace", "info", "notice")
    return bool(JOB_FAILURE.search(text)) or (not harmless and bool(DATABASE_FAILURE.search(text)))


@cache
def _of_migrate_command() -> re.Pattern[str]:
    words = (re.escape(word) for one in frameworks() for word in one.words)
    return re.compile("|".join((MIGRATE, *words)), re.IGNORECASE)


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
