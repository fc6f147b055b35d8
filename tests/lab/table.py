"""The lab's findings as a table that a person reads, and as an exit status."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from tests.lab.examine import Examined, Row
from tests.lab.workers import Done

COLUMNS = ("scenario", "truth", "verdict", "grade", "right", "lacking", "mutated", "same", "happened", "asked", "calls")


def told(done: Sequence[Done], seconds: float, *, part: bool) -> int:
    """Prints everything; 0 where all is as it should be, 1 otherwise."""
    console = Console(width=170, soft_wrap=False)
    found = sorted((one.gave for one in done if one.broke is None), key=lambda one: str(one.name))
    console.print(_table(found))
    for one in found:
        for sentence in _wrong(one):
            console.print(f"{one.name}: {sentence}", markup=False)
    for one in done:
        if one.broke:
            console.print(f"{one.name} broke:\n{one.broke}", markup=False)
    console.print(_summary(found, seconds, part=part), markup=False)
    return 0 if found and all(one.right for one in found) and not any(one.broke for one in done) else 1


def _table(found: Sequence[Examined]) -> Table:
    table = Table(*COLUMNS, box=None, pad_edge=False)
    for one in found:
        first, lacking = one.rows[0], Counter(row.verdict for row in one.lacking)
        mutated = one.mutated
        table.add_row(
            one.name,
            one.truth,
            first.cause or "undecided",
            first.grade if first.cause else "",
            "yes" if one.right else "NO",
            f"{lacking['right']} right, {lacking['weaker']} weaker"
            + (f", {_others(lacking)} WRONG" if _others(lacking) else ""),
            f"{mutated.mutations - len(mutated.survived)}/{mutated.mutations}" if mutated else "",
            f"{one.same}/{one.same + len(one.changed)}",
            f"{one.happened_seconds:.1f} s",
            f"{first.seconds:.2f} s",
            str(first.requests),
        )
    return table


def _others(verdicts: Counter[str]) -> int:
    return sum(count for verdict, count in verdicts.items() if verdict not in {"right", "weaker"})


def _wrong(one: Examined) -> list[str]:
    rows = [row for row in one.rows if row.verdict != "right"]
    rows += [row for row in one.lacking if row.verdict not in {"right", "weaker"}]
    sentences = [f"{row.kind}: {row.verdict}: {_said(row)}, the truth is {one.truth}" for row in rows]
    survived = one.mutated.survived if one.mutated else ()
    return [
        *sentences,
        *(f"outlives its evidence: {mutation}" for mutation in survived),
        *(f"changed by {name}" for name in one.changed),
    ]


def _said(row: Row) -> str:
    return f"{row.cause} {row.grade}" if row.cause else "undecided"


def _summary(found: Sequence[Examined], seconds: float, *, part: bool) -> str:
    base = Counter(row.verdict for one in found for row in one.rows)
    lacking = Counter(row.verdict for one in found for row in one.lacking)
    reports = [one.mutated for one in found if one.mutated]
    mutations, survived = sum(one.mutations for one in reports), sum(len(one.survived) for one in reports)
    same, changed = sum(one.same for one in found), sum(len(one.changed) for one in found)
    signals = sum(one.signals for one in reports)
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in lacking.most_common())
    return (
        f"\n{len(found)} scenarios{' (the part)' if part else ''} in {seconds / 60:.1f} min: "
        f"{base['right']} of {base.total()} verdicts right, {base['wrong proved'] + lacking['wrong proved']} wrongly "
        f"proved\nwith evidence missing: {verdicts}\n"
        f"mutations: {mutations} of the evidence of {signals} signals, {survived} survived\n"
        f"changes without meaning: {same + changed}, {changed} changed a verdict"
    )
