"""What migrations do to the database, one after another: operations that are sure, and what only running would tell."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import NamedTuple

from sqlglot import TokenType, tokenize
from sqlglot.errors import SqlglotError

from playbook.schema import sql
from playbook.schema.framework import Dynamic
from playbook.schema.javascript.values import COMPUTED, Presence, Text, Value
from playbook.schema.operation import Kind, Operation
from playbook.schema.sql.session import Name, Session
from playbook.schema.unread import Unread

VERBS: dict[Kind, str] = {"creates": "creates", "drops": "drops", "renames": "renames", "models": "declares"}


class Recorder:
    """Remembers which relations there are, from migration to migration; `operations` and `dynamic` are of one."""

    def __init__(self) -> None:
        self.session = Session()
        self.ever: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """The next migration begins."""
        self.operations: list[Operation] = []
        self.dynamic: list[Dynamic] = []
        self._before: list[Session | None] = []

    def unsure(self, at: int, what: str) -> None:
        found = Dynamic(at, what)
        if found not in self.dynamic:
            self.dynamic.append(found)

    def creates(self, name: Value, schema: Value, at: int, *, kept: bool = False) -> None:
        """`kept`: one of that name that is there stays, as with IF NOT EXISTS."""
        if (known := self._name("creates", name, schema, at)) is not None:
            self._tell(lambda: self.session.creates(known, kept=kept))

    def drops(self, name: Value, schema: Value, at: int, *, cascade: bool = False) -> None:
        if (known := self._name("drops", name, schema, at)) is not None:
            self._tell(lambda: self.session.drops(known, cascade=cascade))

    def renames(self, name: Value, to: Value, schema: Value, at: int) -> None:
        if not is_plain(to):
            name = to
        if (known := self._name("renames", name, schema, at)) is not None:
            self._tell(lambda: self.session.renames(known, to.value))

    def drops_schema(self, schema: Value, at: int) -> None:
        """A schema goes, and every relation with it that is known to be in it."""
        if is_plain(schema):
            self._tell(lambda: self.session.drops_schema(schema.value, at))
        else:
            self.unsure(at, "it drops a schema whose name is computed when it runs")

    def drops_all(self, at: int, spared: Sequence[str] = ()) -> None:
        """Every relation that is known goes, but for those that are spared."""
        for relation in list(self.session.relations.values()):
            if relation.name not in spared:
                self._tell(
                    lambda one=relation: self.session.drops(Name(one.schema, one.name, at), cascade=True)  # type: ignore[misc]
                )

    def _name(self, kind: Kind, name: Value, schema: Value, at: int) -> Name | None:
        if not is_plain(name) or (schema is not None and not is_plain(schema)):
            shown = f" {name.value}" if is_plain(name) else ""
            self.unsure(at, f"it {VERBS[kind]} a relation{shown} whose name is computed when it runs")
            return None
        self.ever.add(name.value)
        return Name(schema.value if schema is not None else None, name.value, at)

    def sql(self, statement: Value, at: int) -> None:
        """The statements of a text of SQL; a `Dynamic` for those whose head or name is computed."""
        if not isinstance(statement, Text):
            self.unsure(at, "it runs SQL that is computed or stands elsewhere")
            return
        words = statement.value
        if not CHANGES.search(words) and COMPUTED not in words:
            return
        self.session.dialect = sql.dialect_of([words])
        try:
            self._tell(lambda: _ignore(sql.tell(self.session, words, statement.line)))
        except Unread as unread:
            self.unsure(at, unread.args[0])
        finally:
            self.session.dialect = "postgres"
        if COMPUTED in words and _computed_head(words):
            self.unsure(at, "it runs SQL whose statement is computed when it runs")

    def _tell(self, change: Callable[[], None]) -> None:
        """Makes the change; inside a trial, what was before is kept to go back to."""
        if self._before and self._before[-1] is None:
            self._before[-1] = deepcopy(self.session)
        self.session.begin_text()
        change()
        for one in self.session.operations:
            if COMPUTED in f"{one.relation}{one.to or ''}{one.schema_name or ''}":
                self.unsure(one.line, f"it {VERBS[one.kind]} a relation whose name is computed when it runs")
            else:
                self.operations.append(one)
                self.ever |= {one.relation, one.to or one.relation}
        for two in self.session.dynamics:
            self.unsure(two.line, two.what)

    def requalify(self, since: int, schema: Value) -> None:
        """The operations since that place are in this schema after all."""
        late, self.operations = self.operations[since:], self.operations[:since]
        for one in late:
            if one.kind == "creates":
                self.session.drops(Name(one.schema_name, one.relation, one.line))
            name, line = Text(one.relation, one.line), one.line
            if one.kind == "creates":
                self.creates(name, schema, line)
            elif one.kind == "drops":
                self.drops(name, schema, line)
            else:
                self.renames(name, Text(one.to or "", line), schema, line)

    def presence(self, name: Value, schema: Value = None) -> Presence | None:
        """Whether the relation is there by now; None where its name is computed."""
        if not is_plain(name) or (schema is not None and not is_plain(schema)):
            return None
        held = schema.value if schema is not None else None
        there = self.session.found(Name(held, name.value)) is not None
        return Presence(name.value, held, there, name.value in self.ever)

    @contextmanager
    def trial(self) -> Iterator[list[Operation]]:
        """Inside, operations are only tried: the list that is given holds them, and nothing else keeps them."""
        operations, ever = self.operations, set(self.ever)
        tried: list[Operation] = []
        self.operations = []
        self._before.append(None)
        try:
            yield tried
        finally:
            tried += self.operations
            self.operations, self.ever = operations, ever
            self.session = self._before.pop() or self.session

    def perhaps(self, ways: Sequence[list[Operation]], why: str) -> None:
        """Keeps what every way does; the rest becomes a `Dynamic`, for it happens only sometimes."""
        sure = [one for one in ways[0] if all(_among(one, way) for way in ways[1:])] if len(ways) > 1 else []
        self._again(sure)
        for one in (each for way in ways for each in way if not _among(each, sure)):
            to = f" to {one.to}" if one.to else ""
            self.unsure(one.line, f"whether it {VERBS[one.kind]} {one.relation}{to} {why}")

    def _again(self, operations: Sequence[Operation]) -> None:
        for one in operations:
            name, line = Text(one.relation, one.line), one.line
            schema = Text(one.schema_name, line) if one.schema_name else None
            if one.kind == "creates":
                self.creates(name, schema, line)
            elif one.kind == "drops":
                self.drops(name, schema, line)
            elif one.to:
                self.renames(name, Text(one.to, line), schema, line)

    def unless_there(self, subject: Presence, skipped: Callable[[], None]) -> None:
        """What stands under a question whether a relation is there that no migration ever named.

        To drop it if it is there leaves it gone either way, so that is sure; anything else is not.
        """
        if subject.known:
            return
        with self.trial() as tried:
            skipped()
        drops = [one for one in tried if one.kind == "drops" and one.relation == subject.relation]
        self._again(drops)
        others = [one for one in tried if one not in drops]
        self.perhaps([others], f"depends on whether {subject.relation} is there, which no migration tells")


CHANGES = re.compile(
    r"\b(?:CREATE|DROP|ALTER|RENAME|INTO|EXEC\w*|DO|CALL|sp_rename|set_config|ROLLBACK)\b", re.IGNORECASE
)
"""Words without which a text of SQL changes no relation."""

HEADS = frozenset(
    {
        "CREATE",
        "DROP",
        "ALTER",
        "RENAME",
        "OR",
        "REPLACE",
        "TEMP",
        "TEMPORARY",
        "GLOBAL",
        "LOCAL",
        "UNLOGGED",
        "RECURSIVE",
        "FOREIGN",
        "MATERIALIZED",
    }
)
"""Words of a statement before the one that says what kind of thing it is about."""


def is_plain(name: Value) -> bool:
    """Whether it is a name that the text tells whole."""
    return isinstance(name, Text) and name.value != "" and COMPUTED not in name.value


def _ignore(_result: object) -> None:
    """The session keeps what the statements did."""


def _among(operation: Operation, others: Sequence[Operation]) -> bool:
    return any(one._replace(line=0) == operation._replace(line=0) for one in others)


def _computed_head(statement: str) -> bool:
    """Whether what kind of statement it is, and of what kind of thing, is itself computed."""
    try:
        tokens = tokenize(statement, read="mysql" if "`" in statement else "postgres")
    except (SqlglotError, RecursionError):
        return True
    begins = True
    for token in tokens:
        word = token.text.upper()
        if token.token_type is TokenType.SEMICOLON:
            begins = True
        elif begins and COMPUTED in word:
            return True
        else:
            begins = begins and word in HEADS
    return False


class Qualified(NamedTuple):
    """A name, with its schema where one is said."""

    name: Value
    schema: Value


def qualified(name: Value, schema: Value = None) -> Qualified:
    """Cuts `schema.name`, said in one text, in two."""
    if isinstance(name, Text) and re.fullmatch(r"[^.]+\.[^.]+", name.value):
        before, _, after = name.value.partition(".")
        return Qualified(Text(after, name.line), Text(before, name.line))
    return Qualified(name, schema)
