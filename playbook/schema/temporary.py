"""A temporary relation is there for the session that made it, and for nobody else.

https://www.postgresql.org/docs/current/sql-createtable.html, "TEMPORARY";
https://dev.mysql.com/doc/refman/8.4/en/create-temporary-table.html;
https://learn.microsoft.com/en-us/sql/t-sql/statements/create-table-transact-sql, "Temporary tables".
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from playbook.evidence.event import Event
from playbook.evidence.issue import Issue
from playbook.evidence.logs import LogLine, Logs
from playbook.evidence.missing_relation import MissingRelation
from playbook.schema.place import own_service, place
from playbook.schema.statement import LINE_LENGTH, NOT_DONE, Certainty, makes, makes_temporary, mentions, removes


class Made(NamedTuple):
    """The statement that made it, by its place in the row, and whether nothing tells otherwise."""

    place: int
    certainty: Certainty


def temporary_by_name(relation: MissingRelation) -> bool:
    """Whether its name alone says that it can only be temporary: SQL Server's `#x`, a schema of the session's."""
    schema = SCHEMAS.get(relation.dialect or "")
    hashed = relation.dialect in HASHED and (relation.name or "").startswith("#")
    return hashed or (schema is not None and schema.fullmatch((relation.schema_name or "").casefold()) is not None)


def is_temporary(relation: MissingRelation, event: Event | None) -> bool:
    """Whether its name says so, or the event's own statements make it as a temporary one."""
    told = event.statements if event else ()
    return temporary_by_name(relation) or any(makes_temporary(relation, one) for one in told)


def made_for_itself(relation: MissingRelation, statements: Sequence[str], failing: str | None) -> Made | None:
    """Which of a session's statements, oldest first, made the relation as a temporary one before it was missed.

    Not the failing one itself (`CREATE TEMP TABLE x AS SELECT … FROM x`). Only *perhaps* where a statement does more
    with it, was cut, dropped it again, or makes a lasting relation of that name: that one may be meant.
    """
    making = [place for place, one in enumerate(statements) if makes_temporary(relation, one)]
    making = [place for place in making if not failing or statements[place].strip() != failing.strip()]
    if not making:
        return None
    last = making[-1]
    text = statements[last]
    plain = mentions(relation, text) == 1 and len(text) < LINE_LENGTH
    undone = any(removes(relation, later) for later in statements[last + 1 :])
    lasting = any(makes(relation, one) for one in statements)
    return Made(last, "surely" if plain and not undone and not lasting else "perhaps")


def lines_of_the_trace(event: Event, logs: Logs | None) -> tuple[LogLine, ...]:
    """The log lines of the event's trace up to the event, each once, oldest first; none that tells of a refusal."""
    found = (line for search in (logs.searches if logs else ()) for line in search.lines)
    same = {line.url: line for line in found if event.trace_id and line.trace_id == event.trace_id}
    done = [line for line in same.values() if not NOT_DONE.search(line.message[:LINE_LENGTH])]
    return tuple(sorted((one for one in done if event.at is None or one.at <= event.at), key=lambda line: line.at))


def is_ours(line: LogLine, event: Event, issue: Issue) -> bool:
    """Whether the failing service itself wrote it, here: a trace passes through others, each with its own database."""
    return place(line, event, issue) == "here" and own_service(line, issue) is True


HASHED = ("sqlserver", "sybase")

SCHEMAS = {
    "postgresql": re.compile(r"pg_temp(?:_\d{1,10})?"),
    "sqlite": re.compile(r"temp"),
    "db2": re.compile(r"session"),
}
"""Where a dialect keeps what is temporary; in others a schema of that name is one like any other."""

SAME_SESSION = {
    "postgresql": "SELECT pg_backend_pid();",
    "mysql": "SELECT CONNECTION_ID();",
    "sqlserver": "SELECT @@SPID;",
}
"""Asked where the relation is made and where it is used: another number is another session, which lacks it."""
