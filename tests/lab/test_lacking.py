"""With evidence missing the bot says less and says what it lacks; it is never sure of another cause."""

import dataclasses
from datetime import datetime

import pytest

from playbook import catalog
from playbook.causes import Cause, cite, decisive
from playbook.diagnosis import Remedy, Signal, Strength, Verdict
from playbook.evidence.issue import Issue
from tests.lab.asking import Sources, ask
from tests.lab.happened import Happened, Truth
from tests.lab.lacking import (
    LACKS,
    every_other_line,
    every_second_line,
    first_error,
    judged,
    since_the_first_error,
    without_deploys,
    without_release,
)

LACK = {lack.name: lack for lack in LACKS}
DROPPED, LATE = "relation_dropped", "migration_ran_late"


@pytest.mark.parametrize(
    ("truth", "verdict", "expected"),
    [
        ((LATE, "proved"), (LATE, "proved"), "right"),
        ((LATE, "likely"), (LATE, "likely"), "right"),
        ((None, "undecided"), (None, "undecided"), "right"),
        ((LATE, "proved"), (LATE, "likely"), "weaker"),
        ((LATE, "proved"), (None, "undecided"), "weaker"),
        ((LATE, "likely"), (None, "undecided"), "weaker"),
        ((LATE, "likely"), (LATE, "proved"), "bolder"),
        ((LATE, "proved"), (DROPPED, "likely"), "wrong likely"),
        ((LATE, "likely"), (DROPPED, "proved"), "wrong proved"),
        ((None, "undecided"), (LATE, "likely"), "wrong likely"),
        ((None, "undecided"), (LATE, "proved"), "wrong proved"),
    ],
)
def test_a_verdict_is_held_against_the_truth(truth, verdict, expected):
    assert judged(Truth(*truth), Verdict(cause=verdict[0], grade=verdict[1])) == expected


@pytest.mark.parametrize("name", LACK)
def test_with_evidence_missing_the_verdict_is_right_or_weaker(happened, sources, name):
    lack = LACK[name]
    found = ask(lack.happened(happened), lack.sources(sources), **lack.settings)
    assert judged(happened.truth, found.verdict) in ("right", "weaker"), found.verdict


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("no GitHub", "GitHub"),
        ("GitHub down", "GitHub"),
        ("no Elasticsearch", "Elasticsearch"),
        ("Elasticsearch down", "Elasticsearch"),
    ],
)
def test_what_could_not_be_looked_at_is_told(happened, sources, answer, name, source):
    lack = LACK[name]
    found = ask(lack.happened(happened), lack.sources(sources), **lack.settings).found.diagnosis
    assert source in {gap.source for gap in found.gaps}
    assert source not in {gap.source for gap in answer.found.diagnosis.gaps}


def test_without_releases_no_event_names_one_and_none_is_announced(happened):
    reported = without_release(happened).reported
    assert reported.received
    assert {one.version for one in reported.received} == {None}
    assert not any(tag["key"] == "release" for one in reported.received for tag in one.in_api_shape["tags"])
    assert (reported.releases, reported.deploys) == ((), ())


def test_without_deploys_releases_stay(happened):
    reported = without_deploys(happened).reported
    assert reported.deploys == ()
    assert reported.releases == happened.reported.releases != ()


def test_logs_since_the_first_error_begin_with_it(happened):
    began = first_error(happened)
    kept = since_the_first_error(happened).logs
    assert 0 < len(kept) < len(happened.logs)
    assert min(datetime.fromisoformat(one["@timestamp"]) for one in kept) >= began


def test_every_line_is_dropped_by_one_shipper_or_the_other(happened):
    halves = every_second_line(happened).logs, every_other_line(happened).logs
    assert sorted(map(str, (*halves[0], *halves[1]))) == sorted(map(str, happened.logs))
    assert abs(len(halves[0]) - len(halves[1])) <= 1


def test_a_cause_that_is_sure_without_evidence_is_found_out(
    incidents: dict[str, Happened], sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    rash = Cause("playbook.causes.rash", claim="It is always the same", remedy=lambda: Remedy(action="Nothing"))

    @rash.signal(Strength.DECISIVE)
    def it_always_is(issue: Issue) -> Signal:
        """Is there an issue?"""
        return decisive("There is an issue", cite(issue, issue.title))

    (playbook,) = catalog.playbooks()
    rashly = dataclasses.replace(playbook, causes=(*playbook.causes, rash))
    monkeypatch.setattr(catalog, "playbooks", lambda: (rashly,))
    lack, happened = LACK["neither GitHub nor Elasticsearch"], incidents["never_applied"]
    assert judged(happened.truth, ask(happened, lack.sources(sources)).verdict) == "wrong proved"
