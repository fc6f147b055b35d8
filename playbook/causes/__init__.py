"""Suspected causes, shared by playbooks; adding a file is enough.

A cause is a claim, a remedy, and two to five signals named like findings. A signal is a pure function of facts: it
gives a `Signal` or None, and one that asks for a source is refused when it is imported.
"""

from collections.abc import Callable, Mapping
from typing import Any

from playbook import wiring
from playbook.diagnosis import Citation, Remedy, Signal, Strength, Unchecked
from playbook.evidence.changes import Changes, SchemaChange
from playbook.evidence.collected import Evidence
from playbook.evidence.fact import Derived, Fact
from playbook.evidence.logs import Logs, MigrationRun

SignalFunction = Callable[..., Signal | None]


class Cause:
    """One suspected cause. `claim` is what one says aloud; `remedy` a function of facts (all of them optional).

    `gives_way` marks a wider frame rather than a rival (a broader incident *and* a failed migration are both true):
    it never stands in the way of a cause that says how it happened.
    """

    def __init__(self, module: str, claim: str, remedy: Callable[..., Remedy], *, gives_way: bool = False) -> None:
        self.gives_way = gives_way
        self.name = module.rpartition(".")[2]
        self.claim = claim
        self._remedy = remedy
        self._remedy_needs = wiring.needs(remedy, (Fact, Derived))
        self.signals: dict[str, _Registered] = {}

    def signal(self, at_most: Strength) -> Callable[[SignalFunction], SignalFunction]:
        """Registers a signal and the strongest it may give; the first line of its docstring says what it asks."""

        def register(function: SignalFunction) -> SignalFunction:
            self.signals[function.__name__] = _Registered(function, at_most)
            return function

        return register

    def weigh(self, evidence: Evidence) -> tuple[tuple[Signal, ...], tuple[Unchecked, ...]]:
        """What the signals say, and which could not be asked and why. Signals that found nothing are silent."""
        signals, unchecked = [], []
        for name, registered in self.signals.items():
            try:
                signal = wiring.call(registered.function, registered.needs, evidence.facts)
            except wiring.Lack as lack:
                unchecked.append(registered.unchecked(lack.type, evidence))
                continue
            if signal is not None:
                signals.append(registered.admit(name, signal))
        return tuple(signals), tuple(unchecked)

    def remedy(self, facts: Mapping[type[Fact], Fact]) -> Remedy:
        """What to do if this is the cause, as exactly as the facts allow."""
        remedy: Remedy = wiring.call(self._remedy, self._remedy_needs, facts)
        return remedy


class _Registered:
    def __init__(self, function: SignalFunction, at_most: Strength) -> None:
        self.function = function
        self.at_most = at_most
        self.needs = wiring.needs(function, (Fact, Derived))
        self.asks = (function.__doc__ or function.__name__).strip().splitlines()[0]

    def unchecked(self, lacking: type, evidence: Evidence) -> Unchecked:
        return Unchecked(
            signal=self.function.__name__,
            asks=self.asks,
            at_most=self.at_most,
            needs=lacking.__name__,
            why=evidence.why_not(lacking),
        )

    def admit(self, name: str, signal: Signal) -> Signal:
        if _WORTH[signal.strength] > _WORTH[self.at_most]:
            raise ValueError(f"{name} gave {signal.strength}, but declares {self.at_most} at most")
        return signal.model_copy(update={"name": name})


_WORTH: dict[Strength, int] = {
    Strength.HINT: 1,
    Strength.AGAINST: 1,
    Strength.TELLING: 2,
    Strength.DECISIVE: 3,
    Strength.RULES_OUT: 3,
}


def _signal(strength: Strength, text: str, citations: tuple[Citation, ...]) -> Signal:
    return Signal(strength=strength, text=text, citations=citations)


def hint(text: str, *citations: Citation) -> Signal:
    """Fits, but would fit much else too."""
    return _signal(Strength.HINT, text, citations)


def telling(text: str, *citations: Citation) -> Signal:
    """Speaks for this cause rather than for its rivals."""
    return _signal(Strength.TELLING, text, citations)


def decisive(text: str, *citations: Citation) -> Signal:
    """Could not be seen if another cause were at work."""
    return _signal(Strength.DECISIVE, text, citations)


def against(text: str, *citations: Citation) -> Signal:
    """Hard to explain if this were the cause."""
    return _signal(Strength.AGAINST, text, citations)


def rules_out(text: str, *citations: Citation) -> Signal:
    """Could not be seen if this were the cause."""
    return _signal(Strength.RULES_OUT, text, citations)


def cite(fact: Any, quote: str, source: str | None = None) -> Citation:
    """A citation of a fact, or of a part of one that has its own `url` (a log line, a commit, a deploy).

    A part does not know its service: name it with `source`. Long quotes are shortened to their beginning.
    """
    quote = " ".join(quote.split())
    shortened = quote if len(quote) <= QUOTE_LENGTH else quote[: QUOTE_LENGTH - 1] + "…"
    return Citation(source=source or fact.source, url=fact.url, quote=shortened)


QUOTE_LENGTH = 240
"""Characters: three lines on a phone; the whole is one click away."""


def cite_run(run: MigrationRun) -> Citation:
    """A citation of the log line from which a migrate command's run was read.

    A trace is quoted from its beginning to what it died of: the end says why.
    """
    message = " ".join(run.line.message.split())
    error = " ".join((run.error or "").split())
    if len(message) <= QUOTE_LENGTH or not error or error not in message[QUOTE_LENGTH // 2 :]:
        return cite(run.line, message, Logs.source)
    beginning = message[: max(QUOTE_LENGTH - len(error) - 3, QUOTE_LENGTH // 4)].rstrip()
    return cite(run.line, f"{beginning} … {error}", Logs.source)


def cite_change(change: SchemaChange) -> Citation:
    """A citation of the line of a migration or model; `place` says where it stands."""
    return cite(change, change.quote or place(change), Changes.source)


def place(change: SchemaChange) -> str:
    """The file and line of a migration or model, as one says it: `orders/migrations/0042_order.py:9`."""
    return change.path + (f":{change.line}" if change.line else "")
