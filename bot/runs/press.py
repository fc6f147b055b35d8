"""Who pressed what, and what it changed: every press of a button that writes somewhere is on record."""

from typing import Protocol

from playbook.evidence.fact import Value
from playbook.evidence.instant import Instant


class Press(Value):
    """One press: by whom (`user` is the id in Slack, `name` as Slack tells it), of which button, when.

    `before` and `after` are the state that was read from the service each time, in a few words; `refused` is the
    sentence that the person was told where nothing was changed.
    """

    run: str
    issue: str
    user: str
    name: str = ""
    action: str
    at: Instant
    before: str = ""
    after: str = ""
    refused: str = ""


class Presses(Protocol):
    """The book of presses."""

    def record(self, press: Press) -> None:
        """Writes one down; raises `NotStarted` where the database does not answer: then nothing may be changed."""
        ...

    def of(self, run_id: str) -> tuple[Press, ...]:
        """The presses of one run's buttons, oldest first."""
        ...
