"""Every sentence of the written playbook is carried out by a function that exists, and the table says by which."""

import importlib
import re
from pathlib import Path

from playbook.catalog.relation_missing import playbook
from playbook.steps import steps
from tests.shared import shared

TABLE = Path(__file__).parent.parent / "docs" / "written-playbook.md"
WRITTEN = "sre-playbooks/ProgrammingError-RelationMissing-Database-Error-application.md"


def rows():
    """(first cell, last cell or the signal) of every row of every table."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in cells if row[0] not in {"Sentence", "Signal"}]


def functions():
    return set(re.findall(r"`(playbook\.[\w.]+)`", TABLE.read_text(encoding="utf-8")))


def written_sentences():
    """`Step 2.1`, `Rule 5.3`, ...: the bullets of steps, the sentences of step 5 and of rules."""
    text = shared(WRITTEN).read_text(encoding="utf-8")
    _, steps_text = text.split("## Playbook\n")
    steps_text, rules_text = steps_text.split("## Diagnosis\n")
    found = set()
    for kind, part in (("Step", steps_text), ("Rule", rules_text)):
        for number, body in re.findall(r"^(\d+)\. (.*?)(?=^\d+\. |\Z)", part, re.MULTILINE | re.DOTALL):
            bullets = re.findall(r"^ +- ", body, re.MULTILINE)
            sentences = [one for one in re.split(r"(?<=[A-Za-z)])\.\s+", body.strip()) if one]
            if bullets:
                found.add(f"{kind} {number}")
                found.update(f"{kind} {number}.{index}" for index in range(1, len(bullets) + 1))
            elif len(sentences) > 1:
                found.update(f"{kind} {number}.{index}" for index in range(1, len(sentences) + 1))
            else:
                found.add(f"{kind} {number}")
    return found


def test_every_sentence_of_the_written_playbook_has_a_row():
    told = {row[0] for row in rows() if row[0].startswith(("Step", "Rule"))}
    assert told == written_sentences()


def test_every_function_that_the_table_names_exists():
    for path in functions():
        module, _, name = path.rpartition(".")
        if module.endswith("Releases"):
            module, _, owner = module.rpartition(".")
            assert callable(getattr(getattr(importlib.import_module(module), owner), name)), path
        else:
            assert callable(getattr(importlib.import_module(module), name)), path


def test_every_signal_and_step_of_the_playbook_has_a_row():
    signals = {f"playbook.causes.{cause.name}.{signal}" for cause in playbook.causes for signal in cause.signals}
    prescribed = {
        f"playbook.steps.{steps()[kind].function.__name__}.{steps()[kind].function.__name__}"
        for kind in playbook.prescribes
        if kind in steps()
    }
    assert signals | prescribed <= functions()
