"""Every signal about a real incident rests on what it cites, and one that does not is found out."""

import dataclasses
import json

import pytest

from playbook import catalog
from playbook.causes import Cause, cite, decisive, hint
from playbook.diagnosis import Citation, Remedy, Signal, Strength
from playbook.evidence.issue import Issue
from playbook.evidence.logs import MIGRATIONS, Logs
from playbook.investigate import replay
from playbook.sources.recording import Recording
from tests.lab import mutation
from tests.lab.asking import Answer
from tests.lab.cited import cited, moments_in
from tests.lab.mutation import KINDS, Name, mutations, signals

MIGRATE_WORDS = ("Applying", "unapplied")


@pytest.fixture(scope="module")
def report(answer):
    return mutations(answer.recording)


@pytest.fixture
def another(monkeypatch):
    """A cause beside those that there are."""
    cause = Cause("playbook.causes.another", claim="Another one", remedy=lambda: Remedy(action="Nothing"))
    (playbook,) = catalog.playbooks()
    more = dataclasses.replace(playbook, causes=(*playbook.causes, cause))
    monkeypatch.setattr(catalog, "playbooks", lambda: (more,))
    return cause


def of_another(report):
    return {(one.name.signal, one.kind): one for one in report.each if one.name.cause == "another"}


def test_no_signal_survives_without_what_it_cites(report):
    assert [str(one) for one in report.survived] == []
    assert report.left_out == 0


def test_each_way_was_tried_and_every_citation_was_found(report):
    assert report.signals > 5
    assert all(report.count("silent", (kind,)) > 0 for kind in KINDS)
    assert report.count("not found") == 0
    told = {outcome: report.count(outcome) for outcome in ("silent", "changed", "survived", "not found")}
    assert sum(told.values()) == report.mutations == len(report.each)
    assert f"{report.signals} signals, {report.mutations} mutations" in str(report)


def test_a_signal_that_ignores_its_evidence_survives_and_is_told(answer: Answer, another: Cause) -> None:
    logs = answer.evidence.get(Logs)
    assert logs is not None
    line = logs.lines(MIGRATIONS)[0]
    remembered = cite(line, line.message, "Elasticsearch")

    @another.signal(Strength.HINT)
    def it_was_like_that_once(issue: Issue) -> Signal:
        """Was it like that once?"""
        return hint("It was like that once", remembered)

    report = mutations(answer.recording)
    assert [(one.name, one.kind) for one in report.survived] == [(Name("another", "it_was_like_that_once"), "removed")]
    assert "another.it_was_like_that_once (hint) survived, removed" in str(report.survived[0])


def test_a_strong_signal_about_no_matter_which_relation_is_told(answer: Answer, another: Cause) -> None:
    @another.signal(Strength.DECISIVE)
    def something_was_migrated(logs: Logs) -> Signal | None:
        """Was anything migrated, whatever it was?"""
        found = [line for line in logs.lines(MIGRATIONS) if "orders" in line.message or "zebra" in line.message]
        return decisive("Something was migrated", cite(found[0], found[0].message, "Elasticsearch")) if found else None

    told = of_another(mutations(answer.recording))
    assert told["something_was_migrated", "renamed"].outcome == "survived"
    assert told["something_was_migrated", "renamed"].failed
    assert not told["something_was_migrated", "removed"].failed


def test_a_citation_of_nothing_that_was_read_is_told(answer: Answer, another: Cause) -> None:
    @another.signal(Strength.HINT)
    def from_hearsay(issue: Issue) -> Signal:
        """Did somebody say so?"""
        return hint("Somebody said so", Citation(source="Elasticsearch", url="https://x.example/1", quote="said so"))

    (told,) = mutations(answer.recording).survived
    assert (told.name.signal, told.outcome) == ("from_hearsay", "not found")


def test_a_search_that_is_cited_is_refused_and_the_others_keep_their_meaning(
    answer: Answer, another: Cause, monkeypatch: pytest.MonkeyPatch
) -> None:
    @another.signal(Strength.HINT)
    def so_many_lines(logs: Logs) -> Signal | None:
        """How many lines about migrations are there?"""
        search = logs.search(MIGRATIONS)
        if search is None or search.unavailable:
            return None
        return hint("There are some", cite(search, f"{search.total} lines about migrations", "Elasticsearch"))

    refused: list[str] = []

    def watched(recording: Recording) -> dict[Name, Signal]:
        logs = replay(recording, lambda _progress: None).evidence.get(Logs)
        if logs and (search := logs.search(MIGRATIONS)) and search.unavailable:
            refused.append(" ".join(one.purpose for one in logs.searches if one.unavailable))
        return signals(recording)

    monkeypatch.setattr(mutation, "signals", watched)
    told = of_another(mutations(answer.recording))
    assert told["so_many_lines", "removed"].outcome == "silent"
    assert refused == [MIGRATIONS]


def test_what_is_left_out_is_counted(answer, report):
    few = mutations(answer.recording, most=3)
    assert few.left_out > 0
    assert "left out" in str(few)
    assert few.mutations < report.mutations


def a_citation(answer, source, words):
    found = [
        citation
        for signal in signals(answer.recording).values()
        for citation in signal.citations
        if citation.source == source and any(word in citation.quote for word in words)
    ]
    assert found, (source, words)
    return found[0]


def test_a_log_document_is_found_in_every_search_that_found_it(answer):
    answers = answer.recording.model_dump(mode="json")["answers"]
    citation = a_citation(answer, "Elasticsearch", MIGRATE_WORDS)
    spots = cited(answers, citation)
    (searches,) = [one["answer"] for one in answers if one["question"]["source"] == "elasticsearch"]
    words = [part for part in json.dumps(searches).split('"') if part.strip().startswith(citation.quote[:30])]
    assert len(spots) == len(words) > 0
    assert all("_source" in spot.value for spot in spots)


def test_a_file_is_found_in_the_history_and_in_every_patch(answer):
    answers = answer.recording.model_dump(mode="json")["answers"]
    spots = cited(answers, a_citation(answer, "GitHub", ("CreateModel",)))
    paths = {
        name for spot in spots if isinstance(spot.value, dict) for name in ("path", "filename") if name in spot.value
    }
    assert paths == {"path", "filename"}
    assert "orders_order" in [spot.value for spot in spots], "the relation stands there by that file"


def test_moments_are_found_in_every_form_and_moved():
    told = {"at": "2026-11-20T10:01:02.345Z", "ts": 1795168862345, "hours": [[1795168800, 3]], "count": 7, "is": True}
    found = list(moments_in(told))
    assert {moment.told for moment in found} == {"20 Nov 10:01 UTC", "20 Nov 10:00 UTC"}
    assert len(found) == 3


def test_a_signal_of_a_replay_has_the_name_of_its_function(answer):
    found = signals(answer.recording)
    assert all(isinstance(signal, Signal) for signal in found.values())
    assert Name("broader_incident", "it_stands_alone") in found
