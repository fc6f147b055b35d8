"""The door to the Home tab: drawn for whoever opens it, with what that person may see and nothing else."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt import App

from bot.card.home import HOME_LATEST, HOME_REFRESH, HOME_SEARCH, SourceState
from bot.listen.home import NOT_DRAWN, HomeDesk, drawn, publish, query_of, register, visible
from bot.slack.membership import Membership
from tests.card.diagnoses import NOON
from tests.listen.home_tab import OTHER, READER, Book, HomeSlack, Tab, an_entry, client_of


@pytest.fixture
def slack():
    with HomeSlack() as server:
        yield server


@pytest.fixture
def tab(slack):
    client, book = client_of(slack), Book()
    source = SourceState(name="Sentry", state="answers", since=NOON)
    desk = HomeDesk(
        book, Membership(client), sources=lambda: (source,), workspace="https://acme.slack.com/", now=lambda: NOON
    )
    app = App(client=client, process_before_response=True)
    register(app, desk)
    return Tab(slack, book, app)


def test_opening_the_tab_is_acknowledged_first_and_then_shows_it_to_that_person(slack, tab):
    tab.book.answers.clear()
    tab.open()
    assert slack.tabs == []
    tab.book.answers.set()
    assert "title of SHOP-1" in tab.shown()
    assert "Sentry" in tab.shown()
    assert "https://acme.slack.com/archives/C0SHARED/p1795168863000100" in tab.shown()
    assert [user for user, _ in slack.tabs] == [READER]


def test_only_the_home_tab_is_drawn(slack, tab):
    tab.open(tab="messages")
    tab.open()
    tab.settled()
    assert len(slack.named("views.publish")) == 1


def test_a_run_is_seen_by_those_in_its_channel_and_by_whoever_asked_for_it_and_is_counted_for_others(slack, tab):
    tab.open()
    shown = tab.shown()
    assert all(f"title of SHOP-{number}" in shown for number in (1, 3, 5))
    assert all(f"title of SHOP-{number}" not in shown for number in (2, 4))
    assert "1 more in channels that you and I do not share" in shown
    assert '"2 running"' in shown
    tab.open(OTHER)
    shown = tab.shown(2)
    assert "title of" not in shown
    assert "3 in channels that you and I do not share" in shown


def test_where_slack_does_not_say_who_is_where_only_ones_own_runs_are_shown_and_it_is_said(slack, tab):
    slack.fail("users.conversations", "missing_scope")
    tab.open()
    shown = tab.shown()
    assert "SHOP-3" in shown
    assert "SHOP-1" not in shown
    assert "I may not ask Slack which channels you are in: an admin should run `diagnose doctor`." in shown
    assert "2 more not shown to you" in shown


def test_a_search_replaces_the_list_and_the_button_brings_it_back(slack, tab):
    tab.press(HOME_SEARCH, "  shop-1 ")
    shown = tab.shown()
    assert "Found for “shop-1”" in shown
    assert "SHOP-3" not in shown
    tab.press(HOME_REFRESH, "shop-1")
    assert "Found for “shop-1”" in tab.shown(2)
    tab.press(HOME_LATEST, "shop-1")
    assert "Last verdicts" in tab.shown(3)
    assert tab.book.asked == ["shop-1", "shop-1", ""]


def test_nothing_found_is_said_and_hidden_runs_leave_no_trace_in_a_search(slack, tab):
    tab.press(HOME_SEARCH, "shop-2")  # there is one, in a channel that the reader is not in
    hidden = tab.shown()
    assert "Nothing found for “shop-2”." in hidden
    tab.press(HOME_SEARCH, "shop-9")
    assert tab.shown(2) == hidden.replace("shop-2", "shop-9")


def test_a_history_that_does_not_answer_is_said_and_no_empty_list(slack, tab):
    tab.book.broken = True
    tab.open()
    shown = tab.shown()
    assert "The runs cannot be read" in shown
    assert "look at its disk" in shown
    assert "Nothing is running" not in shown


def test_slacks_patience_is_honoured(slack, tab):
    slack.fail("views.publish", "ratelimited", retry_after=1)
    tab.open()
    tab.shown()
    first, second = slack.named("views.publish")
    assert second.at - first.at >= 1


def test_an_earlier_look_gives_way_to_what_was_pressed_since(slack, tab):
    tab.press(HOME_SEARCH, "shop-1")
    tab.shown()
    tab.open(view={"hash": "h0"})
    slack.until(lambda: len(slack.named("views.publish")) == 2)
    assert "Found for" in tab.shown()
    tab.open(view={"hash": "h1"})
    tab.settled()
    assert "Last verdicts" in tab.shown()
    assert len(slack.tabs) == 2


def test_a_tab_that_slack_refuses_is_replaced_by_a_sentence(slack, tab):
    slack.fail("views.publish", "invalid_blocks")
    tab.open()
    assert NOT_DRAWN in tab.shown()
    assert len(slack.named("views.publish")) == 2


@pytest.mark.parametrize(("error", "after", "calls"), [("not_enabled", 1, 1), ("ratelimited", 60, 1)])
def test_what_cannot_be_helped_is_left_alone(slack, error, after, calls):
    slack.fail("views.publish", error, times=5, retry_after=after)
    publish(client_of(slack), READER, drawn(HomeDesk(Book(), lambda _: ()), READER), lambda _: None)
    assert len(slack.named("views.publish")) == calls


def test_no_more_than_three_tries_are_made(slack):
    waited: list[float] = []
    slack.fail("views.publish", "ratelimited", times=9, retry_after=2)
    publish(client_of(slack), READER, drawn(HomeDesk(Book(), lambda _: ()), READER), waited.append)
    assert waited == [2.0, 2.0, 2.0]


@given(st.sampled_from(["C1", "C2", "D1"]), st.sampled_from([None, "", READER, OTHER]), st.sets(st.just("C1")))
def test_nobody_sees_a_run_of_somebody_else_in_a_channel_that_is_not_theirs(channel, asker, channels):
    entry = an_entry("SHOP-1", channel=channel, asker=asker)
    assert visible(entry, READER, channels) == (channel in channels or asker == READER)


@given(st.recursive(st.none() | st.text(max_size=5), lambda inner: st.dictionaries(st.text(max_size=5), inner)))
def test_a_tab_without_a_search_field_asks_for_nothing(value):
    assert query_of({"view": {"state": {"values": {"b": {"other": value}}}}}) == ""
    assert query_of({"view": None}) == ""
    assert query_of({}) == ""


def test_a_query_is_one_clean_line_of_bounded_length():
    def typed(value: object) -> dict[str, Any]:
        return {"view": {"state": {"values": {"b": {HOME_SEARCH: {"value": value}}}}}}

    assert query_of(typed("  a\u202e\n b  ")) == "a b"
    assert query_of(typed("x" * 9_000)) == "x" * 100
    assert query_of(typed(None)) == ""
