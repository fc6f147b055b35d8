"""The evidence modal: everything is there, page by page, in blocks that modals take."""

import json
from typing import Any

import pytest

from bot.card import evidence_view, problems
from bot.card.actions import EARLIER_PAGE, LATER_PAGE, Pressed
from bot.card.escape import spoken
from bot.card.suspicion import suspicion
from bot.card.view import gone_view
from playbook.evidence.changes import Changes, Claim, Commit, Suspect
from playbook.evidence.logs import Logs
from playbook.evidence.schema_history import SchemaHistory
from playbook.evidence.similar import Similar
from playbook.evidence.tags import Tags
from tests.card.contract import breaches
from tests.card.diagnoses import (
    a_diagnosis,
    a_frequency,
    a_hypothesis,
    a_signal,
    an_evidence,
    an_unchecked,
    an_undecided,
)

MANY = a_diagnosis(
    hypotheses=tuple(
        a_hypothesis(cause=f"cause_{n}", claim=f"Cause {n} did it", signals=(a_signal("because " * 60),) * 8)
        for n in range(30)
    )
)


def all_pages(diagnosis: Any, evidence: Any) -> list[dict[str, Any]]:
    count = int(json.dumps(evidence_view(diagnosis, evidence)).split("page 1 of ")[1].split(" ")[0])
    return [evidence_view(diagnosis, evidence, page, "r1") for page in range(count)]


@pytest.mark.parametrize("diagnosis", [a_diagnosis(), an_undecided(), MANY], ids=["proved", "undecided", "many"])
def test_every_page_is_a_modal_that_slack_takes(diagnosis: Any):
    for view in all_pages(diagnosis, an_evidence()):
        assert problems(view) == []
        assert breaches({"modal": view}) == []


def test_every_fact_is_shown_with_its_finding_and_the_link_to_its_source():
    evidence = an_evidence()
    shown = json.dumps(all_pages(a_diagnosis(), evidence), ensure_ascii=False)
    for kind, fact in evidence.facts.items():
        assert f"*{spoken(kind.__name__)}* – " in shown
        assert f" [<{fact.url}|{fact.source}>]" in shown


def test_the_judgement_comes_before_the_raw_facts():
    undecided = an_undecided(hypotheses=(*an_undecided().hypotheses, a_hypothesis("undecided", cause="c", signals=())))
    pages = all_pages(undecided, an_evidence(absent={Similar: "looked in Sentry, there is none"}))
    heads = [block["text"]["text"] for view in pages for block in view["blocks"] if block["type"] == "header"]
    assert heads == [
        "Causes that were weighed",
        "Ruled out",
        "Could not be looked at",
        "Looked for, and there is none",
        "Facts",
    ]
    assert "*Nothing was found for or against:* The migration was not applied" in json.dumps(pages)


def test_of_a_long_list_the_first_few_and_the_newest_are_shown():
    shown = json.dumps(all_pages(a_diagnosis(), an_evidence(a_frequency((7,) * 20 + (3, 40, 41, 38)))))
    assert "12 more" in shown
    assert all(f"count {count}" in shown for count in (3, 40, 41, 38))


def test_a_fact_within_a_fact_stands_on_one_line_without_its_address():
    shown = json.dumps(all_pages(a_diagnosis(), an_evidence()))
    assert "deploys: release 4.2.1, environment production, at 2026-11-20T08:00:00Z" in shown


def test_absent_and_unavailable_stand_under_headings_of_their_own():
    evidence = an_evidence(absent={Similar: "looked in Sentry, there is none"})
    shown = [
        block["text"]["text"]
        for view in all_pages(an_undecided(), evidence)
        for block in view["blocks"]
        if "text" in block
    ]
    absent, unavailable = shown.index("Looked for, and there is none"), shown.index("Could not be looked at")
    assert "*Similar* (Sentry): looked in Sentry, there is none" in shown[absent + 1]
    assert "*Logs* (Elasticsearch): Elasticsearch did not answer" in shown[unavailable + 1]


def test_one_reason_for_several_facts_stands_there_once():
    down = {Changes: "GitHub did not answer", SchemaHistory: "GitHub did not answer"}
    pages = all_pages(an_undecided(gaps=()), an_evidence(unavailable=down, absent={Similar: "none", Tags: "none"}))
    shown = json.dumps(pages)
    assert "*Changes and schema history* (GitHub): GitHub did not answer" in shown
    assert "*Similar and tags* (Sentry): none" in shown


