"""What a run is, as values, and the seam behind which runs may live in this process or outlast it."""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
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
    that is checked again, whose card is at `place`. `delivery` is Slack's own id of what asked (an event's id, a
    command's trigger): the same one twice is one request, however often Slack delivers it.
    """

    ref: IssueRef
    place: Place
    at: Instant
    asker: str | None = None
    answer_to: str | None = None
    again: str | None = None
    delivery: str | None = None


@dataclass(frozen=True)
class Result:
    """How a run ended: an investigation, or the sentence that says why there is none. `seconds` it took.

    `same` is the run that answers already, where the issue turned out to be one that was asked for by another name.
    """

    seconds: float
    investigation: Investigation | None = None
    failed: str | None = None
    same: str | None = None


@dataclass(frozen=True)
class Run:
    """A run as far as it is known now; `result` is None while it runs, `steps` is what it has told, in order.

    `before` is the run that it checks again, where that is still known (and without its own `before`). `asked`
    counts every request that this run answers, the first one included.
    """

    id: str
    request: Request
    place: Place
    steps: tuple[Progress, ...] = ()
    result: Result | None = None
    before: "Run | None" = None
    asked: int = 1

    @property
    def investigation(self) -> Investigation | None:
        return self.result.investigation if self.result else None

    def with_step(self, told: Progress) -> "Run":
        """With that step as it stands now; a new one comes last."""
        if told.fact not in [step.fact for step in self.steps]:
            return replace(self, steps=(*self.steps, told))
        return replace(self, steps=tuple(told if step.fact == told.fact else step for step in self.steps))


@dataclass(frozen=True)
class Started:
    """The run that answers a request, by its id only: `Runs.run` tells more of it.

    `new` is false when one for the same is under way or just ended.

    `delivered` says that this very request came before: nobody need be told a second time; `elsewhere`, that another
    request is answered by it, from another channel. `ahead` counts the runs that begin before this one.
    """

    run: Run
    new: bool
    delivered: bool = False
    elsewhere: bool = False
    ahead: int = 0


class Shown(Value):
    """Where the end of a run stands now: `message` is None where it was taken away; `tell` is for the asker alone."""

    message: str | None
    tell: str | None = None


class NotStarted(Exception):
    """A run could not begin; `sentence` tells the person who asked why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class AnsweredElsewhere(Exception):
    """The issue turned out to be one that another run answers; `run` is that one."""

    def __init__(self, run: str) -> None:
        super().__init__(run)
        self.run = run


class NotShown(Exception):
    """Slack could not be written to for now; whoever carries the run out tries again later."""


class Audience(Protocol):
    """Who is told how a run goes; called from the run's own threads, and never made to wait for Slack by `told`.

    `began` and `ended` may be called again for the same run after a crash: they go on with its message.
    """

    def found(self, run: Run) -> str | None:
        """The message of a run whose post was begun, and whose answer was lost; None where there is none.

        Raises `NotShown` where that cannot be known for now.
        """
        ...

    def began(self, run: Run) -> str:
        """The run begins: posts its message, or takes up the one that stands, and gives the message's `ts`.

        Raises `NotStarted` where Slack refuses it for good, `NotShown` where it may be tried again.
        """
        ...

    def announce(self, run: Run, people: Iterable[tuple[str, str]]) -> None:
        """Its message stands: tells those people, each in the channel that they asked from, where that is."""
        ...

    def told(self, run: Run) -> None:
        """A step changed its state."""
        ...

    def ended(self, run: Run) -> Shown:
        """Shows how the run ended; raises `NotShown` where that may be tried again."""
        ...

    def settle(self, run: Run) -> None:
        """Its end was shown: draws the other cards anew that show something else because of it."""
        ...

    def left(self, run: Run) -> None:
        """This process does nothing more for the run, ended or not."""
        ...

    def tell(self, request: Request, sentence: str) -> None:
        """One sentence to the person who asked, and to nobody else; an alert asked for nothing."""
        ...


class Runs(Protocol):
    """All that the doors know of runs."""

    def start(self, request: Request) -> Started:
        """Write the request down, durably, and begin its run in a moment; or give the run that answers it already.

        Returns once it is safe to tell Slack that it was heard; raises `NotStarted` where it could not be written.
        """
        ...

    def soon(self, request: Request) -> Future[Started]:
        """The same without waiting for it, and without a count of those ahead; fails with `NotStarted`. Cancelled, the
        request is not written unless that is under way."""
        ...

    def run(self, run_id: str) -> Run | None:
        """The run by its id, wherever it was carried out; None when it is no longer known."""
        ...

    def close(self) -> None:
        """Begin no other run, let those under way end, and hand over what does not end in time."""
        ...
