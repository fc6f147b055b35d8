"""What the first release wrote, read by today's; and a replica of today beside one of tomorrow, over one database.

Tomorrow's is today's program with one migration more, of the kind that is allowed: one that only adds.
"""

import hashlib
import json
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from alembic import command
from sqlalchemy import URL, Engine, create_engine, text

from bot.runs.database import address, migrations
from playbook.investigate import replay
from playbook.sources.recording import Recording
from tests.lab.postgres import postgres
from tests.survival.counted import all_ended, counted, thread, until
from tests.survival.faults import Fared, said
from tests.survival.fleet import INCIDENT, fleet

FIRST = "0001"
ENDED, WAITING = "r-000000000001", "r-000000000002"
ISSUE, WAITS = 4_001, 4_002
TOMORROW = '''"""A table and a column more."""

import sqlalchemy as sa
from alembic import op

revision = "tomorrow"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A table and a column more."""
    op.create_table("diagnose_teams", sa.Column("name", sa.Text(), primary_key=True))
    op.add_column("diagnose_runs", sa.Column("team", sa.Text(), nullable=True))
'''


@contextmanager
def database(kind: str) -> Iterator[tuple[str, Path]]:
    """The address of an empty database, `sqlite` or `postgresql`, and a folder."""
    with tempfile.TemporaryDirectory(prefix="survival-") as name, ExitStack() as opened:
        if kind == "sqlite":
            yield f"sqlite:///{name}/diagnose.db", Path(name)
            return
        server = opened.enter_context(postgres())
        server.create("diagnose")
        yield server.url("diagnose"), Path(name)


def at_first(where: URL) -> None:
    """Makes the database as the first release had it: a finished run that was judged and pressed, and one that waits.

    Written in plain SQL, for today's tables know what came later.
    """
    engine = create_engine(where)
    config = migrations()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, FIRST)
    now = time.time()
    recording = _recording(ISSUE)
    diagnosis = replay(Recording.model_validate_json(recording), lambda _: None).diagnosis
    shared = {"asker": None, "asked_at": now - 60, "channel": "C1"}
    ended = {
        **shared, "id": ENDED, "state": "ended", "request": _request(ISSUE), "target": str(ISSUE), "attempts": 1,
        "thread": thread(ISSUE), "message": "1795168863.999999", "owner": "replica-0", "ended_at": now - 50,
        "seconds": 9.5, "steps": "[]", "recording": zlib.compress(recording.encode()),
        "digest": hashlib.sha256(diagnosis.model_dump_json().encode()).hexdigest(), "issue": str(ISSUE),
        "short_id": f"SHOP-{ISSUE}", "title": "ProgrammingError", "project": "shop", "playbook": diagnosis.playbook,
        "cause": diagnosis.verdict.cause, "verdict": diagnosis.verdict.claim, "grade": diagnosis.verdict.grade,
    }  # fmt: skip
    waiting = {
        **shared, "id": WAITING, "state": "waiting", "request": _request(WAITS), "target": str(WAITS),
        "thread": thread(WAITS),
    }  # fmt: skip
    with engine.begin() as connection:
        for table, row in (
            ("runs", ended),
            ("runs", waiting),
            ("aliases", {"name": f"SHOP-{ISSUE}", "issue": str(ISSUE)}),
            ("claims", {"issue": str(ISSUE), "run": ENDED, "ended_at": now - 50}),
            ("claims", {"issue": str(WAITS), "run": WAITING, "ended_at": None}),
            ("requests", {"delivery": f"Ev{ISSUE}/{ISSUE}", "run": ENDED, "channel": "C1", "at": now - 60}),
            ("requests", {"delivery": f"Ev{WAITS}/{WAITS}", "run": WAITING, "channel": "C1", "at": now - 60}),
            ("feedback", {"run": ENDED, "person": "U0FIRST", "answer": "right", "at": now - 40}),
            (
                "presses",
                {
                    "run": ENDED, "issue": str(ISSUE), "person": "U0FIRST", "name": "someone", "action": "resolve",
                    "at": now - 30, "before": "unresolved", "after": "resolved", "refused": "",
                },
            ),
        ):  # fmt: skip
            named, given = ", ".join(row), ", ".join(f":{name}" for name in row)
            written = text(f"INSERT INTO diagnose_{table} ({named}) VALUES ({given})")  # noqa: S608 - of this file
            connection.execute(written, row)
    engine.dispose()


