"""What the runs so far came to, as plain values: what runs, what waits, the last verdicts, a search over them."""

from datetime import datetime
from typing import Literal, Protocol

from playbook.evidence.fact import Value
from playbook.evidence.instant import Instant

State = Literal["waiting", "running", "ended"]


class Entry(Value):
    """One run as the history has it; redacted text only.

    `target` is the issue as it was asked for, `issue` its number in Sentry once that is known. `verdict` and `grade`
    (proved, likely, possible, undecided) are None until the run ended with a diagnosis; `failed` says why it has none.
    `asked` counts the requests that it answered.
    """

    run: str
    state: State
    target: str
    issue: str | None = None
    short_id: str | None = None
    title: str | None = None
    project: str | None = None
    playbook: str | None = None
    verdict: str | None = None
    grade: str | None = None
    failed: str | None = None
    asker: str | None = None
    channel: str
    thread: str | None = None
    message: str | None = None
    asked_at: Instant
    ended_at: Instant | None = None
    seconds: float | None = None
    asked: int = 1
    right: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


class Load(Value):
    """How many runs are under way and how many wait; `oldest_seconds` is how long the oldest of those has waited."""

    running: int = 0
    waiting: int = 0
    oldest_seconds: float = 0.0


class History(Protocol):
    """Reads what is kept; raises `NotStarted` where the database does not answer."""

    def under_way(self, limit: int = 20) -> tuple[Entry, ...]:
        """What runs and what waits, in the order in which it began or will begin."""
        ...

    def recent(self, limit: int = 10, matching: str = "") -> tuple[Entry, ...]:
        """The runs that ended last, newest first; `matching` narrows them to an issue, title, project, verdict."""
        ...

    def load(self) -> Load:
        """How busy all replicas together are."""
        ...

    def purge(
        self,
        before: datetime | None = None,
        issue: str | None = None,
        person: str | None = None,
        *,
        dry: bool = False,
    ) -> int:
        """Forgets runs that ended before a time, runs of an issue (number or short id), or all that one person did.

        Gives how many entries were forgotten; with `dry`, how many would be. A person's runs stay, without the person.
        """
        ...
