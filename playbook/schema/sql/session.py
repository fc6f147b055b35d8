"""What a row of SQL statements has made of a database so far: its relations, and where an unqualified name is sought.

It exists because a statement alone does not say what it does: DROP SCHEMA … CASCADE names no table, `orders` may be
`public.orders` or a temporary table, and a ROLLBACK undoes what was read before.
"""

from collections.abc import Iterator
from typing import NamedTuple

from playbook.schema.framework import Dynamic
from playbook.schema.operation import Kind, Operation
from playbook.schema.sql.inventory import Inventory, Key, Relation

DEFAULT_SCHEMA = {"postgres": "public", "tsql": "dbo", "sqlite": "main"}


SAVEPOINTS = 100
"""Savepoints of one transaction that are kept in mind."""


class Name(NamedTuple):
    """A relation's name as written (unquoted parts folded), with its schema where one was written."""

    schema: str | None
    name: str
    line: int = 0


class Mark(NamedTuple):
    """The beginning of a transaction, or a savepoint by its name, and what there was: a rollback goes back to it."""

    savepoint: str
    operations: int
    dynamics: int
    moment: int
    path: tuple[str | None, ...]
    dropped: frozenset[str]


class Session:
    """A database that SQL is told to; `dialect` as sqlglot calls it.

    It may have held more before than was told (a change's own files are told alone), so a relation that is not known
    may still be there, unless it was seen to go.
    """

    def __init__(self, dialect: str = "postgres") -> None:
        self.dialect = dialect
        self.inventory = Inventory()
        self.relations = self.inventory.relations
        self.schemas: set[str] = set()
        self.dropped: set[str] = set()
        self.uncertain = False
        self.acting_routines: set[str] = set()
        self.begin_text()

    def begin_text(self) -> None:
        """A new file: what a connection remembers (search path, temporary tables, a transaction) is gone.

        Whether one connection runs many files depends on which are pending; none may rely on it.
        """
        self.path: tuple[str | None, ...] = (None,)
        self._before_local: tuple[str | None, ...] | None = None
        self.temporary: set[str] = set()
        self.variables: dict[str, str] = {}
        self.operations: list[Operation] = []
        self.dynamics: list[Dynamic] = []
        self.inventory.forget()
        self.inventory.recording = False
        self._marks: list[Mark] = []

    def key(self, schema: str | None, name: str) -> Key:
        """How the database compares the name: PostgreSQL exactly (it was folded before), others without case."""
        if self.dialect != "postgres":
            schema, name = schema.lower() if schema else None, name.lower()
        return ("" if schema is None or schema == DEFAULT_SCHEMA.get(self.dialect) else schema, name)

    def found(self, name: Name) -> Key | None:
        """The known relation that the name means."""
        schemas = (name.schema,) if name.schema is not None else self.path
        keys = (self.key(schema, name.name) for schema in schemas)
        return next((key for key in keys if key in self.relations), None)

    def is_temporary(self, name: Name) -> bool:
        """Whether the name means a table of this session: those are sought before all others."""
        return name.name in self.temporary if name.schema is None else name.schema == "pg_temp"

    def dynamic(self, line: int, what: str) -> None:
        self.uncertain = True
        self.dynamics.append(Dynamic(line, what))

    def creates(
        self,
        name: Name,
        *,
        kept: bool = False,
        owners: frozenset[Key] = frozenset(),
        needs: frozenset[Key] = frozenset(),
    ) -> None:
        """`kept`: where one of that name is there, it stays (IF NOT EXISTS, CREATE OR REPLACE VIEW)."""
        schema = name.schema if name.schema is not None else self._first()
        key = self.key(schema, name.name)
        if kept and key in self.relations:
            return
        self.inventory.put(key, Relation(schema, name.name, owners, needs))
        self._add("creates", Name(schema, name.name, name.line))

    def surely_gone(self, name: Name) -> bool:
        """Whether it was seen to go, and nothing since could have brought it back."""
        return (
            not self.uncertain
            and self.key(name.schema if name.schema is not None else self._first(), name.name) in self.inventory.gone
        )

    def _first(self) -> str | None:
        """The schema in which an unqualified name is created."""
        there = (one for one in self.path if one is None or self.key(one, "")[0] not in self.dropped)
        return next(there, None)

    def drops(self, name: Name, *, cascade: bool = False, perhaps: bool = False) -> None:
        """Drops it and what falls with it; one that is not known is dropped all the same: it may be from before."""
        if self.is_temporary(name):
            self.temporary.discard(name.name)
            return
        key = self.found(name)
        if key is None:
            if not (perhaps and self.surely_gone(name)):
                schema = name.schema if name.schema is not None else self._first()
                self.inventory.gone.add(self.key(schema, name.name))
                self._add("drops", Name(schema, name.name, name.line))
            return
        waiting, seen = [key], {key}
        while waiting:
            gone = self.relations[waiting[0]]
            this = waiting.pop(0)
            self._add("drops", Name(gone.schema, gone.name, name.line))
            for child in self.inventory.falling_with(this):
                falls = child in self.relations and (cascade or this in self.relations[child].owners)
                if falls and child not in seen and self.dialect == "postgres":
                    seen.add(child)
                    waiting.append(child)
        for one in seen:
            self.inventory.put(one, None)

    def renames(self, name: Name, to: str, to_schema: str | None = None, *, perhaps: bool = False) -> None:
        """Renames it within its schema, or moves it to `to_schema`; `perhaps` is IF EXISTS."""
        if self.is_temporary(name):
            self.temporary.discard(name.name)
            self.temporary.add(to)
            return
        key = self.found(name)
        if key is None and perhaps and self.surely_gone(name):
            return
        there = self.relations.get(key, Relation(name.schema, name.name)) if key else None
        if there is None:
            there = Relation(name.schema if name.schema is not None else self._first(), name.name)
        schema = to_schema if to_schema is not None else there.schema
        new = self.key(schema, to)
        if key is not None and key != new:
            self.inventory.moves(key, new)
            self.inventory.put(key, None)
        self.inventory.put(new, there._replace(schema=schema, name=to))
        text = f"{to_schema}.{to}" if to_schema is not None and to_schema != there.schema else to
        self._add("renames", Name(there.schema, there.name, name.line), text)

    def needs(self, key: Key, *, owner: Key, held: bool) -> None:
        """From now on the relation falls with `owner`, or (`held` false) does no longer."""
        if (there := self.relations.get(key)) is not None:
            self.inventory.put(
                key, there._replace(owners=(there.owners | {owner}) if held else (there.owners - {owner}))
            )

    def within(self, schema: str) -> Iterator[tuple[Key, Relation]]:
        """What is known in a schema, as the database compares its name; oldest first."""
        folded = self.key(schema, "")[0]
        for key in self.inventory.within(folded):
            if key in self.relations:
                yield key, self.relations[key]

    def drops_schema(self, schema: str, line: int) -> None:
        """Drops all that it holds; of a schema that was not made here nobody knows what that is."""
        folded = self.key(schema, "")[0]
        if folded not in self.schemas and not self.inventory.within(folded):
            self.dynamic(line, f"it drops whatever the schema {schema} holds")
        self.dropped.add(folded)
        for key, relation in self.within(schema):
            if key in self.relations:
                self.drops(Name(relation.schema or schema, relation.name, line), cascade=True)

    def renames_schema(self, schema: str, to: str, line: int) -> None:
        """Moves all that it holds."""
        folded = self.key(schema, "")[0]
        if folded not in self.schemas and not self.inventory.within(folded):
            self.dynamic(line, f"all that the schema {schema} holds moves to {to}")
        self.schemas.add(self.key(to, "")[0])
        self.dropped.add(folded)
        self.dropped.discard(self.key(to, "")[0])
        for _, relation in self.within(schema):
            self.renames(Name(relation.schema or schema, relation.name, line), relation.name, to)

    def looks_in(self, path: tuple[str | None, ...], *, local: bool = False) -> None:
        """SET search_path; LOCAL ends with the transaction (a tool's own, where the text begins none)."""
        if local and self._before_local is None:
            self._before_local = self.path
        elif not local:
            self._before_local = None
        self.path = path

    def _ends_local(self) -> None:
        if self._before_local is not None:
            self.path, self._before_local = self._before_local, None

    def begins(self, savepoint: str = "") -> None:
        """BEGIN, or a savepoint within; a BEGIN in a transaction is only warned of."""
        if not self._marks or (savepoint and len(self._marks) < SAVEPOINTS):
            counts = len(self.operations), len(self.dynamics), self.inventory.moment()
            self._marks.append(Mark(savepoint, *counts, self.path, frozenset(self.dropped)))
            self.inventory.recording = True

    def commits(self) -> None:
        self._ends_local()
        self._end_of_transaction()
        self.inventory.forget()

    def rolls_back(self, line: int, savepoint: str = "") -> None:
        """Undoes what was read since; MySQL and Oracle commit at every CREATE and DROP, so there nothing is undone."""
        if self.dialect in ("mysql", "oracle"):
            self._end_of_transaction()
            return
        if not savepoint:
            self._ends_local()
        place = next(
            (one for one in range(len(self._marks) - 1, -1, -1) if self._marks[one].savepoint == savepoint), None
        )
        if place is None:
            if self.operations:
                self.dynamic(line, "a ROLLBACK without its BEGIN in the file: what came before may be undone")
            return
        mark = self._marks[place]
        self.path, self.dropped = mark.path, set(mark.dropped)
        del self.operations[mark.operations :], self.dynamics[mark.dynamics :]
        self.inventory.back_to(mark.moment)
        del self._marks[place + (1 if savepoint else 0) :]
        self.inventory.recording = bool(self._marks)

    def _end_of_transaction(self) -> None:
        self._marks.clear()
        self.inventory.recording = False

    def _add(self, kind: Kind, name: Name, to: str | None = None) -> None:
        self.operations.append(Operation(kind, name.name, name.line, to, name.schema))
