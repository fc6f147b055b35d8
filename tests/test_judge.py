"""Who is proved, who is likely, and when the judge says undecided."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.catalog.relation_missing import playbook
from playbook.diagnosis import Strength
from playbook.evidence.changes import Changes, Struck
from playbook.evidence.event import Tagged
from playbook.evidence.frequency import Frequency
from playbook.evidence.inquiry import Inquiry
from playbook.evidence.issue import Issue
from playbook.evidence.issue_ref import IssueRef
from playbook.evidence.logs import MIGRATIONS, REPLICATION, Logs
from playbook.evidence.releases import Releases
from playbook.evidence.similar import Similar, SimilarIssue
from playbook.evidence.spread import Spread
from playbook.evidence.unavailable import Unavailable
from playbook.judge import judge, without_playbook
from tests.facts import (
    NOW,
    a_frequency,
    a_line,
    a_run,
    a_schema_change,
    a_search,
    a_spread,
    an_event,
    an_issue,
    evidence,
    minutes,
    no_similar,
    some_changes,
    some_logs,
)

INQUIRY = Inquiry(ref=IssueRef(issue_id="5551234567"), at=NOW)
FAILED = a_run(
    "failed",
    "Applying orders.0042_order... lock timeout",
    at=minutes(-2),
    migration="orders.0042_order",
    error="lock timeout",
)
PENDING_LINE = a_line("You have 1 unapplied migration(s) for app(s): orders.", service="backend")
PENDING = a_run("unapplied", PENDING_LINE.message).model_copy(update={"line": PENDING_LINE})


def judged(*facts, **given):
    return judge(playbook, INQUIRY, evidence(*facts, **given))


def grades(diagnosis):
    return {one.cause: one.grade for one in diagnosis.hypotheses}


def test_a_decisive_signal_with_nothing_against_and_no_rival_is_proved():
    diagnosis = judged(some_changes(a_schema_change()), some_logs(FAILED))
    assert (diagnosis.verdict.grade, diagnosis.verdict.cause) == ("proved", "migration_failed")
    assert diagnosis.next_step.kind == "remedy"
    assert diagnosis.next_step.command == "python manage.py migrate orders"


def test_every_sentence_of_judgement_cites_a_link_and_a_quote():
    diagnosis = judged(some_changes(a_schema_change()), some_logs(FAILED))
    statements = [*(signal for one in diagnosis.hypotheses for signal in one.signals), *diagnosis.ruled_out]
    assert statements
    for statement in statements:
        assert all(citation.url.startswith("https://") and citation.quote for citation in statement.citations)


def test_a_failed_run_strikes_out_that_nobody_ran_it():
    diagnosis = judged(some_changes(a_schema_change()), some_logs(FAILED))
    assert "The migration was not applied" in {one.what for one in diagnosis.ruled_out}
    assert "migration_not_applied" not in grades(diagnosis)


def test_a_rival_with_a_decisive_signal_stands_in_the_way_of_proof():
    pending_and_dropped = some_logs(
        PENDING, searches=(a_search(MIGRATIONS, PENDING.line, a_line("DROP TABLE orders_order", minutes(-1))),)
    )
    diagnosis = judged(some_changes(a_schema_change()), pending_and_dropped)
    decisive = {
        one.cause for one in diagnosis.hypotheses for signal in one.signals if signal.strength == Strength.DECISIVE
    }
    assert decisive == {"migration_not_applied", "relation_dropped"}
    assert diagnosis.verdict.grade != "proved"


def test_two_causes_that_lead_equally_are_undecided_and_both_are_named():
    model = a_schema_change("models", migration=None)
    lag = a_search(REPLICATION, a_line("canceling statement due to conflict with recovery", minutes(-1)))
    from_a_replica = an_event(tags=(Tagged(key="database", value="orders-replica-2"),))
    facts = (some_changes(model), some_logs(searches=(lag,)), from_a_replica, a_spread(reach="too few to say"))
    diagnosis = judged(*facts)
    assert diagnosis.verdict.grade == "undecided"
    assert "No migration creates the relation" in diagnosis.verdict.because
    assert "A read replica is behind" in diagnosis.verdict.because


def test_a_decisive_signal_with_something_against_is_never_proved():
    logs = some_logs(searches=(a_search(MIGRATIONS, a_line("DROP TABLE orders_order", minutes(-1))),))
    diagnosis = judged(some_changes(a_schema_change()), logs)
    assert grades(diagnosis)["relation_dropped"] == "likely"


def test_the_bare_issue_is_undecided_and_says_why_and_what_would_decide():
    without = (Logs, Changes, Releases, Similar, Frequency, Spread)
    diagnosis = judged(without=without)
    assert diagnosis.verdict.grade == "undecided"
    assert diagnosis.verdict.cause is None
    assert "Elasticsearch" in diagnosis.verdict.because
    assert diagnosis.next_step.kind == "check"
    assert "orders_order" in diagnosis.next_step.command


def test_an_outage_is_a_gap_with_its_reason():
    diagnosis = judged(unavailable={Logs: "Elasticsearch refused the connection"})
    assert [(gap.fact, gap.reason) for gap in diagnosis.gaps] == [("Logs", "Elasticsearch refused the connection")]


def test_absent_is_listed_apart_from_unavailable():
    diagnosis = judged(absent={Changes: "looked in GitHub, there is none"})
    assert [gap.fact for gap in diagnosis.absent] == ["Changes"]
    assert diagnosis.gaps == ()


def test_a_part_that_a_fact_could_not_see_is_a_gap():
    partial = a_search(MIGRATIONS, partial="2 of 5 shards failed")
    diagnosis = judged(some_logs(searches=(partial,)))
    assert [gap.reason for gap in diagnosis.gaps] == ["migrations: 2 of 5 shards failed"]


def test_hints_alone_never_decide():
    diagnosis = judged(a_frequency(trend="constant", rule="no change in 24 h"), a_spread(reach="too few to say"))
    assert diagnosis.verdict.grade == "undecided"
    assert grades(diagnosis)["migration_not_applied"] == "possible"


def test_a_broader_incident_gives_way_to_the_cause_that_says_how_it_happened():
    others = tuple(
        SimilarIssue(
            id=str(number),
            short_id=f"B-{number}",
            title='ProgrammingError: relation "x" does not exist',
            shares=("same first release",),
            url="https://acme.example",
        )
        for number in (1, 2)
    )
    similar = no_similar(issues=others)
    assert judged(similar).verdict.cause == "broader_incident"
    assert judged(similar, some_changes(a_schema_change()), some_logs(FAILED)).verdict.cause == "migration_failed"


def test_a_change_that_cannot_be_guilty_is_struck_out_with_its_reason():
    struck = Struck(
        what="#815 Tidy invoices", reason="merged after the first event", url="https://github.com/acme/backend/pull/815"
    )
    diagnosis = judged(some_changes(struck=(struck,)))
    assert ("#815 Tidy invoices", "merged after the first event") in {
        (one.what, one.reason) for one in diagnosis.ruled_out
    }


def test_at_most_one_cause_is_proved_or_likely():
    diagnosis = judged(some_changes(a_schema_change()), some_logs(FAILED, PENDING))
    assert sum(grade in {"proved", "likely"} for grade in grades(diagnosis).values()) <= 1


FACTS = [
    some_changes(a_schema_change()),
    some_changes(a_schema_change("drops")),
    some_changes(a_schema_change("models", migration=None)),
    some_logs(FAILED),
    some_logs(PENDING),
    some_logs(),
    a_frequency(trend="stopped", rule="r"),
    a_frequency(trend="intermittent", rule="r"),
    a_spread(reach="too few to say"),
    no_similar(),
    an_issue(last_seen=minutes(3)),
]


@given(
    st.lists(st.sampled_from(FACTS), max_size=6),
    st.lists(st.sampled_from([Logs, Changes, Spread, Similar]), max_size=3),
)
def test_whatever_the_evidence_the_verdict_obeys_the_rules(facts, missing):
    diagnosis = judged(*facts, without=tuple(missing))
    verdict = diagnosis.verdict
    assert (verdict.cause is None) == (verdict.grade == "undecided") == (verdict.because is not None)
    if verdict.grade == "proved":
        chosen = next(one for one in diagnosis.hypotheses if one.cause == verdict.cause)
        strengths = [signal.strength for signal in chosen.signals]
        assert "decisive" in strengths
        assert "against" not in strengths
        assert "rules_out" not in strengths
        assert sum(one.grade == "proved" for one in diagnosis.hypotheses) == 1


@given(st.permutations(FACTS[:4]))
def test_the_order_in_which_evidence_came_changes_nothing(facts):
    usual = {type(fact): fact for fact in (FACTS[0], FACTS[3], FACTS[6])}
    shuffled = evidence(*[usual[type(fact)] for fact in facts if type(fact) in usual], FACTS[6])
    straight = evidence(*reversed(list(usual.values())))
    first, second = (judge(playbook, INQUIRY, one).model_dump_json() for one in (shuffled, straight))
    assert json.loads(first) == json.loads(second)


def test_an_error_without_a_playbook_is_undecided_and_said_so():
    diagnosis = without_playbook(INQUIRY, evidence())
    assert diagnosis.playbook is None
    assert diagnosis.verdict.grade == "undecided"
    assert "ProgrammingError" in diagnosis.verdict.because


def test_without_the_issue_there_is_nothing_to_judge():
    with pytest.raises(Unavailable, match="no Issue"):
        judged(without=(Issue,))
