"""The promises about the house itself."""

import inspect
import re
import statistics
import subprocess
from pathlib import Path

import pytest

from playbook import gather, investigate, judge, wiring
from playbook.catalog import playbooks
from playbook.diagnosis import Strength
from playbook.evidence.collected import fact_types
from playbook.steps import steps

ROOT = Path(__file__).parent.parent
UNITS = ("playbook/steps", "playbook/catalog", "playbook/causes", "bot/listen")
REFUTING = {Strength.AGAINST, Strength.RULES_OUT}
ATTICS = {"utils", "helpers", "common", "base", "core", "models", "types", "manager", "handler"}


def tracked(*patterns):
    """Files that git knows, or all of them where this is not a checkout."""
    done = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("this is not a git checkout")
    return [ROOT / line for line in done.stdout.splitlines() if (ROOT / line).is_file()]


def units():
    found = [path for folder in UNITS for path in (ROOT / folder).glob("*.py") if path.name != "__init__.py"]
    return {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in found}


def test_a_unit_is_small():
    """The house wants a median of 80 lines; units are above it, and may only come closer."""
    sizes = units()
    assert statistics.median(sizes.values()) <= 125
    assert {str(path): size for path, size in sizes.items() if size > 300} == {}


def test_no_file_is_an_attic():
    named = [path for path in tracked("bot", "playbook") if path.stem in ATTICS and path.suffix == ".py"]
    assert [str(path.relative_to(ROOT)) for path in named if "real/shop" not in str(path)] == []


def test_every_module_says_in_one_sentence_what_it_is():
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked("bot/*.py", "playbook/*.py")
        if not path.read_text(encoding="utf-8").lstrip().startswith(('"""', 'r"""'))
    ]
    assert silent == []


def test_every_cause_has_a_claim_a_remedy_and_signals_that_can_refute_or_prove_it():
    for playbook in playbooks():
        for cause in playbook.causes:
            assert cause.claim
            assert 2 <= len(cause.signals) <= 7, cause.name
            assert {signal.at_most for signal in cause.signals.values()} & REFUTING, f"{cause.name} cannot be refuted"


def test_every_signal_says_what_it_asks():
    for playbook in playbooks():
        for cause in playbook.causes:
            for name, signal in cause.signals.items():
                assert signal.asks.endswith("?") or "?" in signal.asks, f"{cause.name}.{name}: {signal.asks}"


def test_every_fact_can_be_told_in_one_line_and_says_where_it_came_from():
    for kind in fact_types().values():
        assert kind.source
        assert "finding" in vars(kind), kind.__name__


def test_every_prescribed_fact_has_a_step_or_is_the_subject():
    for playbook in playbooks():
        missing = [kind for kind in playbook.prescribes if kind not in steps() and kind is not playbook.subject_type]
        assert missing == []


def test_every_step_has_a_short_title():
    for step in steps().values():
        assert 3 <= len(step.title) <= 60, step.title


def test_there_is_one_pure_judgement_without_a_clock():
    for name in ("judge", "diagnosis", "causes", "catalog"):
        place = ROOT / "playbook" / name
        files = list(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        for file in files:
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"datetime\.now|utcnow|\btime\.\w+\(|\brandom\.", text), file


REGISTRY_ADDRESSES = ("pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js", "repo1.ma" + "ven")
MACHINE_PATHS = ("/" + "work/", "/" + "root/")


def test_nothing_tracked_names_a_registry_or_a_path_of_one_machine():
    leaks = []
    for path in tracked():
        if path.suffix in {".png", ".svg", ".ico"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        leaks += [f"{path.relative_to(ROOT)}: {word}" for word in REGISTRY_ADDRESSES + MACHINE_PATHS if word in text]
    assert leaks == []


def test_both_locks_hold_a_hash_for_every_package_and_no_address():
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=[a-z0-9])", text)
        assert all("--hash=sha256:" in block for block in blocks if "==" in block)
        assert "://" not in text


def test_public_functions_of_the_playbook_are_documented():
    for module in (gather, investigate, judge, wiring):
        for name, thing in vars(module).items():
            if inspect.isfunction(thing) and thing.__module__ == module.__name__ and not name.startswith("_"):
                assert thing.__doc__, f"{module.__name__}.{name}"


POSSESSIVE_GROUP = re.compile(r"\)(?:[*+?]|\{[\d,]+\})\+|\(\?>")


def test_no_pattern_holds_a_possessive_group():
    """Before Python 3.11.5 such a group may match too little (github.com/python/cpython issue 106052); Debian 12 has
    3.11.2."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked("bot/*.py", "playbook/*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if POSSESSIVE_GROUP.search(line)
    ]
    assert found == []
