"""The playbooks: one file each; adding a file is enough.

Discovery lives here and happens when it is asked for, not on import, so that a unit may import `Playbook` from here.
"""

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from playbook.causes import Cause
from playbook.diagnosis import Subject
from playbook.evidence.error import Error
from playbook.evidence.fact import Fact
from playbook.evidence.prescription import Prescription


class Recognised(Protocol):
    """Reads the exception chain (and the issue's own metadata) and gives the subject, or None: not this error."""

    def __call__(self, errors: Sequence[Error], url: str = "") -> Fact | None: ...


@dataclass(frozen=True)
class Playbook:
    """What a written playbook says: which errors it is for, what to look up, in which order, and what may be why.

    `prescribes` is in the order of the written steps, which is the order of the progress display; `subject_type`
    is the fact that `recognise` extracts; `check` gives a statement that asks the failing system itself.
    """

    name: str
    title: str
    subject_type: type[Fact]
    recognise: Recognised
    subject: Callable[[Fact], Subject]
    prescribes: tuple[type[Fact], ...]
    prescription: Callable[[Fact], Prescription]
    causes: tuple[Cause, ...]
    check: Callable[[Fact], str]


@cache
def playbooks() -> tuple[Playbook, ...]:
    """Every playbook there is, by name."""
    modules = [importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    return tuple(module.playbook for module in modules)


def recognise(errors: Sequence[Error], url: str = "") -> tuple[Playbook, Fact] | None:
    """The first playbook that knows the error, with its subject; None where none does."""
    for playbook in playbooks():
        subject = playbook.recognise(errors, url)
        if subject is not None:
            return playbook, subject
    return None
