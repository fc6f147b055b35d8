"""What a run is, as values, and the seam behind which runs may live in this process or outlast it."""

from dataclasses import dataclass
from typing import Protocol

from playbook.evidence.fact import Value
from playbook.evidence.instant import Instant
from playbook.evidence.issue_ref import IssueRef
from playbook.gather import Progress
from playbook.investigate import Investigation


class Place(Value):
    """Where the card stands or will stand: `message` is None until it is posted, `thread` None at the channel's top."""

    channel: str
    thread: str | None = None
    message: str | None = None


class Request(Value):
    """Who asked for what, where and when: plain values, so that a request can be written down before it is answered.

    `asker` is None for an alert. `answer_to` is Slack's response_url, good for half an hour. `again` is the run
    that is checked again, whose card is at `place`.
    """

    ref: IssueRef
    place: Place
    at: Instant
    asker: str | None = None
    answer_to: str | None = None
    again: str | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """One run at a time for the same: the issue as it was named, the channel, the thread."""
        return (self.ref.target, self.place.channel, self.place.thread or "")


@dataclass(frozen=True)
class Result:
    """How a run ended: an investigation, or the sentence that says why there is none. `seconds` it took."""

    seconds: float
    investigation: Investigation | None = None
    failed: str | None = None


@dataclass(frozen=True)
class Run:
    """A run as far as it is known now; `result` is None while it runs, `steps` is what it has told, in order.

    `before` is the run that it checks again, where that is still known (and without its own `before`).
    """

    id: str
    request: Request
    place: Place
    steps: tuple[Progress, ...] = ()
    result: Result | None = None
    before: "Run | None" = None

    @property
    def investigation(self) -> Investigation | None:
        return self.result.investigation if self.result else None


@dataclass(frozen=True)
class Started:
    """The run that answers a request; `new` is false when one for the same is under way or just ended."""

    run: Run
    new: bool


class NotStarted(Exception):
    """A run could not begin; `sentence` tells the person who asked why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Audience(Protocol):
    """Who is told how a run goes; called from the run's own threads, and never made to wait for Slack by `told`."""

    def began(self, run: Run) -> Place:
        """The run is about to begin: gives the place where its card now stands, or raises `NotStarted`."""
        ...

    def told(self, run: Run) -> None:
        """A step changed its state."""
        ...

    def ended(self, run: Run) -> None:
        """The run has its result."""
        ...


class Runs(Protocol):
    """All that the doors know of runs. Another implementation may keep them on disk."""

    def start(self, request: Request) -> Started:
        """Begin a run, or give the one that answers the same already; raises `NotStarted`."""
        ...

    def run(self, run_id: str) -> Run | None:
        """The run by its id; None when it is no longer known."""
        ...

    def close(self) -> None:
        """Begin no other run, and let those under way end."""
        ...
