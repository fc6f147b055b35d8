"""What to ask: one function, one fact; adding a file is enough.

A step is the function named like its module. It takes facts, given values and sources by type and gives one fact,
`None` (looked, there is none), or raises `Unavailable`. The first line of its docstring is its title on the card.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from playbook import wiring
from playbook.evidence.fact import Fact, Value
from playbook.sources.elastic import Elastic
from playbook.sources.github import GitHub
from playbook.sources.sentry import Sentry


@dataclass(frozen=True)
class Step:
    """One step: what it is called on the card, what it needs, which fact it gives."""

    title: str
    function: Callable[..., Any]
    needs: tuple[wiring.Need, ...]
    gives: type[Fact]


@cache
def steps() -> dict[type[Fact], Step]:
    """Every step there is, by the fact it gives; TypeError where two give the same."""
    found: dict[type[Fact], Step] = {}
    for module in pkgutil.iter_modules(__path__):
        step = step_of(getattr(importlib.import_module(f"{__name__}.{module.name}"), module.name))
        if step.gives in found:
            raise TypeError(f"{module.name} gives {step.gives.__name__}, which another step gives already")
        found[step.gives] = step
    return found


def step_of(function: Callable[..., Any]) -> Step:
    """The step that a function is; TypeError with a sentence where it asks for or gives what no step may."""
    gives = wiring.gives(function)
    if not issubclass(gives, Fact):
        raise TypeError(f"{function.__module__}: a step gives a fact, not {gives.__name__}")
    title = (function.__doc__ or function.__name__).strip().splitlines()[0].rstrip(".")
    return Step(title, function, wiring.needs(function, (Value, Sentry, GitHub, Elastic)), gives)
