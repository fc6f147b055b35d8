"""Every signal rests on what it cites: without that evidence, or with it altered, a recorded diagnosis says otherwise.

For each citation the cited part of the recorded answers (a log document, a file, a row, a field) is looked up by its
link and its quoted words, and then *removed* (wherever it stands), *shifted* (the moment that is quoted) and *renamed*
(the names of the missing relation in it); each time the recording is replayed.
"""

import copy
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, NamedTuple

from playbook import catalog
from playbook.diagnosis import Citation, Diagnosis, Signal, Strength
from playbook.evidence.unavailable import Unavailable
from playbook.investigate import replay
from playbook.sources.recording import Recording
from tests.lab.cited import GONE, Spot, cited, moments_in

Kind = Literal["removed", "shifted", "renamed"]
Outcome = Literal["silent", "changed", "survived", "not found"]
KINDS: tuple[Kind, ...] = ("removed", "shifted", "renamed")

MOST = 90
"""Replays for one recording, at 20 to 50 ms each: fifteen signals, two citations each, three ways."""

SHIFT = timedelta(hours=3)
STRONG = (Strength.DECISIVE, Strength.RULES_OUT)
ANOTHER = "zebra"
STRUCK_OUT = "struck out"


class Name(NamedTuple):
    """A signal of a cause, or (of no cause, `STRUCK_OUT`) a change that cannot be guilty."""

    cause: str
    signal: str


@dataclass(frozen=True)
class Mutation:
    """What became of one signal when the part that it cites was changed."""

    name: Name
    strength: Strength
    citation: Citation
    kind: Kind
    outcome: Outcome

    @property
    def failed(self) -> bool:
        """A signal must not stand without what it cites, and a strong one not on evidence of another relation. A
        moment may be another one and mean the same; where nothing was found to remove, nothing was shown."""
        if self.kind == "removed":
            return self.outcome in ("survived", "not found")
        return self.kind == "renamed" and self.outcome == "survived" and self.strength in STRONG

    def __str__(self) -> str:
        where = f"{self.citation.source}: {self.citation.quote[:70]}"
        return f"{self.name.cause}.{self.name.signal} ({self.strength}) {self.outcome}, {self.kind}: {where}"


@dataclass(frozen=True)
class Report:
    """`left_out` counts the mutations beyond `MOST`."""

    signals: int
    each: tuple[Mutation, ...]
    left_out: int = 0

    def count(self, outcome: Outcome, kinds: Sequence[Kind] = KINDS) -> int:
        return sum(one.kind in kinds and one.outcome == outcome for one in self.each)

    @property
    def mutations(self) -> int:
        return len(self.each)

    @property
    def silent(self) -> int:
        return self.count("silent")

    @property
    def changed(self) -> int:
        return self.count("changed")

    @property
    def survived(self) -> tuple[Mutation, ...]:
        """Those that must not be: the failures."""
        return tuple(one for one in self.each if one.failed)

    @property
    def unmoved(self) -> tuple[Mutation, ...]:
        """Those that survived and may: for a person to judge."""
        return tuple(one for one in self.each if one.outcome == "survived" and not one.failed)

    def __str__(self) -> str:
        told = []
        for kind in KINDS:
            outcomes = Counter(one.outcome for one in self.each if one.kind == kind)
            told.append(
                f"{kind}: " + (", ".join(f"{n} {outcome}" for outcome, n in sorted(outcomes.items())) or "none")
            )
        left = f"; {self.left_out} left out" if self.left_out else ""
        return f"{self.signals} signals, {self.mutations} mutations ({'; '.join(told)}){left}"


def mutations(recording: Recording, most: int = MOST) -> Report:
    """Every citation of every signal of every cause, struck out or not, and of every change that is struck out."""
    before, diagnosis = signals(recording), replay(recording, lambda _progress: None).diagnosis
    answers = recording.model_dump(mode="json")["answers"]
    by_citation: dict[Citation, list[Name]] = {}
    for name, signal in before.items():
        for citation in dict.fromkeys(signal.citations):
            by_citation.setdefault(citation, []).append(name)
    planned = [(citation, kind) for kind in KINDS for citation in by_citation]
    found: list[Mutation] = []
    for citation, kind in planned[:most]:
        changed = _mutated(answers, citation, kind, diagnosis)
        if changed is None and kind != "removed":
            continue  # no moment in it, or no name: nothing to alter
        after = {} if changed is None else signals(_answered(recording, changed))
        for name in by_citation[citation]:
            outcome = "not found" if changed is None else _outcome(before[name], after.get(name), citation, kind)
            found.append(Mutation(name, before[name].strength, citation, kind, outcome))
    return Report(len(before), tuple(found), max(0, len(planned) - most))


