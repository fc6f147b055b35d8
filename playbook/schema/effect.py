"""What a migration's code does, and what of it only running would tell: for readers that follow the code's own ways.

An operation behind a condition is not an operation that happens, and a name put together at run time is no name: both
become `Dynamic`. Two conditions are no doubt at all: a table that is created unless it exists (or gets its name by a
rename unless it exists) exists afterwards, and one that is dropped if it exists, does not.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from playbook.schema import sql
from playbook.schema.framework import Dynamic
from playbook.schema.operation import Kind, Operation
from playbook.schema.unread import Unread

Effect = Operation | Dynamic

Done = TypeVar("Done")
"""One thing done: an effect, or effects that belong together."""

HOLE = "computed_at_run_time"
"""Stands in a text for what is put in only at run time; a word, so that SQL around it can still be cut into words."""

_WHOLE_STATEMENT = re.compile(rf"(?:^|;)\s*{HOLE}\b")

MOST = 20_000
"""Statements that are followed in one migration, loops unrolled: people's have some hundreds."""

MOST_RETURNS = 60
"""Conditions under which one body of code may return: each is put around all that follows."""

VERBS: dict[Kind, str] = {"creates": "creates", "drops": "drops", "renames": "renames", "models": "declares"}


class Guard(NamedTuple):
    """What must be so for code to run: `relation` `exists` or not; both None where the condition is another one."""

    line: int
    words: str
    relation: str | None = None
    exists: bool | None = None

    def negated(self) -> "Guard":
        """The guard of the other branch."""
        words = self.words[5:-1] if self.words.startswith("not (") else f"not ({self.words})"
        return self._replace(words=words, exists=None if self.exists is None else not self.exists)


def named(kind: Kind, name: str | None, line: int, to: str | None = "", words: str = "") -> Effect:
    """The operation on a relation as the code names it, `schema.table` or `table`; dynamic where a name is computed
    (`None`, or with a hole). `words` quote the code of the name."""
    if name is None or to is None or HOLE in name or HOLE in to or not name:
        return Dynamic(line, f"it {VERBS[kind]} a table whose name is computed: {words}" if words else _computed(kind))
    schema, _, bare = name.rpartition(".")
    other = to.rpartition(".")[2] if to.rpartition(".")[0] == schema else to
    return Operation(kind, bare, line, other or None, schema or None)


def of_sql(text: str | None, line: int, words: str = "") -> list[Effect]:
    """What SQL inside a migration does; `None` for SQL that is computed."""
    if text is None or text.strip() == HOLE:
        return [Dynamic(line, f"it runs SQL that is computed: {words}" if words else "it runs SQL that is computed")]
    try:
        operations, dynamics = sql.read(text, line)
    except Unread as unread:
        return [Dynamic(line, str(unread.args[0]))]
    found: list[Effect] = list(dynamics)
    if _WHOLE_STATEMENT.search(text):
        found.append(Dynamic(line, "it runs a statement of SQL that is computed"))
    for one in operations:
        computed = any(HOLE in (part or "") for part in (one.relation, one.to, one.schema_name))
        found.append(Dynamic(one.line, _computed(one.kind)) if computed else one)
    return found


def _computed(kind: Kind) -> str:
    return f"it {VERBS[kind]} a table whose name is computed"


def under(effects: Iterable[Effect], guard: Guard) -> list[Effect]:
    """The effects of code that runs only where the guard lets it."""
    return [_under(effect, guard) for effect in effects]


def _under(effect: Effect, guard: Guard) -> Effect:
    if isinstance(effect, Dynamic) or _certain(effect, guard):
        return effect
    name = f"{effect.schema_name}.{effect.relation}" if effect.schema_name else effect.relation
    return Dynamic(effect.line, f"it {VERBS[effect.kind]} {name} only if {guard.words}")


def _certain(operation: Operation, guard: Guard) -> bool:
    """Whether the database is the same afterwards, whichever way the guard decides."""
    asked = guard.relation.rpartition(".")[2] if guard.relation else None
    if guard.exists is False:
        made = (
            operation.to if operation.kind == "renames" else operation.relation if operation.kind == "creates" else ""
        )
        return asked is not None and asked == made
    return operation.kind == "drops" and guard.exists is True and asked == operation.relation


def in_turn(
    statements: Iterable[tuple[list[Done], Guard | None]],
    known: Callable[[Guard], bool | None],
    put_under: Callable[[list[Done], Guard], list[Done]],
) -> list[Done]:
    """What statements do one after another, some of which may return: each comes with the guard that lets what follows
    it run, None where nothing keeps it from that.

    `known` tells whether a guard lets code run, None where only running it would tell; `put_under` puts under a guard.
    Statements are asked for one by one, and none after one that surely returns.
    """
    found: list[Done] = []
    guards: list[Guard] = []
    for done, guard in statements:
        held = done
        for one in guards if held else ():
            held = put_under(held, one)
        found += held
        lets = True if guard is None else known(guard)
        if lets is False:
            break
        if guard is not None and lets is None:
            guards.append(guard)
        if len(guards) > MOST_RETURNS:
            raise Unread(f"it may return in more than {MOST_RETURNS} places")
    return found


def either(branches: Sequence[tuple[Guard, list[Effect]]], exhaustive: bool) -> list[Effect]:
    """The effects of branches of which one is taken; certain where all do the same, and one surely is."""
    effects = [found for _, found in branches]
    if exhaustive and effects and all(_keys(one) == _keys(effects[0]) for one in effects):
        return effects[0]
    return [effect for guard, found in branches for effect in under(found, guard)]


def _keys(effects: Iterable[Effect]) -> list[tuple[object, ...]]:
    return [
        (one.kind, one.relation, one.to, one.schema_name) if isinstance(one, Operation) else (one.what,)
        for one in effects
    ]


def split(effects: Iterable[Effect]) -> tuple[tuple[Operation, ...], tuple[Dynamic, ...]]:
    """The operations, and what is dynamic (said once, however often a loop says it), each in its order."""
    every = tuple(effects)
    return (
        tuple(one for one in every if isinstance(one, Operation)),
        tuple(dict.fromkeys(one for one in every if isinstance(one, Dynamic))),
    )
