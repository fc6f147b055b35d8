"""A machine whose clock jumps: nothing lost, nothing done twice, the order kept, and nobody dead by a clock."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select

from bot.runs.database import address
from bot.runs.tables import runs
from tests.survival.counted import all_ended, counted, thread, until
from tests.survival.faults import Fared, said
from tests.survival.fleet import Fleet, fleet

BEFORE, AFTER = range(1_001, 1_006), range(1_006, 1_009)
DEAD_SECONDS = 3.0  # longer than a busy machine keeps a living replica waiting


def clock_set(seconds: float) -> Fared:
    """A replica is killed with runs under way and begun again on a clock that is off by so much; then another one
    comes whose clock is right, and which Slack's stamps are too far off for."""
    with tempfile.TemporaryDirectory(prefix="survival-") as name:
        where = f"sqlite:///{name}/diagnose.db"
        engine = create_engine(address(where, Path()))
        with fleet(where, Path(name), at_once=1, dead=DEAD_SECONDS) as opened:
            first = opened.start("replica-0")
            for issue in BEFORE:
                opened.alert(issue, f"Ev{issue}", thread(issue))
            until(all_ended(engine, BEFORE[:1]))
            first.kill()
            opened.skew, began = seconds, time.monotonic()
            opened.start("replica-0", clock=seconds)
            opened.alert(BEFORE[0], f"Ev{BEFORE[0]}", thread(BEFORE[0]))
            until(all_ended(engine, BEFORE))
            opened.alert(BEFORE[-1], "EvAgain", thread(BEFORE[-1]))
            begun = _begun(engine)
            opened.start("replica-1")
            for issue in AFTER:
                opened.alert(issue, f"Ev{issue}", thread(issue))
            until(all_ended(engine, [*BEFORE, *AFTER]))
            ended = time.monotonic() - began
            time.sleep(2 * DEAD_SECONDS)
            found = counted(opened, engine, [*BEFORE, *AFTER])
            assert begun == len(BEFORE), "an issue was not left alone after its card"
            assert found.repeated == 1, "what was asked again is not in the book"
            assert _order(opened) == sorted(_order(opened)), "the queue lost its order"
            assert "took over from a replica" not in opened.logs(), "a living replica was taken for dead"
            assert '"status": 401' in opened.logs(), "a refusal for the clock is in no log"
        engine.dispose()
        way = "back" if seconds < 0 else "forward"
        fault = f"the clock is set {way} by {abs(seconds) / 3_600:.0f} h"
        return Fared(fault, replace(found, repeated=0), ended, said(opened.logs()))


def _begun(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(runs)).scalar_one())


def _order(opened: Fleet) -> list[str]:
    """The threads of the alerts before the jump, in the order in which their runs began."""
    posted = [str(call.given["thread_ts"]) for call in opened.slack.named("chat.postMessage")]
    return posted[: len(BEFORE)]
