"""An incident as the services tell it: its code committed to a real git repository, and Sentry naming these commits."""

import tempfile
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from tests.cases.shop import SHAS, Incident, at, text
from tests.cases.shop_code import Code
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.git_repository import GitRepository
from tests.stand_ins.github_world import Pull
from tests.stand_ins.sentry_world import World


def served(incident: Incident, stack: ExitStack) -> tuple[World, RealRepository | None]:
    """What Sentry knows, and what acme/shop holds (None where GitHub is not configured); goes with `stack`."""
    if incident.code is None:
        return incident.world, None
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    good, bad, repository = _committed(incident.code, folder)
    return naming(incident.world, good, bad), repository


def naming(world: World, good: str, bad: str) -> World:
    """The same world with the names that git gave the commits of the last good and of the failing release."""
    names = {SHAS[0]: good, SHAS[1]: bad}
    return replace(world, **{one.name: _named(getattr(world, one.name), names) for one in fields(world)})


def _committed(code: Code, folder: Path) -> tuple[str, str, RealRepository]:
    git = GitRepository(folder)
    good = git.commit("Tidy the front page", code.good, at(-4000), "Bo Example")
    git.tag("v1.3.9")
    bad = git.commit(code.message, code.bad, at(-60))
    git.tag("v1.4.0")
    pulls = [Pull(code.number, code.message, (bad,), "ada-example", text(at(-55)))]
    if code.later:
        late = git.commit("Add what was forgotten", code.later, at(30))
        pulls.append(Pull(code.number + 3, "Add what was forgotten", (late,), "ada-example", text(at(31))))
    return good, bad, RealRepository("acme/shop", git, tuple(pulls))


def _named(told: Any, names: dict[str, str]) -> Any:
    if isinstance(told, str):
        return names.get(told, told)
    if isinstance(told, dict):
        return {key: _named(value, names) for key, value in told.items()}
    if isinstance(told, (list, tuple)):
        return type(told)(_named(one, names) for one in told)
    return told
