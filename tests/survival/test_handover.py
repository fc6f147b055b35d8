"""Promises of replicas: one that ends hands over, and one that was given up keeps its hands off."""

from tests.survival.handover import frozen, stopped


def test_a_run_that_ends_in_time_is_ended_before_a_stop():
    assert stopped(step=0.05, alone=True).well


def test_a_replica_that_stood_still_writes_over_no_card():
    assert frozen(2).counted.well
