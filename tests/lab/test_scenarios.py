"""What holds for the scenarios as a whole: enough of them, of every cause, in both frameworks, with red herrings."""

import inspect
from collections import Counter

import pytest

from playbook import catalog
from tests.lab.happening import names, scenario
from tests.lab.metamorphic import does_not_apply

GIVES_WAY = {"broader_incident"}
"""A wider frame, which a cause that says how it happened always comes before; `two_services` is one."""


def test_there_are_at_least_two_dozen():
    assert len(names()) >= 24


def test_every_cause_of_the_playbook_is_the_truth_of_at_least_two():
    counted = Counter(scenario(name).truth.cause for name in names())
    causes = {cause.name for playbook in catalog.playbooks() for cause in playbook.causes} - GIVES_WAY
    assert {cause for cause in causes if counted[cause] < 2} == set()


def test_both_frameworks_have_their_share():
    counted = Counter(scenario(name).truth.project for name in names())
    assert min(counted["shop"], counted["billing"]) >= 10


@pytest.mark.parametrize("name", names())
def test_a_scenario_says_what_people_did_and_is_not_alone_in_the_world(name):
    one = scenario(name)
    assert one.about.endswith(".")
    assert len(one.about) < 300
    assert "ordinary_life(" in inspect.getsource(one.happen)
    assert all(reason for reason in does_not_apply(one).values())


@pytest.mark.parametrize("name", names())
def test_its_truth_is_a_cause_of_the_playbook_or_that_nobody_can_say(name):
    truth = scenario(name).truth
    causes = {cause.name for playbook in catalog.playbooks() for cause in playbook.causes}
    assert (truth.cause in causes) == (truth.grade != "undecided")


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(LookupError, match=r"there is no scenario 'nowhere'; there are: .*lock_timeout"):
        scenario("nowhere")
