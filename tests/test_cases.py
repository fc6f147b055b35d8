"""Recorded incidents: the verdict that the story's author would defend, and the golden bytes."""

import importlib
import json
import re
from pathlib import Path

import pytest

from playbook.catalog.relation_missing import playbook
from playbook.investigate import replay
from playbook.sources.recording import Recording
from tests.cases.golden import CASES, differing, names

STORIES = [path.parent.name for path in sorted(CASES.glob("*/story.py"))]


def recording(name):
    return Recording.model_validate_json((CASES / name / "recording.json").read_text(encoding="utf-8"))


def replayed(name):
    return replay(recording(name), lambda _progress: None)


def test_every_story_has_its_recording_and_its_golden_files():
    for name in STORIES:
        kept = {path.name for path in (CASES / name).glob("*.json")}
        assert kept == {"recording.json", "diagnosis.json", "card.json"}, name


@pytest.mark.parametrize("name", STORIES)
def test_the_verdict_is_the_one_that_the_story_deserves(name):
    story = importlib.import_module(f"tests.cases.{name}.story").incident
    verdict = replayed(name).diagnosis.verdict
    assert (verdict.grade, verdict.cause) == story.verdict


@pytest.mark.parametrize("name", names())
def test_a_recording_gives_the_golden_bytes(name):
    assert differing(name) == []


@pytest.mark.parametrize("name", names())
def test_a_recording_replayed_twice_says_the_same(name):
    first, second = replayed(name), replayed(name)
    assert first.diagnosis.model_dump_json() == second.diagnosis.model_dump_json()


@pytest.mark.parametrize("name", names())
def test_a_run_stays_within_the_calls_it_may_make(name):
    asked = [one.question.source for one in recording(name).answers]
    assert asked.count("sentry") <= 8
    assert asked.count("github") <= 6
    assert asked.count("elasticsearch") <= 1


def test_every_cause_of_the_playbook_is_the_verdict_of_some_story():
    told = {importlib.import_module(f"tests.cases.{name}.story").incident.verdict[1] for name in STORIES}
    assert {cause.name for cause in playbook.causes} <= told


def test_a_recording_holds_no_address_of_this_machine_and_no_token():
    for name in names():
        text = (CASES / name / "recording.json").read_text(encoding="utf-8")
        for word in ("127.0.0.1", "localhost", "of-the-test", str(Path.home())):
            assert word not in text, f"{name}: {word}"


@pytest.mark.parametrize("name", names())
def test_every_citation_can_be_followed(name):
    diagnosis = replayed(name).diagnosis
    cited = [
        citation
        for statement in [*(signal for one in diagnosis.hypotheses for signal in one.signals), *diagnosis.ruled_out]
        for citation in statement.citations
    ]
    for citation in cited:
        assert citation.url.startswith("https://"), citation
        assert citation.source in {"Sentry", "GitHub", "Elasticsearch"}


def bare(text):
    """Letters and digits only, so that escaping and line breaks do not count."""
    return re.sub(r"[\W_]+|\\\\n", "", text)


@pytest.mark.parametrize("name", names())
def test_every_quote_is_in_a_recorded_answer_or_is_what_a_fact_found(name):
    found = replayed(name)
    answers = bare(json.dumps([one.answer for one in recording(name).answers], ensure_ascii=False))
    told = [f"{fact.finding} {fact.model_dump_json()}" for fact in found.evidence.facts.values()]
    moments = r"\d\d [A-Z][a-z]{2} \d\d:\d\d UTC"
    for hypothesis in found.diagnosis.hypotheses:
        for signal in hypothesis.signals:
            for citation in signal.citations:
                words = bare(citation.quote.removesuffix("…"))
                derived = re.search(moments, citation.quote) or "events here" in citation.quote
                counted = re.match(r"\d+ (?:lines|changed files)", citation.quote)
                tag = all(bare(word) in answers for word in citation.quote.split(": "))
                assert words in answers or words in bare(" ".join(told)) or derived or counted or tag, citation
