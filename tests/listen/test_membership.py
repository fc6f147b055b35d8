"""A person's channels are asked for page by page and kept for a minute; a failure is not kept."""

import pytest

from bot.slack.membership import KEPT_SECONDS, Membership
from playbook.evidence.unavailable import Unavailable
from tests.listen.home_tab import READER, HomeSlack, client_of


@pytest.fixture
def slack():
    with HomeSlack() as server:
        yield server


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_channels_are_asked_for_page_by_page_and_kept_for_a_minute(slack):
    slack.channels[READER] = ["C1", "C2", "C3", "C4", "C5"]
    clock = Clock()
    channels = Membership(client_of(slack), clock)
    assert channels(READER) == {"C1", "C2", "C3", "C4", "C5"}
    assert len(slack.named("users.conversations")) == 3
    slack.channels[READER] = ["C1"]
    assert len(channels(READER)) == 5
    clock.now = KEPT_SECONDS + 1
    assert channels(READER) == {"C1"}


def test_a_failure_is_not_kept(slack):
    slack.fail("users.conversations", "ratelimited")
    channels = Membership(client_of(slack))
    with pytest.raises(Unavailable) as unavailable:
        channels(READER)
    assert "ratelimited" in unavailable.value.sentence
    assert channels(READER) == {"C0SHARED"}
