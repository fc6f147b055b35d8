"""Recorded incidents: the verdict that the story's author would defend, and the golden bytes."""

import importlib
import re
from pathlib import Path

import pytest

from playbook.catalog.relation_missing import playbook
from playbook.investigate import replay
from tests.cases.golden import CASES, LAB, differing, folders, names, recording
from tests.lab.happening import scenario
from tests.lab.lacking import judged
from tests.lab.recordings import LACKING, SHORT_IDS

STORIES = [path.parent.name for path in sorted(CASES.glob("*/story.py"))]
FILES = {f"{name}/{file.name}": file for name, folder in folders().items() for file in sorted(folder.glob("*.*"))}

OF_A_MACHINE = r"(?:(?<![\w./])|file://)/(?:tmp|work|root|home|Users|private|var/folders)\b|\.venv\b"
LOOPBACK = r"\b127(?:\.\d{1,3}){3}\b|\blocalhost\b|\[::1\]|\b0\.0\.0\.0\b"
TOKEN = r"of-the-(?:test|lab)|\b(?:xox[a-z]-|xapp-|gh[ops]_|github_pat_|sntry[su]_|glpat-|Bearer )|\beyJ[\w-]{10,}\."


def replayed(name):
    return replay(recording(name), lambda _progress: None)


def test_every_story_has_its_recording_and_its_golden_files():
    for name in STORIES:
        kept = {path.name for path in (CASES / name).glob("*.json")}
        assert kept == {"recording.json", "diagnosis.json", "card.json"}, name


def test_every_incident_of_the_lab_has_its_four_files_and_no_other():
    kept = {folder.name: {path.name for path in folder.iterdir()} for folder in LAB.iterdir()}
    assert kept, "no incident of the lab was recorded"
    assert {f"lab/{name}" for name in kept} <= set(names())
    for name, files in kept.items():
        assert files == {"recording.json", "diagnosis.json", "card.json", "about.txt"}, name


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
    happened = {scenario(name).truth.cause for name in SHORT_IDS}
    assert {cause.name for cause in playbook.causes} <= told | happened


@pytest.mark.parametrize("name", SHORT_IDS)
def test_the_verdict_of_an_incident_of_the_lab_is_the_truth(name):
    verdict, truth = replayed(f"lab/{name}").diagnosis.verdict, scenario(name).truth
    assert (verdict.cause, verdict.grade) == (truth.cause, truth.grade)


@pytest.mark.parametrize(("name", "of"), [(name, of) for name, (of, _, _) in LACKING.items()])
def test_an_incident_of_the_lab_with_evidence_missing_says_less_and_nothing_false(name, of):
    assert judged(scenario(of).truth, replayed(f"lab/{name}").diagnosis.verdict, lacking=True) == "weaker"


def test_every_incident_of_the_lab_is_one_that_is_recorded_anew_and_has_its_own_number():
    numbers = {name: recording(f"lab/{name}").inquiry.ref.short_id for name in [*SHORT_IDS, *LACKING]}
    assert {f"lab/{name}" for name in numbers} == {name for name in names() if name.startswith("lab/")}
    told = SHORT_IDS | {name: digits for name, (_, _, digits) in LACKING.items()}
    assert {name: number.rpartition("-")[2] for name, number in numbers.items()} == told


@pytest.mark.parametrize("name", FILES)
def test_no_kept_file_holds_a_path_of_a_machine_a_loopback_address_or_a_token(name):
    text = unescaped(FILES[name].read_text(encoding="utf-8"))
    assert str(Path.home()) not in text
    for kind in (OF_A_MACHINE, LOOPBACK, TOKEN):
        assert re.findall(f".{{0,40}}(?:{kind}).{{0,40}}", text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"File \\\\"/home/somebody/x.py\\\\""', OF_A_MACHINE),
        (r'"in:\n/tmp/x"', OF_A_MACHINE),
        ("lib/.venv/bin", OF_A_MACHINE),
        ("at 127.0.0.1:9200", LOOPBACK),
        ("http://localhost/", LOOPBACK),
        ("Bearer x", TOKEN),
    ],
)
def test_what_may_not_be_kept_would_be_found(text, kind):
    assert re.search(kind, unescaped(text))


def unescaped(text):
    """The text without what JSON puts before a quotation mark or writes for the end of a line."""
    return re.sub(r'\\+["nrt]', " ", text)


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


def texts(answer):
    """Every text, name and number of an answer, as it reads and not as JSON escapes it."""
    if isinstance(answer, dict):
        return [text for key, value in answer.items() for text in (key, *texts(value))]
    if isinstance(answer, list):
        return [text for one in answer for text in texts(one)]
    return [str(answer)]


@pytest.mark.parametrize("name", names())
def test_every_quote_is_in_a_recorded_answer_or_is_what_a_fact_found(name):
    found = replayed(name)
    answers = bare(" ".join(texts([one.answer for one in recording(name).answers])))
    told = [f"{fact.finding} {fact.model_dump_json()}" for fact in found.evidence.facts.values()]
    moments = r"\d\d [A-Z][a-z]{2} \d\d:\d\d UTC"
    for hypothesis in found.diagnosis.hypotheses:
        for signal in hypothesis.signals:
            for citation in signal.citations:
                words = bare(citation.quote.removesuffix("…"))
                ends = all(bare(part) in answers for part in citation.quote.split(" … "))  # of a trace, both ends
                derived = re.search(moments, citation.quote) or "events here" in citation.quote
                counted = re.match(r"\d+ (?:lines|changed files)", citation.quote)
                tag = all(bare(word) in answers for word in citation.quote.split(": "))
                assert words in answers or words in bare(" ".join(told)) or derived or counted or tag or ends, citation
