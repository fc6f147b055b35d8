"""Which names mean one environment, which mean two, and which leave it open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.evidence.environment import same_environment, stage_in


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("production", "Production"),
        ("prod", "production"),
        ("prod-eu", "production_eu"),
        ("blue", "blue"),
        ("uat", "staging"),
    ],
)
def test_one_place_by_two_names(one, other):
    assert same_environment(one, other) is True


@pytest.mark.parametrize(
    ("one", "other"), [("production", "staging"), ("prod-eu", "prod-us"), ("dev", "test"), ("live", "preprod")]
)
def test_two_places(one, other):
    assert same_environment(one, other) is False


@pytest.mark.parametrize(
    ("one", "other"), [("production", "production-eu"), ("blue", "green"), ("main", "production"), ("", "production")]
)
def test_names_that_leave_it_open(one, other):
    assert same_environment(one, other) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_it_does_not_matter_which_is_named_first(one, other):
    assert same_environment(one, other) is same_environment(other, one)


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("shop_staging", "staging"),
        ("shop", None),
        ("production", "production"),
        ("latest", None),
        ("prod_to_dev", None),
    ],
)
def test_the_stage_in_a_name_is_a_word_of_its_own(name, stage):
    assert stage_in(name) == stage
