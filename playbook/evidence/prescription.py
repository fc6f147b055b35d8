"""What the playbook at hand tells the shared steps to look for."""

from playbook.evidence.fact import Value


class LogSearch(Value):
    """One purpose and the phrases of which a log line must hold at least one.

    `phrases` are matched as phrases of the message text, `levels` (if any) narrow to those log levels.
    """

    purpose: str
    phrases: tuple[str, ...]
    levels: tuple[str, ...] = ()


class Prescription(Value):
    """`searches` for the logs; `same_trouble` is the text by which another issue is about the same subject."""

    searches: tuple[LogSearch, ...] = ()
    same_trouble: str | None = None
