"""What a scenario leaves behind, as plain values: it can then be served, and asked about, as often as one likes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tests.lab.reported import Reported
from tests.stand_ins.git_history import RealRepository

Grade = Literal["proved", "likely", "undecided"]
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Truth:
    """What an engineer who saw it all would say: the cause (its file's name, None for *undecided*), and how sure one
    can be of it from outside. `relation` is the one that was missed; `project` the Sentry project."""

    cause: str | None
    grade: Grade
    relation: str = "orders_order"
    project: str = "shop"


@dataclass(frozen=True)
class Happened:
    """One incident, over. `repositories` by Sentry project; `asked` is when somebody typed the command."""

    name: str
    truth: Truth
    asked: datetime
    reported: Reported
    repositories: Mapping[str, RealRepository]
    logs: tuple[Document, ...]
