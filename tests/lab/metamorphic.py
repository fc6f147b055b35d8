"""Changes that mean nothing: whatever an incident happened beside, in whichever order, words, or language it was told,
the verdict is the same, and rests on the same signals.

`variants` change what happened and ask again; `reruns` let it happen again on another day, or in other words. A
scenario that depends on one of them by its meaning says so: `DOES_NOT_APPLY = {"another day": "why"}`.
"""

import dataclasses
import importlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from playbook import catalog
from playbook.investigate import Investigation
from tests.lab import scenarios
from tests.lab.asking import Sources
from tests.lab.beside import chance, unrelated_issues, unrelated_lines
from tests.lab.clock import DEPLOY, Clock
from tests.lab.happened import Document, Happened
from tests.lab.happening import Scenario
from tests.lab.reported import Received, Reported
from tests.lab.system import Wording
from tests.lab.translated import everywhere, into, languages
from tests.stand_ins.git_history import RealRepository
from tests.stand_ins.github_world import Between, File
from tests.stand_ins.sentry_world import World

Signature = tuple[str, str | None, frozenset[tuple[str, str, str]]]

EACH = 3
"""Languages in which one scenario is told; with the scenarios there are, every language is."""


@dataclass(frozen=True)
class Variant:
    """The same incident, changed without meaning. `kind` is what `DOES_NOT_APPLY` names."""

    kind: str
    name: str
    happened: Happened
    sources: Callable[[Sources], Sources] = lambda sources: sources


@dataclass(frozen=True)
class Rerun:
    """How to let it happen again. The clock goes forward as it is used, so it is made for each run; `language` is what
    the database speaks then."""

    kind: str
    zero: datetime = DEPLOY
    wording: Wording | None = None
    language: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}, on a database that speaks {self.language}" if self.language else self.kind

    def clock(self) -> Clock:
        return Clock(self.zero)


def signature(found: Investigation) -> Signature:
    """Grade and cause, and every signal of every cause with its strength, also of those that are struck out."""
    diagnosis = found.diagnosis
    playbook = next((one for one in catalog.playbooks() if one.name == diagnosis.playbook), None)
    told = frozenset(
        (cause.name, signal.name, str(signal.strength))
        for cause in (playbook.causes if playbook else ())
        for signal in cause.weigh(found.evidence)[0]
    )
    return diagnosis.verdict.grade, diagnosis.verdict.cause, told


def variants(one: Scenario, happened: Happened) -> list[Variant]:
    """Those that apply to the scenario."""
    made = [
        Variant("order", "Sentry's rows in another order", happened, _edited(shuffled)),
        Variant("order", "log lines shipped in another order", _relogged(happened, chance(happened).sample)),
        Variant("order", "files and pull requests in another order", _reordered(happened)),
        Variant("unrelated", "unrelated issues", unrelated_issues(happened)),
        Variant("unrelated", "unrelated log lines", unrelated_lines(happened)),
        Variant("unknown fields", "fields that nobody has heard of", _labelled(happened), _edited(unheard_of)),
        *(Variant("language", f"messages in {name}", translated(happened, name)) for name in _languages(happened)),
    ]
    return [variant for variant in made if variant.kind not in does_not_apply(one)]


def reruns(one: Scenario) -> list[Rerun]:
    """In other words for the things that it is about; and at another time, on a database that speaks German: half of
    the scenarios while the clocks of Europe go forward, the others across midnight and a year's end."""
    made = [
        Rerun("other words", wording=Wording({"order": "parcel", "invoice": "voucher"})),
        TIMES[sum(one.name.encode()) % len(TIMES)],
    ]
    return [rerun for rerun in made if rerun.kind not in does_not_apply(one)]


TIMES = (
    Rerun("another day", datetime(2027, 3, 28, 1, 30, tzinfo=UTC), language="de"),
    Rerun("midnight", datetime(2026, 12, 31, 23, 50, tzinfo=UTC), language="de"),
)


def does_not_apply(one: Scenario) -> Mapping[str, str]:
    """Kinds of changes that have a meaning for this scenario, each with the reason."""
    module = importlib.import_module(f"{scenarios.__name__}.{one.name}")
    told: Mapping[str, str] = getattr(module, "DOES_NOT_APPLY", {})
    return told


