"""The recorded incidents give behind the bot what they gave when they were recorded, and a source fails on request."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.demo import FIRST
from bot.demo import incidents as recordings
from bot.kept import incidents as kept
from bot.playground.recorded import ABSENT, FAILING, MODES, SLOW_SECONDS, Sources, incidents, investigator, sentry_of
from playbook.diagnosis import Diagnosis
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.unavailable import Unavailable
from playbook.investigate import replay as again
from playbook.reference import reference

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a replay asks no clock


@pytest.fixture(scope="module")
def known():
    return incidents(recordings())


def diagnosed(known, ref: str, sources: Sources | None = None) -> Diagnosis:
    sources = sources or Sources(pace=0)
    told: list[object] = []
    found = investigator(known, sources)(IssueRef(short_id=ref), NOW, told.append)
    assert told, "nobody heard of the progress"
    return found.diagnosis


def test_there_are_at_least_ten_incidents_and_each_can_be_asked_for_by_itself(known):
    assert len(known) >= 10
    assert len({one.issue.short_id for one in known}) == len(known) == len({one.issue.id for one in known})
    assert all(one.about.endswith(".") for one in known)


def test_an_incident_gives_what_its_recording_gives(known):
    for one in known:
        assert diagnosed(known, one.issue.short_id) == again(one.recording, lambda _: None).diagnosis


def test_the_first_shown_is_the_plainest_proved_by_all_three_sources(known):
    found = again(known[0].recording, lambda _: None)
    assert (known[0].name, found.diagnosis.verdict.grade, found.diagnosis.gaps) == (FIRST, "proved", ())
    assert {"Sentry", "GitHub", "Elasticsearch"} <= {kind.source for kind in found.evidence.facts}


def test_every_link_to_a_recorded_issue_is_one_of_the_sentry_of_the_recordings(known):
    address = sentry_of(known)
    assert address.startswith("https://")
    for one in known:
        assert reference(one.issue.url, address).issue_id == one.issue.id


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://acme.sentry.io/issues/7/", "https://acme.sentry.io"),
        ("https://sentry.example.com/organizations/acme/issues/7/", "https://sentry.example.com"),
        ("https://example.com/errors/organizations/acme/issues/7/", "https://example.com/errors"),
    ],
)
def test_the_sentry_of_the_recordings_is_found_wherever_it_is_hosted(known, link, address):
    issue = known[0].issue.model_copy(update={"url": link})
    assert sentry_of([replace(known[0], issue=issue)]) == address


def test_what_happened_is_told_by_the_sentence_beside_the_recording(tmp_path):
    for name, about in (("told", "  The tide came in.\n"), ("untold", None)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "recording.json").write_bytes(recordings()[FIRST].read_bytes())
        if about:
            (tmp_path / name / "about.txt").write_text(about, encoding="utf-8")
    assert {one.name: one.about for one in incidents(kept(tmp_path))} == {"told": "The tide came in.", "untold": ""}


def test_the_same_incident_is_found_by_its_number(known):
    one = known[0]
    found = investigator(known, Sources(pace=0))(IssueRef(issue_id=one.issue.id), NOW, lambda _: None)
    assert found.diagnosis.issue.short_id == one.issue.short_id


def test_an_issue_that_is_not_at_hand_is_refused_with_those_that_are(known):
    with pytest.raises(Unavailable) as refused:
        diagnosed(known, "SHOP-1")
    assert "SHOP-1 is not among the recorded incidents" in refused.value.sentence
    assert "SHOP-42" in refused.value.sentence


@pytest.mark.parametrize("source", ["github", "elasticsearch"])
@pytest.mark.parametrize(("mode", "sentences"), [("failing", FAILING), ("absent", ABSENT)])
def test_a_source_that_cannot_be_read_is_a_gap_with_its_reason(known, source, mode, sentences):
    sources = Sources(pace=0)
    sources.set(source, mode)
    assert sentences[source] in [gap.reason for gap in diagnosed(known, "SHOP-42", sources).gaps]


def test_turning_the_logs_on_again_flips_undecided_to_proved(known):
    sources = Sources(pace=0)
    sources.set("elasticsearch", "failing")
    assert diagnosed(known, "SHOP-42", sources).verdict.grade == "undecided"
    sources.set("elasticsearch", "recorded")
    assert diagnosed(known, "SHOP-42", sources).verdict.grade == "proved"


@pytest.mark.parametrize("mode", ["failing", "absent"])
def test_without_sentry_there_is_no_diagnosis_and_a_sentence_says_why(known, mode):
    sources = Sources(pace=0)
    sources.set("sentry", mode)
    with pytest.raises(Unavailable, match="Sentry"):
        diagnosed(known, "SHOP-42", sources)


def test_a_slow_source_answers_later_and_the_same(known):
    waited: list[float] = []
    sources = Sources(waited.append, pace=0)
    sources.set("github", "slow")
    assert diagnosed(known, "SHOP-42", sources) == diagnosed(known, "SHOP-42")
    assert SLOW_SECONDS in waited
    assert 0 in waited  # the others do not wait


def test_the_pace_of_a_question_is_the_same_every_time(known):
    first: list[float] = []
    second: list[float] = []
    diagnosed(known, "SHOP-42", Sources(first.append))
    diagnosed(known, "SHOP-42", Sources(second.append))
    assert sorted(first) == sorted(second)
    assert min(first) > 0


def test_every_mode_can_be_set(known):
    sources = Sources(pace=0)
    for mode in MODES:
        sources.set("github", mode)
        assert sources.modes() == {"sentry": "recorded", "github": mode, "elasticsearch": "recorded"}
