"""Promises of an upgrade: what was is still there, and the old goes on beside the new."""

from tests.survival.upgrade import beside, upgraded


def test_what_the_first_release_wrote_is_known_and_what_waited_is_carried_out():
    assert upgraded("sqlite").counted.well


def test_a_replica_of_today_works_beside_one_of_tomorrow():
    assert beside("sqlite").counted.well
