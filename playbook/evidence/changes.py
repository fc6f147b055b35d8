"""What changed between the last good and the first failing release: playbook step 5."""

from typing import ClassVar, Literal

from playbook.evidence.fact import Fact, Value
from playbook.evidence.instant import Instant


class PullRequest(Value):
    """The pull request that brought a commit; `merged_at` None when it is not merged."""

    number: int
    title: str
    author: str | None = None
    merged_at: Instant | None = None
    url: str


class Commit(Value):
    """`at` is the committer's clock; `message` only its first line; `files` only where they were asked for."""

    sha: str
    message: str
    author: str | None = None
    at: Instant | None = None
    url: str
    pull: PullRequest | None = None
    files: tuple[str, ...] = ()

    @property
    def short(self) -> str:
        """`abc1234`, as people and git name commits."""
        return self.sha[:7]

    @property
    def named(self) -> str:
        return f"{self.short} {self.message}".strip()


class SchemaChange(Value):
    """What one line of a patch does to the database: `renames` goes from `relation` to `to`.

    `framework` is its `Framework.name`, and `migration` the name that the framework's command takes
    (`orders.0042_order`; Alembic's revision; `20261120090000 CreateOrders`; Flyway's version), None where the file
    does not tell; whether a logged run is of it, only the framework knows (`Framework.is_of`). `quote` is the line
    itself. `models` means code that declares the relation without creating it (`framework` is then `models`).
    `schema_name` only where the statement qualifies the relation.
    """

    kind: Literal["creates", "drops", "renames", "models"]
    relation: str
    schema_name: str | None = None
    to: str | None = None
    path: str
    line: int | None = None
    quote: str
    framework: str
    migration: str | None = None
    url: str


class FileChange(Value):
    """A changed file; `patch` is None where GitHub sent none (binary, too large, rename only)."""

    path: str
    status: str
    previous_path: str | None = None
    patch: str | None = None
    url: str


class Struck(Value):
    """A change that cannot be guilty, with the reason."""

    what: str
    reason: str
    url: str


class Suspect(Value):
    """A commit that can be guilty, and what connects it with the error: `reasons`, the most telling first, never
    none. They speak of the commit as *it*: `it changes orders/views.py, where the error is raised`."""

    commit: Commit
    reasons: tuple[str, ...]


class Claim(Value):
    """A commit that Sentry suspects, checked. `how` is Sentry's word for how it was found (`via SCM integration` is
    git's blame, `via commit in release` a file name), both known to err; `reason` is ours for the verdict.

    *confirmed*: it is one of our suspects. *possible*: it is in the range, and nothing connects it with the error.
    *impossible*: it cannot be guilty. *unchecked*: the range that was read does not tell.
    """

    commit: Commit
    how: str
    verdict: Literal["confirmed", "possible", "impossible", "unchecked"]
    reason: str


class Changes(Fact):
    """`commits` oldest first, only those that are in the failing release and older than the onset; `struck` are the
    others. `suspects` are the commits that something connects with the error, most telling first, and `claimed` those
    that Sentry suspects. `base` None means that no last good release is known and only the release's own commits were
    read. A change outside the failing release is never listed here. `rolled_back` means that the failing one is older
    code than the last good one: it brought nothing, and `taken_back` says what the newer code had done to the schema.
    """

    source: ClassVar[str] = "GitHub"

    repository: str
    base: str | None = None
    head: str
    commits: tuple[Commit, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    claimed: tuple[Claim, ...] = ()
    claimed_unavailable: str | None = None
    files: tuple[FileChange, ...] = ()
    schema_changes: tuple[SchemaChange, ...] = ()
    struck: tuple[Struck, ...] = ()
    rolled_back: bool = False
    taken_back: tuple[SchemaChange, ...] = ()
    incomplete: tuple[str, ...] = ()

    @property
    def shortfalls(self) -> tuple[str, ...]:
        return (*self.incomplete, *((self.claimed_unavailable,) if self.claimed_unavailable else ()))

    def of_relation(self, name: str, kind: str) -> tuple[SchemaChange, ...]:
        """The schema changes of that kind which name the relation, compared as the database would fold case."""
        return tuple(
            change for change in self.schema_changes if change.kind == kind and change.relation.lower() == name.lower()
        )

    @property
    def finding(self) -> str:
        told = f"{_counted(self.commits, 'commit')}, {_counted(self.files, 'file')} in {self.repository}"
        kinds = [f"{change.kind} {change.relation}" for change in self.schema_changes[:2]]
        return " · ".join([told, *kinds])


def _counted(some: tuple[Value, ...], what: str) -> str:
    return f"{len(some):,} {what}" + ("" if len(some) == 1 else "s")
