"""What means nothing changes nothing; what means something is noticed."""

import dataclasses
import importlib
from datetime import UTC, datetime

import pytest

from playbook.dialects.reading import missing_relation
from playbook.evidence.error import Error
from playbook.evidence.event import Event
from playbook.evidence.logs import Logs
from tests.lab.asking import ask
from tests.lab.beside import unrelated_issues, unrelated_lines
from tests.lab.clock import written
from tests.lab.happening import happen, names, scenario
from tests.lab.metamorphic import (
    does_not_apply,
    reruns,
    shuffled,
    signature,
    translated,
    unheard_of,
    variants,
)
from tests.lab.sentry_known import world
from tests.lab.translated import into, languages

MESSAGE = 'relation "orders_order" does not exist\nLINE 1: SELECT COUNT(*) FROM "orders_order"\n                 ^\n'
VARIANTS = 9


@pytest.mark.parametrize("number", range(VARIANTS))
def test_a_change_without_meaning_leaves_the_verdict_and_its_signals(happened, sources, answer, number):
    made = variants(scenario(happened.name), happened)
    assert len(made) == VARIANTS
    variant = made[number]
    found = ask(variant.happened, variant.sources(sources)).found
    assert signature(found) == signature(answer.found), variant.name


def a_line(happened, minutes_before, message):
    told = next(one for one in happened.logs if one["message"].startswith("Starting gunicorn"))
    moment = datetime.fromtimestamp(happened.asked.timestamp() - 60 * minutes_before, UTC)
    return {**told, "@timestamp": written(moment), "message": message}


def test_a_line_that_does_mean_something_is_noticed(incidents, sources):
    happened = incidents["never_applied"]
    line = a_line(happened, 119, "  Applying orders.0002_order... OK")
    changed = dataclasses.replace(happened, logs=(*happened.logs, line))
    assert signature(ask(changed, sources).found) != signature(ask(happened, sources).found)


def test_lines_that_are_missing_are_noticed(incidents, sources):
    happened = incidents["never_applied"]
    kept = tuple(one for one in happened.logs if "unapplied migration" not in one["message"])
    changed = dataclasses.replace(happened, logs=kept)
    assert signature(ask(changed, sources).found) != signature(ask(happened, sources).found)


def test_a_signature_tells_signals_of_causes_that_are_struck_out(answer):
    grade, cause, told = signature(answer.found)
    assert (grade, cause) == (answer.verdict.grade, answer.verdict.cause)
    assert "rules_out" in {strength for _, _, strength in told}


def test_the_rows_really_come_in_another_order_and_none_is_lost(happened):
    known = world(happened.reported, happened.asked)
    turned = shuffled(known)
    assert list(turned.issue("SHOP-2")) == list(known.issue("SHOP-2"))[::-1]
    for issue, rows in known.tags.items():
        assert [one["key"] for one in rows] != [one["key"] for one in turned.tags[issue]]
        assert {one["key"] for one in rows} == {one["key"] for one in turned.tags[issue]}
    for issue, rows in known.events.items():
        assert [row["eventID"] for row in turned.events[issue]] == [row["eventID"] for row in rows], "newest first"


def test_unrelated_issues_are_twenty_and_share_nothing(happened):
    before = world(happened.reported, happened.asked).issues
    after = world(unrelated_issues(happened).reported, happened.asked).issues
    known = {(one["title"], one["culprit"]) for one in before}
    added = [one for one in after if (one["title"], one["culprit"]) not in known]
    assert (len(added), len(after)) == (20, len(before) + 20)
    assert not any(happened.truth.relation in one["title"] for one in added)
    own = [one for one in added if one["project"]["slug"] in happened.repositories]
    assert 2 < len(own) < 10
    assert {one["lastSeen"] < min(each["firstSeen"] for each in before) for one in own} == {True}


def test_unrelated_lines_are_among_what_the_searches_find(happened, sources):
    logs = ask(unrelated_lines(happened), sources).evidence.get(Logs)
    found = {line.service for search in logs.searches for line in search.lines}
    assert {"birds", "cinema"} <= found


def test_fields_that_nobody_has_heard_of_are_in_every_object(happened):
    told = unheard_of(world(happened.reported, happened.asked))
    assert all("unheardOf" in one and "unheardOf" in one["project"] for one in told.issues)
    events = [event for rows in told.events.values() for event in rows]
    assert all("unheardOf" in event["entries"][0] for event in events if event["entries"])


def test_a_translated_incident_is_told_in_that_language(happened, sources):
    found = ask(translated(happened, "de"), sources).evidence
    (value,) = {one.value.splitlines()[0] for one in found.get(Event).errors}
    assert value == "Relation »orders_order« existiert nicht"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", 'Relation »orders_order« existiert nicht\nZEILE 1: SELECT COUNT(*) FROM "orders_order"'),
        ("fr", 'la relation « orders_order » n\'existe pas\nLIGNE 1 : SELECT COUNT(*) FROM "orders_order"'),
        ("ja", 'リレーション"orders_order"は存在しません\n行 1: SELECT COUNT(*) FROM "orders_order"'),
    ],
)
def test_the_sentences_are_those_of_the_catalogues(language, expected):
    assert into(language)(MESSAGE).startswith(expected)


@pytest.mark.parametrize("language", languages())
def test_the_product_reads_what_was_translated(language):
    found = missing_relation([Error(type="UndefinedTable", value=into(language)(MESSAGE))])
    assert found is not None
    assert found.name == "orders_order"


def test_the_whole_sentence_is_translated_not_a_part_of_it():
    told = into("de")('column "note" of relation "orders_order" does not exist')
    assert told == "Spalte »note« von Relation »orders_order« existiert nicht"


def test_sixteen_languages_are_known_and_scenarios_take_turns(happened):
    assert len(languages()) == 16
    told = [variant.name for variant in variants(scenario(happened.name), happened) if variant.kind == "language"]
    assert len(set(told)) == len(told) == 3


def test_it_happens_again_across_the_change_of_clocks_at_midnight_and_in_other_words():
    every = {rerun.kind: rerun for name in names() for rerun in reruns(scenario(name))}
    day, midnight, words = every["another day"], every["midnight"], every["other words"]
    assert all(len(reruns(scenario(name))) == 2 for name in names() if not does_not_apply(scenario(name)))
    assert day.zero.date().isoformat() == "2027-03-28"
    assert (midnight.clock().at(15) - midnight.clock().at(0)).days == 0
    assert midnight.clock().at(15).year == midnight.clock().at(0).year + 1
    assert words.wording("Order orders INVOICE") == "Parcel parcels VOUCHER"


def test_a_scenario_may_say_what_has_a_meaning_for_it(monkeypatch, happened):
    one = scenario(happened.name)
    module = importlib.import_module(f"tests.lab.scenarios.{one.name}")
    told = {"midnight": "a reason", "another day": "the same", "language": "another"}
    monkeypatch.setattr(module, "DOES_NOT_APPLY", told, raising=False)
    assert does_not_apply(one) == told
    assert {rerun.kind for rerun in reruns(one)} == {"other words"}
    assert "language" not in {variant.kind for variant in variants(one, happened)}


def test_in_other_words_the_same_is_said(incidents, sources, lab_postgres, tmp_path):
    happened = incidents["never_applied"]
    (words,) = [rerun for rerun in reruns(scenario(happened.name)) if rerun.kind == "other words"]
    again = happen(scenario(happened.name), tmp_path, lab_postgres, words.clock(), words.wording)
    assert again.truth.relation == "parcels_parcel"
    assert signature(ask(again, sources).found) == signature(ask(happened, sources).found)
