"""A check ends in time and in a finding, whatever happens to it, so that none can stop or delay the others."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.doctor.deadline import within
from bot.doctor.finding import Finding, Subject, broken, not_tried
from playbook.evidence.unavailable import Unavailable
from playbook.sources.budget import Budget

CHECK_SECONDS = 30.0
"""For one check, in seconds: more than any of our clients gives a single call, so their own sentence comes first."""

SERVICE_SECONDS = 90.0
"""For all checks of one service, in seconds: somebody is watching, and dozens of projects may be mapped."""

AT_ONCE = 4
"""Checks of one service at the same time: few enough for every rate limit, Slack's among them."""


@dataclass(frozen=True)
class Check:
    """`look` gives the findings; it may raise `Unavailable`."""

    service: Subject
    what: str
    look: Callable[[], Sequence[Finding]]


def findings(checks: Sequence[Check], budget: Budget) -> list[Finding]:
    """What the checks found, in their order; a few of them are carried out at the same time."""
    with ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="check") as pool:
        return [one for found in pool.map(lambda check: settled(check, budget), checks) for one in found]


def settled(check: Check, budget: Budget, most: float | None = None) -> Sequence[Finding]:
    """The check's findings, or one that says why it has none; after `most` seconds (`CHECK_SECONDS`) at the latest."""
    seconds = min(CHECK_SECONDS if most is None else most, budget.left())
    if seconds <= 0:
        sentence = f"the {SERVICE_SECONDS:.0f} seconds for {check.service} were used up before this was tried"
        return [not_tried(check.service, check.what, sentence, "run `diagnose doctor` again")]
    try:
        return within(seconds, check.look)
    except Unavailable as unavailable:
        return [broken(check.service, check.what, unavailable.sentence)]
    except TimeoutError:
        return [broken(check.service, check.what, f"{check.service} did not answer within {seconds:.0f} seconds")]
    except Exception as error:  # noqa: BLE001 - a doctor that dies of one patient helps none of the others
        sentence = f"the check itself failed ({type(error).__name__}), so nothing is known about this"
        return [broken(check.service, check.what, sentence, "report it: this is a fault of diagnose")]