def signals(recording: Recording) -> dict[Name, Signal]:
    """All that a replay finds, of the causes that it strikes out too; nothing where there is nothing to diagnose."""
    try:
        found = replay(recording, lambda _progress: None)
    except Unavailable:
        return {}
    playbook = next((one for one in catalog.playbooks() if one.name == found.diagnosis.playbook), None)
    told = {
        Name(cause.name, signal.name): signal
        for cause in (playbook.causes if playbook else ())
        for signal in cause.weigh(found.evidence)[0]
    }
    claims = {cause.claim for cause in playbook.causes} if playbook else set()
    for struck in found.diagnosis.ruled_out:
        if struck.what not in claims:
            signal = Signal(strength=Strength.RULES_OUT, text=struck.reason, citations=struck.citations)
            told[Name(STRUCK_OUT, struck.what)] = signal
    return told


def _outcome(before: Signal, after: Signal | None, citation: Citation, kind: Kind) -> Outcome:
    """Without its evidence a signal may stand on other evidence; it may not go on citing what is gone."""
    if after is None:
        return "silent"
    if kind == "removed":
        return "survived" if citation in after.citations else "changed"
    return "survived" if (after.strength, after.text) == (before.strength, before.text) else "changed"


def _mutated(answers: list[Any], citation: Citation, kind: Kind, diagnosis: Diagnosis) -> list[Any] | None:
    """The answers with the cited part changed; None where there is none, or nothing in it to change so."""
    changed: list[Any] = copy.deepcopy(answers)
    spots = cited(changed, citation)
    if not spots:
        return None
    _CHANGES[kind](spots, citation, diagnosis)
    return None if changed == answers else changed


def _remove(spots: Iterable[Spot], _citation: Citation, _diagnosis: Diagnosis) -> None:
    """A search among others is refused: its place says what it was for."""
    for spot in spots:
        refused = isinstance(spot.value, dict) and isinstance(spot.value.get("hits"), dict)
        spot.holder[spot.key] = {"status": 503, "error": {"reason": "taken away"}} if refused else GONE


def _shift(spots: Iterable[Spot], citation: Citation, _diagnosis: Diagnosis) -> None:
    """The moment of a log document, or those that are quoted."""
    for spot in spots:
        value = spot.holder[spot.key]
        if citation.source == "Elasticsearch" and isinstance(value, dict) and "_source" in value:
            found = list(moments_in(value))
        else:
            found = [one for one in moments_in(spot.holder, spot.key) if one.told in citation.quote]
        for moment in found:
            moment.move(SHIFT)


def _rename(spots: Iterable[Spot], citation: Citation, diagnosis: Diagnosis) -> None:
    names = _names(diagnosis)
    if names is None or not names.search(citation.quote):
        return
    for spot in spots:
        spot.holder[spot.key] = _renamed(spot.holder[spot.key], names)


def _names(diagnosis: Diagnosis) -> re.Pattern[str] | None:
    """What the missing relation is called, and the words of its name: `orders_order`, `orders`, `order`."""
    name = diagnosis.subject.name if diagnosis.subject else None
    words = {word.removesuffix("s") for word in re.split(r"[^a-z]+", (name or "").casefold()) if len(word) > 2}
    ranked = sorted(words, key=len, reverse=True)
    return re.compile("|".join(f"{re.escape(word)}s?" for word in ranked), re.IGNORECASE) if ranked else None


def _renamed(value: Any, names: re.Pattern[str], key: str = "") -> Any:
    """Everywhere but in links: they are the evidence's place, not what it says."""
    match value:
        case str() if not key.endswith("url"):
            return names.sub(lambda found: ANOTHER.title() if found[0][0].isupper() else ANOTHER, value)
        case dict():
            return {name: _renamed(one, names, name) for name, one in value.items()}
        case list():
            return [_renamed(one, names) for one in value]
    return value


_CHANGES: Mapping[Kind, Callable[[Iterable[Spot], Citation, Diagnosis], None]] = {
    "removed": _remove,
    "shifted": _shift,
    "renamed": _rename,
}


def _answered(recording: Recording, answers: list[Any]) -> Recording:
    """The recording with these answers; one that is gone could not be had."""
    told = [
        {"question": one["question"], "unavailable": "taken away"} if one["answer"] is GONE else _swept(one)
        for one in answers
    ]
    return Recording.model_validate({**recording.model_dump(mode="json", exclude={"answers"}), "answers": told})


def _swept(value: Any) -> Any:
    """Without what is gone; a search of the logs counts the lines that are left."""
    match value:
        case dict():
            kept = {name: _swept(one) for name, one in value.items() if one is not GONE}
            if isinstance(value.get("hits"), list) and isinstance(value.get("total"), dict):
                lost = len(value["hits"]) - len(kept["hits"])
                kept["total"]["value"] -= lost
            return kept
        case list():
            return [_swept(one) for one in value if one is not GONE]
    return value