def test_what_redaction_hid_is_counted():
    assert "hidden by redaction: 3 e-mail" in json.dumps(evidence_view(a_diagnosis(), an_evidence()))
    assert "hidden by redaction: nothing" in json.dumps(evidence_view(a_diagnosis(), an_evidence(hidden={})))


def test_each_hypothesis_is_shown_with_its_signals_and_what_was_not_checked():
    shown = json.dumps(all_pages(a_diagnosis(hypotheses=(a_hypothesis(unchecked=(an_unchecked(),)),)), an_evidence()))
    assert "The release holds the migration, and no log names it _(decisive)_" in shown
    assert "_not checked:_ Whether the migrate log names it (at most decisive)" in shown


def test_pages_hold_everything_once_and_turn_both_ways():
    views = all_pages(MANY, an_evidence())
    assert len(views) > 2
    for n in range(30):
        assert json.dumps(views).count(f"*Cause {n} did it*") == 1
    turns = [[one["action_id"] for one in view["blocks"][-1].get("elements", [])] for view in views]
    assert turns[0] == [LATER_PAGE]
    assert turns[1] == [EARLIER_PAGE, LATER_PAGE]
    assert turns[-1] == [EARLIER_PAGE]
    assert Pressed.read(views[1]["blocks"][-1]["elements"][1]["value"]) == Pressed("r1", "5551234567", "", 2)


@pytest.mark.parametrize("page", [-5, 10_000])
def test_a_page_that_does_not_exist_shows_the_nearest(page: int):
    assert evidence_view(a_diagnosis(), an_evidence(), page)["blocks"] in [view["blocks"] for view in all_pages_plain()]


def all_pages_plain() -> list[dict[str, Any]]:
    views = all_pages(a_diagnosis(), an_evidence())
    return [evidence_view(a_diagnosis(), an_evidence(), page) for page in range(len(views))]


def test_the_modal_remembers_its_run_within_slacks_limit():
    view = evidence_view(a_diagnosis(), an_evidence(), 0, "r-1<" * 5000)
    assert json.loads(view["private_metadata"]) == {"run": ("r-1" * 5000)[:100], "page": 0}
    assert problems(view) == []


def test_evidence_that_is_gone_is_said_to_be_gone():
    view = gone_view("The evidence of this run is gone: press Check again.")
    assert problems(view) == []
    assert breaches({"modal": view}) == []


def test_a_fact_with_endless_fields_is_cut():
    endless = Logs.model_construct(
        url="https://logs.example.com/",
        start=a_diagnosis().asked_at,
        end=a_diagnosis().asked_at,
        searches=(),
        migration_runs=(),
    )
    facts = an_evidence(endless, unavailable={})
    assert problems(evidence_view(a_diagnosis(), facts)) == []


def test_each_suspect_is_shown_with_its_reasons_and_sentrys_own_with_our_word_for_it():
    here = "https://github.com/acme/shop"
    commit = Commit(sha="9f" * 20, message="Own table", url=f"{here}/commit/9f")
    suspect = Suspect(commit=commit, reasons=("its migration creates orders_order (a.py:9)", "it changes `create`"))
    claim = Claim(commit=commit, how="via SCM integration", verdict="impossible", reason="committed later")
    changes = Changes(url=here, repository="acme/shop", head="b", suspects=(suspect,), claimed=(claim,))
    shown = json.dumps(all_pages(a_diagnosis(), an_evidence(changes)), ensure_ascii=False)
    named = f"<{here}/commit/9f|9f9f9f9 Own table>"
    assert f"• suspect: {named} – its migration creates orders_order (a.py:9); it changes `create`" in shown
    assert f"• Sentry suspects {named} (via SCM integration): *impossible* – committed later" in shown
    confirmed = claim.model_copy(update={"verdict": "confirmed", "reason": suspect.reasons[0]})
    told = suspicion(changes.model_copy(update={"claimed": (confirmed,)}))
    assert len(told) == 1  # the commit and its reason are not said twice
    assert told[0].endswith("; it changes `create` – Sentry suspects it too (via SCM integration): *confirmed*")
