"""What is known of the database while a line of revisions runs on an empty one: what is there, and what may be."""

from collections.abc import Iterable
from typing import NamedTuple

from playbook.schema.operation import Operation


class Doubt(NamedTuple):
    """Something that only running it would tell; `names` are the relations it may touch, () where it may be any."""

    line: int
    what: str
    names: tuple[str, ...] = ()
    schema_name: str | None = None


Effect = Operation | Doubt


class Past:
    """The effects so far, as an answer to `has_table`."""

    def __init__(self) -> None:
        self._there: dict[tuple[str | None, str], bool | None] = {}
        self._anything = False

    def add(self, effects: Iterable[Effect]) -> None:
        """Takes in what a migration does."""
        for effect in effects:
            if isinstance(effect, Doubt):
                self._anything = self._anything or not effect.names
                self._there.update({(effect.schema_name, name): None for name in effect.names})
            else:
                self._there[effect.schema_name, effect.relation] = effect.kind == "creates"
                if effect.to is not None:
                    self._there[effect.schema_name, effect.to] = True

    def has(self, relation: str, schema_name: str | None, *later: Iterable[Effect]) -> bool | None:
        """Whether the relation is there after these later effects too; None where that is not known."""
        now, key = Past(), (schema_name, relation)
        for effects in later:
            now.add(effects)
        found = now._there.get(key, self._there.get(key, False))
        return None if found is False and (self._anything or now._anything) else found