def upgraded(kind: str) -> Fared:
    """A replica of today begins on what the first release left: it carries out what waited, and knows what ended."""
    with database(kind) as (where, folder):
        at_first(address(where, folder))
        engine = create_engine(address(where, folder))
        with fleet(where, folder) as opened:
            began = time.monotonic()
            opened.start("replica-0")
            until(all_ended(engine, [WAITS]))
            seconds = time.monotonic() - began
            opened.alert(ISSUE, f"Ev{ISSUE}", thread(ISSUE))
            opened.alert(ISSUE, "EvAgain", thread(ISSUE))
            assert _runs(engine, ISSUE) == 1, "what the first release answered is asked again"
            found = counted(opened, engine, [WAITS])
            fared = Fared(f"{kind}: data of the first migration", found, seconds, said(opened.logs()))
        engine.dispose()
        return fared


def beside(kind: str) -> Fared:
    """A replica of tomorrow starts beside one of today; today's goes on, and starts again on tomorrow's database."""
    with database(kind) as (where, folder):
        engine = create_engine(address(where, folder))
        wanted = range(ISSUE, ISSUE + 9)
        with fleet(where, folder, at_once=1) as opened:
            today = opened.start("today")
            for issue in wanted[:3]:
                opened.alert(issue, f"Ev{issue}", thread(issue))
            opened.start("tomorrow", migrations=str(tomorrows(folder)))
            began = time.monotonic()
            for issue in wanted[3:6]:
                opened.alert(issue, f"Ev{issue}", thread(issue))
            until(all_ended(engine, wanted[:6]))
            today.process.terminate()
            today.process.wait(30)
            opened.start("today")
            for issue in wanted[6:]:
                opened.alert(issue, f"Ev{issue}", thread(issue))
            until(all_ended(engine, wanted))
            with engine.connect() as connection:
                owners = set(connection.execute(text("SELECT owner FROM diagnose_runs")).scalars())
            assert owners == {"today", "tomorrow"}, f"only {owners} worked"
            found = counted(opened, engine, wanted)
            fared = Fared(f"{kind}: today's beside tomorrow's", found, time.monotonic() - began, said(opened.logs()))
        engine.dispose()
        return fared


def tomorrows(folder: Path) -> Path:
    """Today's migrations, and one more."""
    config = migrations()
    today = Path(str(config.get_main_option("script_location")))
    copied = folder / "migrations"
    shutil.copytree(today, copied, ignore=shutil.ignore_patterns("__pycache__"))
    head = max(path.name[:4] for path in (copied / "versions").glob("0*.py"))
    (copied / "versions" / "9999_tomorrow.py").write_text(TOMORROW.format(head=head), encoding="utf-8")
    return copied


def _runs(engine: Engine, issue: int) -> int:
    with engine.connect() as connection:
        asked = text("SELECT count(*) FROM diagnose_runs WHERE target = :issue")
        return int(connection.execute(asked, {"issue": str(issue)}).scalar_one())


def _recording(issue: int) -> str:
    told = INCIDENT.read_text(encoding="utf-8")
    known = replay(Recording.model_validate_json(told), lambda _: None).diagnosis.issue
    return told.replace(known.id, str(issue)).replace(known.short_id, f"SHOP-{issue}")


def _request(issue: int) -> str:
    """As the first release wrote it."""
    return json.dumps(
        {
            "ref": {"issue_id": str(issue)},
            "place": {"channel": "C1", "thread": thread(issue)},
            "at": "2026-11-20T10:00:00Z",
            "delivery": f"Ev{issue}/{issue}",
        }
    )
