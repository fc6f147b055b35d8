"""The finished card: verdict, why, next step; every judgement cited, every gap told."""

from datetime import timedelta

import pytest

from bot.card import About, Change, card
from playbook.diagnosis import NextStep, Strength
from playbook.evidence.changes import Changes, Commit, PullRequest, Suspect
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Release, Releases
from playbook.evidence.spread import Segment, Spread
from tests.card.diagnoses import (
    NOON,
    SENTRY,
    a_citation,
    a_diagnosis,
    a_frequency,
    a_gap,
    a_hypothesis,
    a_signal,
    an_evidence,
    an_undecided,
)
from tests.card.finished import SHOWN, said
from tests.facts import an_issue as an_issue_fact


def test_the_header_is_the_extracted_fact_and_not_the_exception():
    assert SHOWN["proved"].blocks[0]["text"]["text"] == 'relation "orders_order" is missing in production'


def test_a_relation_without_a_name_is_told_as_such():
    nameless = MissingRelation(url=SENTRY, name=None, quote="table does not exist")
    shown = card(a_diagnosis(), an_evidence(nameless))
    assert shown.blocks[0]["text"]["text"] == "a relation that the server does not name is missing in production"


def test_the_verdict_comes_second_with_its_grade_and_its_citation():
    verdict = SHOWN["proved"].blocks[1]["text"]["text"]
    assert verdict.startswith(f"*The migration was not applied* – *<{SENTRY}|proved>*")
    assert verdict.endswith("_1 finding for it, none against_")


def test_the_reason_shows_its_link_and_the_quoted_bit():
    assert (
        f'<{SENTRY}|Sentry event> `relation "orders_order" does not exist`' in SHOWN["proved"].blocks[2]["text"]["text"]
    )


def test_what_speaks_against_the_verdict_is_shown_even_when_much_speaks_for_it():
    signals = tuple(a_signal(f"telling {n}", name=str(n), strength=Strength.TELLING) for n in range(9))
    against = a_signal("the table is there after all", name="there", strength=Strength.AGAINST)
    shown = card(a_diagnosis(hypotheses=(a_hypothesis("likely", signals=(*signals, against)),)), an_evidence())
    assert "• *Against it:* the table is there after all" in said(shown)


def test_a_finding_that_rests_on_evidence_shown_already_is_not_told_again():
    log, issue = a_citation(source="Elasticsearch", quote="1 unapplied migration"), a_citation()
    signals = (
        a_signal("It is pending, and the code needs it", name="a", citations=(issue, log)),
        a_signal("Migrations are pending", name="b", strength=Strength.TELLING, citations=(log,)),
        a_signal(
            "It rose with the deploy", name="c", strength=Strength.HINT, citations=(a_citation(quote="deployed"),)
        ),
        a_signal("But one ran", name="d", strength=Strength.AGAINST, citations=(log,)),
    )
    shown = said(card(a_diagnosis(hypotheses=(a_hypothesis(signals=signals),)), an_evidence()))
    assert "Migrations are pending" not in shown
    assert "• *Against it:* But one ran [" in shown
    assert "• It rose with the deploy _(a hint)_ [" in shown
    assert "_3 findings for it, 1 against_" in shown
    assert shown.count("`1 unapplied migration`") == 1


def test_the_command_can_be_pasted_from_a_code_block():
    assert "```\\npython manage.py migrate orders 0042_order\\n```" in said(SHOWN["proved"])


def test_an_undecided_card_says_why_and_names_the_one_check_that_decides():
    shown = said(SHOWN["undecided"])
    assert f"*Undecided:* Two causes explain it equally well [<{SENTRY}|Sentry event>]" in shown
    assert "*The one check that would decide:* Ask the database whether the table is there" in shown
    assert "*A replica lags behind* – possible" in shown


def test_a_claim_that_nothing_is_cited_for_is_not_shown():
    bare = a_diagnosis(hypotheses=(a_hypothesis(signals=()),))
    assert "The migration was not applied" not in said(card(bare, an_evidence()))


def test_what_was_ruled_out_is_shown_with_its_reason_and_link():
    assert f"*Ruled out:* ~#815~ – not in release 4.2.1 [<{SENTRY}|PR #815>]" in said(SHOWN["proved"])


def test_a_gap_is_told_plainly():
    assert "⚠ *Could not be checked:* Logs (Elasticsearch): Elasticsearch did not answer in 10 s" in said(
        SHOWN["undecided"]
    )
    assert "Elasticsearch did not answer in 10 s" in SHOWN["undecided"].text


UNCONFIGURED = "GitHub is not configured: set GITHUB_TOKEN"


def gaps_of_github(*facts, reason=UNCONFIGURED):
    return tuple(a_gap(fact=fact, source="GitHub", reason=reason) for fact in facts)


def test_what_keeps_several_steps_from_looking_is_said_once_with_all_of_their_names():
    found = card(an_undecided(gaps=gaps_of_github("Changes", "SchemaHistory")), an_evidence())
    told = f"⚠ *Could not be checked:* Changes and schema history (GitHub): {UNCONFIGURED}"
    for shown in (said(found), found.text):
        assert told in shown
        assert shown.count(UNCONFIGURED) == 1


def test_another_reason_or_another_source_is_another_gap():
    two = (*gaps_of_github("Changes"), *gaps_of_github("SchemaHistory", reason="GitHub did not answer in 10 s"))
    shown = said(card(an_undecided(gaps=(*two, a_gap(reason=UNCONFIGURED))), an_evidence()))
    for line in (
        f"• Changes (GitHub): {UNCONFIGURED}",
        "• Schema history (GitHub): GitHub did not answer in 10 s",
        f"• Logs (Elasticsearch): {UNCONFIGURED}",
    ):
        assert line in shown


