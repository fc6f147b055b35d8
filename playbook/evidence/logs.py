"""What the logs say around the onset, one bounded search for each purpose: playbook step 6."""

from typing import ClassVar, Literal

from playbook.evidence.fact import Fact, Value
from playbook.evidence.instant import Instant

MIGRATIONS, START_UP, DEPLOYS, REPLICATION = "migrations", "start-up", "deploys", "replication"
"""The purposes of playbook step 6; a playbook prescribes searches under these names, causes read them."""

Outcome = Literal["started", "applied", "failed", "unapplied", "nothing to do", "faked", "reverted"]
"""`unapplied`: the command says that migrations wait to be applied. `faked`: recorded as applied, never run.
`reverted`: a migration was taken back."""


class LogLine(Value):
    """One log document, shortened; `url` leads to it. `own`: the failing project's service wrote it, by the name that
    the operator mapped; False where another did, or where nobody mapped one."""

    at: Instant
    message: str
    level: str | None = None
    service: str | None = None
    environment: str | None = None
    host: str | None = None
    trace_id: str | None = None
    own: bool = False
    url: str


class Search(Value):
    """`total` is exact unless `total_is_floor` (then "at least"); `partial` says why the answer is not whole."""

    purpose: str
    total: int
    total_is_floor: bool = False
    lines: tuple[LogLine, ...] = ()
    partial: str | None = None
    unavailable: str | None = None
    url: str


class MigrationRun(Value):
    """What a migrate command said of one migration (or of none by name), read from one log line.

    `migration` is the name as the framework logs it; `framework` which command spoke; `error` the failure's text.
    """

    at: Instant
    outcome: Outcome
    framework: str
    migration: str | None = None
    error: str | None = None
    line: LogLine


class Logs(Fact):
    """The searches that were made between `start` and `end`, and what the migrate commands said, oldest first."""

    source: ClassVar[str] = "Elasticsearch"

    start: Instant
    end: Instant
    searches: tuple[Search, ...]
    migration_runs: tuple[MigrationRun, ...] = ()

    def search(self, purpose: str) -> Search | None:
        """The search made for that purpose, None where none was prescribed."""
        return next((one for one in self.searches if one.purpose == purpose), None)

    def lines(self, purpose: str) -> tuple[LogLine, ...]:
        """The lines found for a purpose; () also when that search was not made or did not answer."""
        search = self.search(purpose)
        return search.lines if search else ()

    def whole(self, purpose: str) -> bool:
        """Whether the search for that purpose was made and saw everything: only then does silence mean anything."""
        search = self.search(purpose)
        return (
            search is not None
            and not search.partial
            and not search.unavailable
            and (not search.total_is_floor and search.total <= len(search.lines))
        )

    @property
    def shortfalls(self) -> tuple[str, ...]:
        told = [
            f"{one.purpose}: {one.partial or one.unavailable}"
            for one in self.searches
            if one.partial or one.unavailable
        ]
        return tuple(told)

    @property
    def finding(self) -> str:
        counts = [
            f"{search.purpose}: {'at least ' if search.total_is_floor else ''}{search.total:,}"
            for search in self.searches
            if not search.unavailable
        ]
        return " · ".join(counts) or "no search was answered"
