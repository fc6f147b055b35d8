"""Every golden card and its modal fit Slack's schema, slack_sdk's models and the rules across a message."""

import json

import pytest

from bot.card import evidence_view, plainer, problems
from bot.card.blocks import Card
from playbook.investigate import replay
from tests.card.contract import breaches
from tests.cases.golden import folders, names, recording


def golden_card(name):
    return json.loads((folders()[name] / "card.json").read_text(encoding="utf-8"))


def modals(name):
    """Every page of the evidence."""
    found = replay(recording(name), lambda _progress: None)
    first = evidence_view(found.diagnosis, found.evidence, 0, "r-1")
    last = json.loads(evidence_view(found.diagnosis, found.evidence, 10_000, "r-1")["private_metadata"])["page"]
    return [first, *(evidence_view(found.diagnosis, found.evidence, page, "r-1") for page in range(1, last + 1))]


@pytest.mark.parametrize("name", names())
def test_a_golden_card_obeys_the_rules_and_so_does_each_plainer_one(name):
    message = golden_card(name)
    assert problems(message) == []
    shown = Card(tuple(message["blocks"]), message["text"])
    for _ in range(4):
        shown = plainer(shown)
        assert problems({"text": shown.text, "blocks": list(shown.blocks)}) == []


@pytest.mark.parametrize("name", names())
def test_every_page_of_the_evidence_obeys_the_rules(name):
    for view in modals(name):
        assert problems(view) == []
        assert len(view["private_metadata"]) < 3_000


@pytest.mark.parametrize("name", names())
def test_card_and_modals_fit_slacks_schema(name):
    assert breaches({"blocks": golden_card(name)["blocks"]}) == []
    for view in modals(name):
        assert breaches({"modal": view}) == []
