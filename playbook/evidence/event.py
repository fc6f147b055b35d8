"""One event of the issue, read closely: playbook step 2, the most recent event and its frames."""

from typing import ClassVar

from playbook.evidence.error import Error
from playbook.evidence.fact import Fact, Value
from playbook.evidence.instant import Instant


class Frame(Value):
    """One line of the stack; `filename` is relative to the code's root in the deployed release."""

    filename: str | None = None
    module: str | None = None
    function: str | None = None
    line: int | None = None
    in_app: bool = False
    code: str | None = None

    @property
    def place(self) -> str:
        """`shop/orders/views.py:42 in create`."""
        where = self.filename or self.module or "an unnamed file"
        return where + (f":{self.line}" if self.line else "") + (f" in {self.function}" if self.function else "")


class Tagged(Value):
    """One tag of the event."""

    key: str
    value: str


class Event(Fact):
    """`errors` is the exception chain, root cause first. `at` is the SDK's clock, `received_at` the server's.

    `which` says which event was read (`recommended`, `latest`, or the id asked for). `in_app` is the last frame of
    our own code in the last exception that has frames; `database_frames` are the frames of drivers and ORMs after
    it. `sql` only where the event carries the statement, with its parameters hidden. `statements` are those of its
    breadcrumbs that make, drop or rename a relation, oldest first.
    """

    source: ClassVar[str] = "Sentry"

    id: str
    which: str
    at: Instant | None = None
    received_at: Instant | None = None
    errors: tuple[Error, ...] = ()
    in_app: Frame | None = None
    outermost: Frame | None = None
    frames: tuple[Frame, ...] = ()
    database_frames: tuple[Frame, ...] = ()
    sql: str | None = None
    statements: tuple[str, ...] = ()
    trace_id: str | None = None
    release: str | None = None
    environment: str | None = None
    server_name: str | None = None
    transaction: str | None = None
    tags: tuple[Tagged, ...] = ()

    def tag(self, key: str) -> str | None:
        """The value of one tag of this event."""
        return next((one.value for one in self.tags if one.key == key), None)

    @property
    def finding(self) -> str:
        where = self.in_app or self.outermost
        parts = [
            f"read the {self.which} event" if self.which in ("latest", "recommended", "oldest") else "read the event"
        ]
        if where:
            parts.append(f"raised at {where.place}" + ("" if where.in_app else " (no frame of our own code)"))
        if self.environment:
            parts.append(self.environment)
        if self.release:
            parts.append(f"release {self.release}")
        return " · ".join(parts)
