"""What the operator's page says of limits, values and backups is so."""

import os
import re
import sqlite3
import subprocess
import sys

import pytest
import yaml

from bot.observe.beats import SILENCE_SECONDS
from bot.runs.claim import ALERT_QUIET_SECONDS, QUIET_SECONDS
from bot.runs.database import CONNECTIONS
from bot.runs.dispatcher import MOST_ATTEMPTS
from bot.runs.intake import ANSWER_SECONDS
from bot.runs.tempo import Tempo
from bot.runs.workflows import AT_ONCE_IN_ALL, LONGEST_TRY_SECONDS
from bot.settings import Settings
from bot.slack.pace import EDITS_A_MINUTE, PACE_SECONDS
from tests.deploy.kubernetes_tools import KUBERNETES, ROOT, run, schema_locations

PAGE = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
TEMPO = Tempo()
LIMITS = {
    "Runs at once": f"{TEMPO.at_once} for each replica, {AT_ONCE_IN_ALL} for all together",
    "New messages": f"{1 / PACE_SECONDS:g} a second and channel",
    "Edits of cards": f"{EDITS_A_MINUTE:g} a minute",
    "One issue": f"for {QUIET_SECONDS / 60:g} minutes; for alerts {ALERT_QUIET_SECONDS / 60:g}",
    "Writing a request down": f"{ANSWER_SECONDS:g} s at most",
    "A step that Slack": f"every {LONGEST_TRY_SECONDS:g} s at the latest",
    "A run that breaks off": f"{MOST_ATTEMPTS} times at most",
    "Taking over": f"every {TEMPO.beat_seconds:g} s, dead after {TEMPO.dead_seconds:g} s",
    "Connections to PostgreSQL": f"{CONNECTIONS} for each replica",
    "History": f"{Settings.model_fields['diagnose_keep_days'].default}",
}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_is_the_one_that_the_code_has(limit):
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| {limit}")]
    assert LIMITS[limit] in row


def test_the_rule_about_silent_threads_waits_as_long_as_livez_does():
    rules = (ROOT / "deploy" / "prometheus" / "rules.yml").read_text(encoding="utf-8")
    assert f"diagnose_thread_silence_seconds) > {SILENCE_SECONDS:g}\n" in rules


def test_the_values_that_it_shows_are_taken(tmp_path):
    shown = PAGE.split("A `values.yaml` for most:\n\n")[1].split("\n\n")[0]
    file = tmp_path / "values.yaml"
    file.write_text(re.sub("^ {4}", "", shown, flags=re.MULTILINE), encoding="utf-8")
    assert yaml.safe_load(file.read_text(encoding="utf-8"))["existingSecret"] == "watch-secrets"
    chart = ROOT / "deploy" / "helm" / "diagnose"
    rendered = run("helm", "template", "watch", chart, "-f", file, "--kube-version", KUBERNETES[-1])
    assert rendered.returncode == 0, rendered.stderr
    assert "name: watch-diagnose\n" in rendered.stdout  # as the page's commands call it
    judged = run("kubeconform", "-strict", *schema_locations(KUBERNETES[-1], tmp_path), "-", input=rendered.stdout)
    assert judged.returncode == 0, judged.stdout


def test_the_backup_by_python_has_what_is_in_the_log_beside_the_file(tmp_path):
    """As it is shown, while another connection is open and has written."""
    (line,) = [line.strip() for line in PAGE.splitlines() if "import sqlite3" in line]
    program = line.removeprefix('python -c "').removesuffix('"').replace("/data", str(tmp_path))
    working = sqlite3.connect(tmp_path / "diagnose.db")
    try:
        working.execute("PRAGMA journal_mode=WAL")
        working.execute("CREATE TABLE runs (id TEXT)")
        working.execute("INSERT INTO runs VALUES ('r-1')")
        working.commit()
        done = subprocess.run(
            [sys.executable, "-c", program], env=os.environ, capture_output=True, text=True, check=False, timeout=30
        )
        assert done.returncode == 0, done.stderr
    finally:
        working.close()
    copy = sqlite3.connect(tmp_path / "copy.db")
    try:
        assert copy.execute("SELECT id FROM runs").fetchall() == [("r-1",)]
    finally:
        copy.close()
