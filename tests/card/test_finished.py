"""The finished card: verdict, why, next step; every judgement cited, every gap told, never too long for Slack."""

import json
from datetime import timedelta
from typing import Any

import pytest

from bot.card import About, Card, Change, card, plainer, problems
from bot.card.actions import CHECK_AGAIN, FEEDBACK, MORE, SHOW_EVIDENCE, Pressed
from bot.card.blocks import MOST_TEXT, text_size
from playbook.diagnosis import NextStep, RuledOut, Strength, Verdict
from playbook.evidence.changes import Changes, Commit, PullRequest, Suspect
from playbook.evidence.missing_relation import MissingRelation
from playbook.evidence.releases import Release, Releases
from playbook.evidence.spread import Segment, Spread
from playbook.gather import Progress
from tests.card.contract import breaches
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
    an_issue,
    an_undecided,
)
from tests.facts import an_issue as an_issue_fact

STEPS = (
    Progress("Issue", "Issue details", "done", "ProgrammingError in shop", SENTRY),
    Progress("Similar", "Similar issues", "absent", "looked in Sentry, there is none"),
    Progress("Logs", "Logs around the onset", "unavailable", "Elasticsearch did not answer"),
)
LONG = "an <unusually> & long `text` that *goes* on "

SHOWN = {
    "proved": card(a_diagnosis(), an_evidence(), About(run="r1", seconds=8.2, steps=STEPS)),
    "bare": card(a_diagnosis(), an_evidence()),
    "undecided": card(an_undecided(), an_evidence()),
    "no playbook": card(
        an_undecided(
            playbook=None, subject=None, hypotheses=(), verdict=Verdict(grade="undecided", because="No playbook")
        ),
        an_evidence(),
    ),
    "checked again": card(
        a_diagnosis(), an_evidence(), About(run="r2", changes=(Change("New", "It is there", (a_citation(),)),))
    ),
    "nothing changed": card(a_diagnosis(), an_evidence(), About(run="r3", changes=())),
    "answered": card(a_diagnosis(), an_evidence(), About(run="r4", right=("U1", "U2"), wrong=("U3",))),
    "long": card(
        a_diagnosis(
            issue=an_issue(title=LONG * 1000),
            verdict=Verdict(
                grade="likely", cause="migration_not_applied", claim=(LONG * 20)[:600], because=(LONG * 20)[:600]
            ),
            hypotheses=(
                a_hypothesis(
                    "likely",
                    claim=(LONG * 20)[:600],
                    signals=tuple(
                        a_signal(
                            (LONG * 20)[:600],
                            name=str(n),
                            citations=(a_citation(url=SENTRY + "x" * 500, quote=(LONG * 20)[:400]),) * 3,
                        )
                        for n in range(12)
                    ),
                ),
            ),
            ruled_out=(RuledOut(what=(LONG * 20)[:600], reason=(LONG * 20)[:600], citations=(a_citation(),)),) * 9,
            gaps=(a_gap(reason=(LONG * 20)[:600]),) * 9,
            next_step=NextStep(
                kind="remedy", action=(LONG * 20)[:600], command=LONG * 90, verify=LONG * 90, rollback=LONG * 90
            ),
        ),
        an_evidence(),
        About(run="r5", steps=STEPS * 6, changes=(Change("New", LONG * 30, (a_citation(),)),) * 30),
    ),
}


def said(shown: Card) -> str:
    return json.dumps(shown.blocks, ensure_ascii=False)


@pytest.mark.parametrize("name", SHOWN)
def test_every_card_is_one_that_slack_takes(name: str):
    shown = SHOWN[name]
    assert problems({"blocks": shown.blocks, "text": shown.text}) == []


@pytest.mark.parametrize("name", SHOWN)
def test_every_card_keeps_slacks_own_contract(name: str):
    assert breaches({"blocks": list(SHOWN[name].blocks)}) == []


@pytest.mark.parametrize("name", SHOWN)
def test_every_card_can_be_sent_plainer_until_only_its_text_is_left(name: str):
    shown, rungs = SHOWN[name], 0
    while (next_one := plainer(shown)) != shown:
        shown, rungs = next_one, rungs + 1
        assert problems({"blocks": shown.blocks, "text": shown.text}) == []
        assert breaches({"blocks": list(shown.blocks)}) == []
    assert 0 < rungs <= 3
    assert shown.blocks == ()
    assert shown.text


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