# The order of answers.

UNORDERED = frozenset({"tags", "topValues", "authors", "projects", "deploys", "code_mappings", "issues"})
"""Lists of Sentry's whose order says nothing; others come newest first, or are a stack."""


def shuffled(world: World) -> World:
    """Lists without an order in another one, and the fields of every object backwards."""
    dice = random.Random(7)  # noqa: S311 - the same order each time

    def turned(value: Any, name: str = "") -> Any:
        match value:
            case dict():
                return {key: turned(value[key], key) for key in reversed(value)}
            case list() | tuple():
                rows = [turned(row) for row in value]
                if name in UNORDERED:
                    dice.shuffle(rows)
                return tuple(rows) if isinstance(value, tuple) else rows
        return value

    told: dict[str, Any] = {field.name: getattr(world, field.name) for field in dataclasses.fields(World)}
    for name in ("tags", "deploys"):
        told[name] = {key: turned(rows, name) for key, rows in told[name].items()}
    return World.of({name: turned(value, name) for name, value in told.items()})


@dataclass(frozen=True)
class Backwards(RealRepository):
    """The same repository; files come backwards."""

    def files(self, sha: str) -> tuple[File, ...]:
        return super().files(sha)[::-1]

    def between(self, base: str, head: str) -> Between | None:
        found = super().between(base, head)
        return dataclasses.replace(found, files=found.files[::-1]) if found else None


def _reordered(happened: Happened) -> Happened:
    turned = {
        name: Backwards(one.full_name, one.git, one.pulls[::-1], one.moved_to)
        for name, one in happened.repositories.items()
    }
    return dataclasses.replace(happened, repositories=turned)


def _relogged(happened: Happened, order: Callable[[list[Document], int], list[Document]]) -> Happened:
    return dataclasses.replace(happened, logs=tuple(order(list(happened.logs), len(happened.logs))))


# Fields that nobody has heard of.


def unheard_of(world: World) -> World:
    """In every object of every row; maps whose keys are names of their own are left."""

    def more(value: Any) -> Any:
        match value:
            case dict():
                told = {key: row if key in MAPS else more(row) for key, row in value.items()}
                return {**told, "unheardOf": {"since": "2031-01-01T00:00:00Z", "values": [1, None, "relation"]}}
            case list() | tuple():
                return type(value)(more(row) for row in value)
        return value

    keyed = ("events", "tags", "commits", "deploys", "committers")
    told: dict[str, Any] = {
        **{name: {key: more(rows) for key, rows in getattr(world, name).items()} for name in keyed},
        **{name: more(getattr(world, name)) for name in ("issues", "releases", "code_mappings")},
    }
    return dataclasses.replace(world, **told)


MAPS = ("packages", "stats", "metadata")


def _labelled(happened: Happened) -> Happened:
    """As agents that ship logs add fields of their own."""
    agent = {"agent": {"type": "filebeat", "version": "9.1.5"}, "ecs": {"version": "8.11.0"}}
    labels = {"labels": {"unheard_of": "Applying nothing.0001_nothing... OK"}}
    return dataclasses.replace(happened, logs=tuple({**one, **agent, **labels} for one in happened.logs))


# The database's messages.


def translated(happened: Happened, language: str) -> Happened:
    """What the server says, in Sentry and in the logs."""
    say = into(language)
    received = tuple(
        Received(project=one.project, at=one.at, event=everywhere(one.event, say)) for one in happened.reported.received
    )
    logs = tuple(everywhere(dict(one), say) for one in happened.logs)
    told = happened.reported.model_copy(update={"received": received})
    return dataclasses.replace(_told(happened, told), logs=logs)


def _languages(happened: Happened) -> Iterator[str]:
    """Some for each scenario, others for another."""
    known = languages()
    first = sum(happened.name.encode())
    return (known[(first + number * (len(known) // EACH)) % len(known)] for number in range(EACH))


def _edited(change: Callable[[World], World]) -> Callable[[Sources], Sources]:
    def sources(given: Sources) -> Sources:
        before = given.edited
        return dataclasses.replace(given, edited=lambda world: change(before(world)))

    return sources


def _told(happened: Happened, reported: Reported) -> Happened:
    return dataclasses.replace(happened, reported=reported)
