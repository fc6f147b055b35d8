"""Lets a scenario happen: all of its parts are its own but PostgreSQL, which it shares and leaves clean."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.lab import scenarios
from tests.lab.clock import Clock
from tests.lab.happened import Happened, Truth
from tests.lab.postgres import Postgres
from tests.lab.sentry import LabSentry
from tests.lab.system import System, Wording

ASKED = 120.0
"""Minutes after the deploy at which somebody asks, unless the scenario says otherwise."""


@dataclass(frozen=True)
class Scenario:
    """`about` is its first sentence; `happen` does it; `asked` in minutes."""

    name: str
    about: str
    truth: Truth
    happen: Callable[[System], None]
    asked: float


def names() -> list[str]:
    """Every scenario there is; adding a file is enough."""
    return sorted(module.name for module in pkgutil.iter_modules(scenarios.__path__))


def scenario(name: str) -> Scenario:
    """The scenario of this name; raises `LookupError` with those there are."""
    if name not in names():
        raise LookupError(f"there is no scenario {name!r}; there are: {', '.join(names())}")
    module = importlib.import_module(f"{scenarios.__name__}.{name}")
    about = (module.__doc__ or "").strip().partition("\n\n")[0]
    return Scenario(name, about, module.truth, module.happen, getattr(module, "ASKED", ASKED))


def happen(
    one: Scenario, folder: Path, postgres: Postgres, clock: Clock | None = None, wording: Wording | None = None
) -> Happened:
    """It happens, in some seconds; `folder` holds the repositories, so it must stay as long as they are asked."""
    clock = clock or Clock()
    with LabSentry(lambda: clock.now, {"shop": "acme/shop", "billing": "acme/billing"}) as sentry:
        system = System(folder, postgres, sentry, clock, wording)
        try:
            one.happen(system)
        finally:
            system.end()
        return system.happened(one.name, one.truth, clock.reach(clock.at(one.asked)))