def test_there_are_two_buttons_and_one_pair_of_feedback_and_they_carry_only_run_and_issue():
    actions = next(block for block in SHOWN["proved"].blocks if block["type"] == "actions")
    assert [element["action_id"] for element in actions["elements"]] == [SHOW_EVIDENCE, CHECK_AGAIN, MORE]
    assert [element["type"] for element in actions["elements"]] == ["button", "button", "overflow"]
    assert Pressed.read(actions["elements"][0]["value"]) == Pressed("r1", "5551234567")
    pair = next(block for block in SHOWN["proved"].blocks if block["type"] == "context_actions")["elements"][0]
    assert pair["action_id"] == FEEDBACK
    assert Pressed.read(pair["negative_button"]["value"]) == Pressed("r1", "5551234567", "wrong")


def test_the_menu_opens_the_issue_and_the_change_and_gives_the_card_as_text():
    actions = next(block for block in SHOWN["proved"].blocks if block["type"] == "actions")
    options = actions["elements"][2]["options"]
    assert [(option["text"]["text"], option.get("url")) for option in options] == [
        ("Open SHOP-42", SENTRY),
        ("Open #812 Orders get their own table", "https://github.com/acme/shop/pull/812"),
        ("Show as text, for a ticket", None),
    ]
    assert Pressed.read(options[2]["value"]) == Pressed("r1", says="as_text")


def test_the_longest_run_fits_the_value_of_a_menus_entry():
    actions = next(
        block for block in card(a_diagnosis(), an_evidence(), About("r" * 500)).blocks if "elements" in block
    )
    assert all(len(option["value"]) <= 150 for option in actions["elements"][2]["options"])


def test_the_last_line_names_run_duration_and_what_was_hidden():
    footer = SHOWN["proved"].blocks[-1]["elements"][0]["text"]
    assert "run r1" in footer
    assert "took 8 s" in footer
    assert "3 values hidden" in footer


def test_answers_of_people_are_shown_as_they_stand():
    assert "Right: <@U1>, <@U2> · Wrong: <@U3>" in said(SHOWN["answered"])


def test_the_steps_stay_as_one_folded_trail():
    trail = [block for block in SHOWN["proved"].blocks if block["type"] == "plan"]
    assert [one["title"] for one in trail] == ["What was checked: 3 steps, 1 found nothing, 1 could not be made"]


def test_a_long_card_drops_the_trail_first_and_says_that_it_is_shortened():
    blocks = SHOWN["long"].blocks
    assert text_size(blocks) <= MOST_TEXT
    assert "plan" not in {block["type"] for block in blocks}
    assert "Shortened: the rest is under *Show evidence*" in said(SHOWN["long"])
    assert {"header", "actions", "context_actions"} <= {block["type"] for block in blocks}


def test_the_text_alone_is_a_whole_answer():
    text = SHOWN["proved"].text
    assert 'relation "orders_order" is missing in production' in text
    assert f"*The migration was not applied* – *<{SENTRY}|proved>*" in text
    assert "python manage.py migrate orders 0042_order" in text


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


def test_every_edit_names_its_blocks_anew():
    first, second = SHOWN["proved"].stamped("r1.1"), SHOWN["proved"].stamped("r1.2")
    ids: list[Any] = [block["block_id"] for shown in (first, second) for block in shown.blocks]
    assert len(set(ids)) == len(ids)


def test_the_same_diagnosis_gives_the_same_card():
    assert card(a_diagnosis(), an_evidence()) == card(a_diagnosis(), an_evidence())


def test_an_event_without_environment_leaves_the_place_out():
    evidence = an_evidence()
    facts = {kind: fact for kind, fact in evidence.facts.items() if kind.__name__ != "Event"}
    shown = card(a_diagnosis(asked_at=NOON + timedelta(seconds=1)), type(evidence)(facts=facts))
    assert shown.blocks[0]["text"]["text"] == 'relation "orders_order" is missing'
