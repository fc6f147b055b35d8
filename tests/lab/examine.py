"""One scenario and everything that is done to it: asked on both Elasticsearches, with evidence missing, mutated, and
altered without meaning."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.lab.asking import Answer, Sources, ask
from tests.lab.happened import Happened
from tests.lab.happening import Scenario, happen, scenario
from tests.lab.lacking import LACKS, judged
from tests.lab.metamorphic import Rerun, reruns, signature, variants
from tests.lab.mutation import Report, mutations
from tests.lab.postgres import Postgres, postgres
from tests.lab.shipping import ECS, ODD
from tests.real_elasticsearch import RealElasticsearch


@dataclass(frozen=True)
class Row:
    """What one question came to: `kind` says under which circumstances it was asked."""

    kind: str
    cause: str | None
    grade: str
    verdict: str
    seconds: float
    requests: int


@dataclass(frozen=True)
class Examined:
    """Everything about one scenario; `changed` are the meaningless changes under which the verdict did not stay."""

    name: str
    truth: str
    happened_seconds: float
    rows: tuple[Row, ...]
    lacking: tuple[Row, ...] = ()
    mutated: Report | None = None
    same: int = 0
    changed: tuple[str, ...] = field(default=())
    seconds: float = 0.0

    @property
    def right(self) -> bool:
        """Whether it may stand as it is: the base verdicts right, none of the weaker ones wrong, nothing survived."""
        wrong = any(row.verdict != "right" for row in self.rows)
        wrong = wrong or any(row.verdict not in {"right", "weaker"} for row in self.lacking)
        return not (wrong or self.changed or (self.mutated and self.mutated.survived))


def examine(
    name: str, folder: Path, server: Postgres, elastics: Sequence[RealElasticsearch], *, whole: bool
) -> Examined:
    """Lets it happen and asks; the first Elasticsearch keeps ECS data streams, the others odd indices. With `whole`
    also everything that is done to it afterwards."""
    one, began = scenario(name), time.monotonic()
    happened = happen(one, folder / "first", server)
    passed = time.monotonic() - began
    asked = [
        (f"{elastic.version} {place.name}", ask(happened, Sources(elastic, place)))
        for elastic, place in zip(elastics, (ECS, ODD), strict=False)
    ]
    rows = tuple(_row(kind, happened, answer) for kind, answer in asked)
    first, sources = asked[0][1], Sources(elastics[0], ECS)
    lacking = tuple(
        _row(lack.name, happened, ask(lack.happened(happened), lack.sources(sources), **lack.settings), lacking=True)
        for lack in LACKS
    )
    mutated = mutations(first.recording)
    same, changed = _altered(one, happened, folder, server, sources, first, whole=whole)
    return Examined(
        name=name,
        truth=f"{happened.truth.cause or 'undecided'} {happened.truth.grade if happened.truth.cause else ''}".strip(),
        happened_seconds=passed,
        rows=rows,
        lacking=lacking,
        mutated=mutated,
        same=same,
        changed=changed,
        seconds=time.monotonic() - began,
    )


def _altered(
    one: Scenario,
    happened: Happened,
    folder: Path,
    server: Postgres,
    sources: Sources,
    first: Answer,
    *,
    whole: bool,
) -> tuple[int, tuple[str, ...]]:
    """How many meaningless changes left the verdict as it was, and the names of those that did not."""
    expected, same = signature(first.found), 0
    changed: list[str] = []
    for variant in variants(one, happened) if whole else ():
        found = signature(ask(variant.happened, variant.sources(sources)).found)
        same, changed = same + (found == expected), changed + ([] if found == expected else [variant.name])
    for number, rerun in enumerate(reruns(one) if whole else ()):
        found = signature(ask(_again(one, folder / f"again-{number}", server, rerun), sources).found)
        same, changed = same + (found == expected), changed + ([] if found == expected else [rerun.name])
    return same, tuple(changed)


def _again(one: Scenario, folder: Path, server: Postgres, rerun: Rerun) -> Happened:
    """On a server of its own, where the usual one does not speak the language."""
    if not rerun.language:
        return happen(one, folder, server, rerun.clock(), rerun.wording)
    with postgres(rerun.language) as speaking:
        return happen(one, folder, speaking, rerun.clock(), rerun.wording)


def _row(kind: str, happened: Happened, answer: Answer, *, lacking: bool = False) -> Row:
    verdict = answer.verdict
    return Row(
        kind,
        verdict.cause,
        verdict.grade,
        judged(happened.truth, verdict, lacking=lacking),
        answer.seconds,
        answer.requests,
    )
