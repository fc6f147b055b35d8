"""What the repository's own migrations say of the relation, at the failing release's commit: playbook step 5."""

from typing import ClassVar, Literal

from playbook.evidence.changes import SchemaChange
from playbook.evidence.fact import Fact, Value

Brought = Literal["earlier", "release", "edited", "later", "unknown"]
"""When a file came to what it says: it is the same in the last good release; the failing release brings it; the
failing release edits a file that the last good one had; only the default branch has it; no last good release is known.
"""


class SchemaEvent(SchemaChange):
    """One thing that a migration does to the relation, under this or an earlier name. `target` is the database that
    the migration is for, as one of the history's `targets`; "" where that is not known."""

    brought: Brought = "unknown"
    target: str = ""


class Declaration(Value):
    """Code that declares the relation: `model` is the class or entity, `managed` false where it leaves the table to
    others (Django's `managed = False`, or a migration that only adopts it); `target` is the database it is in, "" where
    that is in doubt."""

    relation: str
    schema_name: str | None = None
    model: str
    managed: bool = True
    framework: str
    path: str
    line: int
    quote: str
    url: str
    brought: Brought = "unknown"
    target: str = ""


class Partitioned(Value):
    """The relation of which the missing one is a part, going by its name (schema/partition.py): `parent` is the
    migration that creates it, `by` the words that divide it ("" where there are none), `siblings` the migrations that
    make parts of other periods, the last few, and `partman` whether one of them leaves the parts to pg_partman."""

    parent: SchemaEvent | None = None
    by: str = ""
    siblings: tuple[SchemaEvent, ...] = ()
    partman: bool = False


class SchemaHistory(Fact):
    """`commit` is the failing release's, `base` the last good one's, `branch` the default branch.

    `events` are those of the failing release, in the order in which its migrations run on an empty database; `later`
    are those that only the default branch has; `gone` what the last good release's migrations did and the failing
    one's no longer hold (deleted or edited files). `standing` are the names, qualified as the migrations say, under
    which the relation is there once every migration of the release has run, by name alone or by another case: () where
    it is not. `migrations` counts those of the release, of every framework in `frameworks`. `targets` are the databases
    that those are for, each a framework and a folder (schema/target.py), and `schemas` the schemas that they create, or
    create anything in. `routed` tells that settings decide which migration reaches which database. `covered` and
    `declaring` say how many of the managed relations that the code of the same target declares are created by them: few
    where tables are made by other means. `incomplete` and `dynamic` tell what could not be read, or only by running it:
    while there is any, a relation that is not found is not surely absent. `uncompared` tells what of the last good
    release or of the default branch could not be read. `partitioned` where the name ends in a period, and migrations
    make what that would be a part of, or parts of other periods.
    """

    source: ClassVar[str] = "GitHub"

    repository: str
    commit: str
    base: str | None = None
    branch: str | None = None
    events: tuple[SchemaEvent, ...] = ()
    later: tuple[SchemaEvent, ...] = ()
    gone: tuple[SchemaEvent, ...] = ()
    declared: tuple[Declaration, ...] = ()
    standing: tuple[str, ...] = ()
    migrations: int = 0
    frameworks: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    routed: bool = False
    covered: int = 0
    declaring: int = 0
    incomplete: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    uncompared: tuple[str, ...] = ()
    partitioned: Partitioned | None = None

    @property
    def shortfalls(self) -> tuple[str, ...]:
        return (*self.incomplete, *self.uncompared)

    @property
    def whole(self) -> bool:
        """Whether all of the failing release was read, and nothing has to be run to be known: only then silence means
        absence."""
        return self.migrations > 0 and not self.incomplete and not self.dynamic

    @property
    def finding(self) -> str:
        if not self.migrations:
            return f"no migrations were found in {self.repository}"
        told = f"{self.migrations:,} migrations at {self.commit[:7]}"
        if not self.events:
            return f"{told} · none names it" + (f", {self.later[0].path} on {self.branch} does" if self.later else "")
        last = self.events[-1]
        return f"{told} · {last.path}:{last.line} {last.kind} it"
