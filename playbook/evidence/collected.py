"""All that was gathered: each fact is known, absent, or unavailable, and the three are never mixed up."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

import playbook.evidence as folder
from playbook.evidence.fact import Fact
from playbook.evidence.json import Json

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True)
class Evidence:
    """`facts` by their type; `absent` and `unavailable` hold the sentence that says so, by the fact's type.

    `hidden` counts what redaction took out, by kind.
    """

    facts: Mapping[type[Fact], Fact] = field(default_factory=dict)
    absent: Mapping[type[Fact], str] = field(default_factory=dict)
    unavailable: Mapping[type[Fact], str] = field(default_factory=dict)
    hidden: Mapping[str, int] = field(default_factory=dict)

    def get(self, kind: type[F]) -> F | None:
        """The fact, or None where it is absent or unavailable."""
        fact = self.facts.get(kind)
        return fact if isinstance(fact, kind) else None

    def why_not(self, kind: type) -> str:
        """Why a fact is not there: unavailable with its reason, absent, or never asked for."""
        for reasons in (self.unavailable, self.absent):
            if kind in reasons:
                return reasons[kind]
        return f"{kind.__name__} was not looked up"

    @classmethod
    def from_json(cls, told: Mapping[str, Json]) -> "Evidence":
        """Evidence that somebody brings along; ValueError with a sentence where it is not in the form of `as_json`.

        `{"facts": {"Issue": {...}}, "absent": {"Logs": "..."}, "unavailable": {...}}`; only `facts` is required. The
        facts alone, by their names, are taken too.
        """
        known = fact_types()
        if told and set(told) <= set(known):
            told = {"facts": dict(told)}
        unknown = set(told) - {"facts", "absent", "unavailable", "hidden"}
        if unknown:
            raise ValueError(f"unknown part {sorted(unknown)[0]!r}; known are facts, absent, unavailable")
        parts = {part: _object(told.get(part, {}), part) for part in ("facts", "absent", "unavailable")}
        for part, named in parts.items():
            for name in named:
                if name not in known:
                    raise ValueError(f"{part}: there is no fact {name!r}; `diagnose facts` lists them")
        return cls(
            facts={known[name]: known[name].model_validate(value) for name, value in parts["facts"].items()},
            absent={known[name]: str(why) for name, why in parts["absent"].items()},
            unavailable={known[name]: str(why) for name, why in parts["unavailable"].items()},
        )

    def as_json(self) -> dict[str, Json]:
        """Plain JSON, sorted; `from_json` reads it back."""
        return {
            "facts": {kind.__name__: self.facts[kind].model_dump(mode="json") for kind in _sorted(self.facts)},
            "absent": {kind.__name__: self.absent[kind] for kind in _sorted(self.absent)},
            "unavailable": {kind.__name__: self.unavailable[kind] for kind in _sorted(self.unavailable)},
            "hidden": dict(sorted(self.hidden.items())),
        }


@cache
def fact_types() -> dict[str, type[Fact]]:
    """Every fact there is, by name, found by looking into this folder."""
    for module in pkgutil.iter_modules(folder.__path__):
        importlib.import_module(f"{folder.__name__}.{module.name}")
    return {kind.__name__: kind for kind in sorted(Fact.__subclasses__(), key=lambda kind: kind.__name__)}


def _object(value: Json, part: str) -> Mapping[str, Json]:
    if not isinstance(value, dict):
        raise ValueError(f"{part} must be an object by the names of facts")
    return value


def _sorted(by_type: Mapping[type[Fact], object]) -> list[type[Fact]]:
    return sorted(by_type, key=lambda kind: kind.__name__)
