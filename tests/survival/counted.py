"""What became of alerts that a fault fell upon, counted in the database and in Slack."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, select

from bot.runs.tables import requests, runs
from tests.survival.fleet import Fleet

END_SECONDS = 150.0  # until every run has its card, on a machine with other work


@dataclass(frozen=True)
class Counted:
    """Of so many acknowledged alerts, each for an issue of its own; all but the first must be 0.

    `lost` have no ended run or no finished card, `second` stand twice or were begun twice, `repeated` counts posts and
    requests past the first.
    """

    alerts: int
    lost: int
    second: int
    repeated: int

    @property
    def well(self) -> bool:
        return (self.lost, self.second, self.repeated) == (0, 0, 0)


def counted(opened: Fleet, engine: Engine, issues: Iterable[int]) -> Counted:
    """What stands in the threads of the alerts for these issues, and in the database."""
    wanted = {thread(issue): str(issue) for issue in issues}
    standing: dict[str, list[str]] = {issue: [] for issue in wanted.values()}
    for message in list(opened.slack.messages.values()):
        if message.get("thread_ts") in wanted:
            standing[wanted[message["thread_ts"]]].append(json.dumps(message))
    with engine.connect() as connection:
        known = connection.execute(select(runs.c.target, runs.c.id, runs.c.state)).all()
        asked = connection.execute(select(requests.c.run)).scalars().all()
    began = {issue: [run for target, run, _ in known if target == issue] for issue in standing}
    ended = {target for target, _, state in known if state == "ended"}
    return Counted(
        alerts=len(standing),
        lost=sum(issue not in ended or not any(map(is_finished, cards)) for issue, cards in standing.items()),
        second=sum(len(cards) > 1 or len(began[issue]) > 1 for issue, cards in standing.items()),
        repeated=sum(max(0, sum(asked.count(run) for run in began[issue]) - 1) for issue in standing)
        + len(opened.slack.named("chat.delete")),
    )


def is_finished(card: str) -> bool:
    """Whether a message, as JSON, is a card with its verdict, or says on which other card that stands."""
    return "Show evidence" in card or "not_the_same" in card


def all_ended(engine: Engine, issues: Iterable[int]) -> Callable[[], bool]:
    """Whether every one of these issues has a run that ended."""
    wanted = {str(issue) for issue in issues}

    def ended() -> bool:
        with engine.connect() as connection:
            done = connection.execute(select(runs.c.target).where(runs.c.state == "ended")).scalars()
            return wanted <= set(done)

    return ended


def thread(issue: int) -> str:
    """Where the alert for that issue stands."""
    return f"1795168000.{issue:06d}"


def until(true: Callable[[], bool], seconds: float = END_SECONDS, every: float = 0.02) -> float:
    """Waits until it is so, and gives for how long; raises `AssertionError` after so many seconds."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"it did not come to that in {seconds:.0f} s")
        time.sleep(every)
    return time.monotonic() - began
