"""*Check again* tells exactly the statements that flipped."""

from bot.card import changed
from playbook.diagnosis import Strength
from tests.card.diagnoses import a_diagnosis, a_gap, a_hypothesis, a_signal, an_unchecked, an_undecided


def told(before, after):
    return [(change.said, change.about) for change in changed(before, after)]


def test_the_same_diagnosis_changes_nothing():
    assert changed(a_diagnosis(), a_diagnosis()) == ()


def test_another_wording_of_the_same_finding_is_no_change():
    before = a_diagnosis(hypotheses=(a_hypothesis(signals=(a_signal("122 events"),)),))
    after = a_diagnosis(hypotheses=(a_hypothesis(signals=(a_signal("125 events"),)),))
    assert changed(before, after) == ()


def test_a_verdict_that_was_undecided_is_told_with_what_was_and_is():
    told_now = told(an_undecided(gaps=()), a_diagnosis())
    assert ("Verdict, was undecided, now", "The migration was not applied (proved)") in told_now
    assert "The migration was not applied" not in [about for _, about in told_now]


def test_the_grade_of_another_cause_is_told():
    before = a_diagnosis()
    after = a_diagnosis(hypotheses=(before.hypotheses[0], a_hypothesis("likely", cause="replica_behind", claim="Lag")))
    assert told(before, after) == [("Was possible, now likely", "Lag")]


def test_signals_that_appear_vanish_or_weigh_otherwise_are_told():
    before = a_diagnosis(hypotheses=(a_hypothesis(signals=(a_signal("old", name="a"), a_signal("same", name="b"))),))
    after = a_diagnosis(
        hypotheses=(
            a_hypothesis(signals=(a_signal("same", name="b", strength=Strength.AGAINST), a_signal("new", name="c"))),
        )
    )
    assert told(before, after) == [("Was decisive, now against", "same"), ("New", "new"), ("No longer counted", "old")]


def test_a_finding_that_could_not_be_looked_for_is_not_said_to_be_gone():
    before = a_diagnosis(hypotheses=(a_hypothesis(signals=(a_signal("pending", name="a"), a_signal("b", name="b"))),))
    after = a_diagnosis(hypotheses=(a_hypothesis(signals=(), unchecked=(an_unchecked(signal="a"),)),))
    assert told(before, after) == [("Could not be checked this time", "pending"), ("No longer counted", "b")]


def test_every_flipped_judgement_carries_its_citation():
    assert all(change.citations for change in changed(an_undecided(gaps=()), a_diagnosis()))


def test_a_gap_that_opened_or_closed_is_told():
    with_gap = a_diagnosis(gaps=(a_gap(),))
    assert told(a_diagnosis(), with_gap) == [("Could not be checked this time", "Logs (Elasticsearch)")]
    assert told(with_gap, a_diagnosis()) == [("Could be checked this time", "Logs (Elasticsearch)")]
