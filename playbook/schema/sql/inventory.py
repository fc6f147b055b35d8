"""The relations that are there, what falls with each of them, and the way back to a moment before."""

from typing import NamedTuple

Key = tuple[str, str]
"""Schema and name as the database compares them; the default schema is ``""``."""


class Relation(NamedTuple):
    """One that is there. It falls with `owners` always, with `needs` on DROP … CASCADE."""

    schema: str | None
    name: str
    owners: frozenset[Key] = frozenset()
    needs: frozenset[Key] = frozenset()


class Inventory:
    """Relations by their keys, oldest first; `gone` are those that were seen to go.

    While `recording`, every change can be undone.
    """

    def __init__(self) -> None:
        self.relations: dict[Key, Relation] = {}
        self.gone: set[Key] = set()
        self.recording = False
        self._by_schema: dict[str, dict[Key, None]] = {}
        self._fallen_with: dict[Key, set[Key]] = {}
        self._journal: list[tuple[Key, Relation | None]] = []

    def put(self, key: Key, relation: Relation | None) -> None:
        """From now on the relation is there under this key; None takes it away."""
        if self.recording:
            self._journal.append((key, self.relations.get(key)))
        self._set(key, relation)

    def moves(self, key: Key, new: Key) -> None:
        """What falls with the relation falls with it under its new name: databases keep it by identity."""
        for child in self.falling_with(key):
            there = self.relations[child]
            self.put(
                child,
                there._replace(
                    owners=frozenset(new if one == key else one for one in there.owners),
                    needs=frozenset(new if one == key else one for one in there.needs),
                ),
            )

    def falling_with(self, key: Key) -> list[Key]:
        """What has it for an owner or needs it, in order."""
        return sorted(self._fallen_with.get(key, ()))

    def within(self, schema: str) -> list[Key]:
        """What a schema holds, oldest first."""
        return list(self._by_schema.get(schema, ()))

    def moment(self) -> int:
        """Now, for `back_to`."""
        return len(self._journal)

    def back_to(self, moment: int) -> None:
        """Undoes what was recorded since."""
        while len(self._journal) > moment:
            key, before = self._journal.pop()
            self._set(key, before)

    def forget(self) -> None:
        """What was recorded stays for good."""
        self._journal.clear()

    def _set(self, key: Key, relation: Relation | None) -> None:
        before = self.relations.pop(key, None)
        (self.gone.add if relation is None else self.gone.discard)(key)
        if before is not None:
            self._by_schema[key[0]].pop(key, None)
            for one in before.owners | before.needs:
                self._fallen_with.get(one, set()).discard(key)
        if relation is not None:
            self.relations[key] = relation
            self._by_schema.setdefault(key[0], {})[key] = None
            for one in relation.owners | relation.needs:
                self._fallen_with.setdefault(one, set()).add(key)