def test_a_reason_that_goes_on_with_what_is_known_is_the_same_reason():
    """Where GitHub cannot be read, the step of the changes still tells whom Sentry suspects."""
    known = f"{UNCONFIGURED}; Sentry suspects 2c2c2c2 Keep orders, which is unchecked"
    gaps = (*gaps_of_github("Changes", reason=known), *gaps_of_github("SchemaHistory"))
    shown = said(card(an_undecided(gaps=gaps), an_evidence()))
    assert f"Changes and schema history (GitHub): {known}" in shown
    assert shown.count(UNCONFIGURED) == 1


def test_gaps_that_are_said_together_count_as_one():
    many = gaps_of_github(*("Changes", "SchemaHistory") * 4)
    assert "more gap" not in said(card(an_undecided(gaps=many), an_evidence()))


def test_the_suspect_pull_request_is_named_with_author_and_merge():
    shown = said(SHOWN["proved"])
    assert (
        "*What changed:* <https://github.com/acme/shop/pull/812|#812 Orders get their own table> by dev-a, "
        "merged 20 Nov 03:00 UTC, 5 h 10 min before the onset" in shown
    )


def test_the_onset_is_told_with_the_time_since_the_deploy():
    assert f"*When:* onset 20 Nov 08:10 UTC, 10 min after <{SENTRY}|4.2.1> was deployed to production" in said(
        SHOWN["proved"]
    )


def test_the_first_event_of_a_new_issue_is_called_so():
    shown = said(card(a_diagnosis(), an_evidence(a_frequency(new=True))))
    assert "*When:* first event 20 Nov 08:10 UTC, 10 min after" in shown
    assert "merged 20 Nov 03:00 UTC, 5 h 10 min before the first event" in shown


def test_a_change_that_was_merged_later_is_told_as_later():
    pull = PullRequest(number=9, title="A mend", merged_at=NOON, url="https://github.com/acme/shop/pull/9")
    commits = (Commit(sha=sha * 40, message="m", url=SENTRY, pull=pull) for sha in "ab")
    suspects = tuple(Suspect(commit=one, reasons=("it changes shop/views.py",)) for one in commits)
    shown = said(card(a_diagnosis(), an_evidence(Changes(url=SENTRY, repository="r", head="b", suspects=suspects))))
    dated = "merged 20 Nov 12:00 UTC, 3 h 50 min after the onset"
    assert f"{dated} – it changes shop/views.py _(and 1 more change to look at)_" in shown


def test_without_a_deploy_the_release_is_named():
    releases = Releases(
        url=SENTRY, failing=Release(version="4.2.1", url=SENTRY), last_good=Release(version="4.2", url="")
    )
    shown = said(card(a_diagnosis(), an_evidence(releases)))
    assert f"*When:* onset 20 Nov 08:10 UTC, with <{SENTRY}|4.2.1> (last good: 4.2)" in shown


def test_how_often_is_told_with_the_users_and_who_is_mostly_hit():
    segment = Segment(key="environment", value="eu", count=9, of=9, baseline_count=1, baseline_of=9)
    evidence = an_evidence(an_issue_fact(users=87), Spread(url=SENTRY, reach="segment", segments=(segment,), rule="r"))
    assert f"*How often:* <{SENTRY}|122 events in 24 h (spike)>, 87 users in all, mostly environment eu" in said(
        card(a_diagnosis(), evidence)
    )


@pytest.mark.parametrize(
    ("verify", "told"),
    [
        ("python manage.py showmigrations orders", "*Then verify:* `python manage.py showmigrations orders`"),
        ("The same statement shows it", "*Then verify:* The same statement shows it"),
        ("SELECT " + "x" * 60 + ";", "*Then verify*\\n```\\nSELECT " + "x" * 60 + ";\\n```"),
        ("SELECT 1;", "*Then verify:* `SELECT 1;`"),
    ],
)
def test_how_to_verify_is_a_sentence_a_word_of_code_or_a_block_to_copy(verify: str, told: str):
    step = NextStep(kind="remedy", action="Do it", verify=verify)
    assert told in said(card(a_diagnosis(next_step=step), an_evidence()))


def test_a_reason_that_stands_among_the_gaps_is_not_told_twice():
    action = f"Ask the database. Still open: did it run? ({a_gap().reason})"
    shown = said(card(an_undecided(next_step=NextStep(kind="check", action=action)), an_evidence()))
    assert 'Still open: did it run?"' in shown
    assert shown.count(a_gap().reason) == 1


def test_a_new_finding_is_marked_where_it_stands_and_not_listed_twice():
    text = a_signal().text
    about = About(changes=(Change("New", text, (a_citation(),)), Change("New", "Another", (a_citation(),))))
    shown = said(card(a_diagnosis(), an_evidence(), about))
    assert f"• *New:* {text}" in shown
    assert shown.count(text) == 1
    assert f"and this changed:\\n• New: Another [<{SENTRY}|Sentry event>]" in shown
    only = said(card(a_diagnosis(), an_evidence(), About(changes=about.changes[:1])))
    assert "*Checked again 20 Nov 12:00 UTC*: there is a new finding." in only


def test_an_event_without_environment_leaves_the_place_out():
    evidence = an_evidence()
    facts = {kind: fact for kind, fact in evidence.facts.items() if kind.__name__ != "Event"}
    shown = card(a_diagnosis(asked_at=NOON + timedelta(seconds=1)), type(evidence)(facts=facts))
    assert shown.blocks[0]["text"]["text"] == 'relation "orders_order" is missing'
