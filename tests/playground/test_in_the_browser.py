"""A stranger in a real browser asks, reads the card, presses every button, breaks a source and looks behind it all."""

import json
import re

import pytest
from playwright.sync_api import expect

from bot.demo import FIRST
from tests.playground.house import until
from tests.playground.visitor import PATIENCE, visiting


def test_a_command_becomes_progress_and_then_a_card(browser):
    with visiting(browser, pace=0.8) as visitor:
        visitor.say("/diagnose SHOP-42")
        visitor.sees("Diagnosing SHOP-42")
        visitor.sees("The migration failed")
        card = visitor.message("The migration failed")
        expect(card).to_contain_text("proved")
        expect(card).to_contain_text("Do this next")
        expect(card.get_by_role("button", name="Show evidence")).to_be_visible()


def test_an_alert_is_answered_in_its_thread(visitor):
    visitor.page.get_by_role("button", name="Play an alert").click()
    visitor.page.get_by_role("menuitem").filter(has_text="SHOP-57").click()
    alerts = visitor.page.get_by_role("navigation", name="Channels").get_by_role("link", name="alerts")
    expect(alerts.get_by_label("unread")).to_be_visible(timeout=PATIENCE)
    visitor.go("alerts")
    expect(alerts.get_by_label("unread")).to_have_count(0)
    visitor.page.get_by_role("button", name="1 reply").click()
    thread = visitor.page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_text("The migration was not applied").first).to_be_visible(timeout=PATIENCE)
    expect(thread).to_contain_text("proved")


def test_the_evidence_opens_turns_its_pages_and_closes(visitor):
    visitor.say("/diagnose SHOP-85")  # whose evidence has two pages
    shown = visitor.page.get_by_role("button", name="Show evidence")
    shown.click(timeout=PATIENCE)
    modal = visitor.page.get_by_role("dialog", name="Evidence")
    expect(modal).to_contain_text("page 1 of", timeout=PATIENCE)
    modal.get_by_role("button", name="Later").click()
    expect(modal).to_contain_text("page 2 of", timeout=PATIENCE)
    modal.get_by_role("button", name="Earlier").click()
    expect(modal).to_contain_text("page 1 of", timeout=PATIENCE)
    visitor.page.keyboard.press("Escape")
    expect(modal).to_have_count(0)
    expect(shown).to_be_focused()


def test_a_source_that_is_off_is_a_gap_and_checking_again_flips_the_verdict(visitor):
    visitor.set_source("Elasticsearch", "failing")
    visitor.say("/diagnose SHOP-42")
    visitor.sees("Could not be checked")
    card = visitor.message("Undecided")
    expect(card).to_contain_text("Elasticsearch")
    visitor.set_source("Elasticsearch", "recorded")
    card.get_by_role("button", name="Check again").click()
    visitor.sees("Could be checked this time")
    card = visitor.message("The migration failed")
    expect(card).to_contain_text("Checked again")
    expect(card).to_contain_text("proved")


@pytest.mark.parametrize("mode", ["failing", "absent"])
def test_without_sentry_the_asker_alone_is_told_why(visitor, mode):
    visitor.set_source("Sentry", mode)
    visitor.say("/diagnose SHOP-42")
    visitor.sees("Only visible to you")
    expect(visitor.message("Only visible to you")).to_contain_text("Sentry")
    visitor.page.get_by_role("button", name="Dismiss").click()
    expect(visitor.page.get_by_text("Only visible to you")).to_have_count(0)


def test_right_and_wrong_are_shown_to_everybody(visitor):
    visitor.say("/diagnose SHOP-42")
    visitor.page.get_by_role("button", name="This diagnosis is right").click(timeout=PATIENCE)
    visitor.sees("Right:")
    visitor.page.get_by_role("button", name="This diagnosis is wrong").click()
    visitor.sees("Wrong:")
    expect(visitor.page.get_by_text("Right:")).to_have_count(0)


def test_the_menu_of_the_card_gives_its_text_for_a_ticket(visitor):
    visitor.say("/diagnose SHOP-42")
    card = visitor.message("The migration failed")
    card.get_by_role("button", name="More").click(timeout=PATIENCE)
    visitor.page.get_by_role("menuitem", name="text").click()
    visitor.sees("Only visible to you")


def test_the_shortcut_on_a_message_diagnoses_what_it_names(visitor):
    (link,) = [one["link"] for one in visitor.opened.stage.shown()["incidents"] if one["ref"] == "SHOP-85"]
    visitor.say(f"Does anybody know {link} ?")
    visitor.message("Does anybody know").hover()
    visitor.page.get_by_role("button", name="Diagnose").click()
    visitor.page.get_by_role("button", name="1 reply").click(timeout=PATIENCE)
    thread = visitor.page.get_by_role("complementary", name="Thread")
    expect(thread.get_by_text("A read replica is behind").first).to_be_visible(timeout=PATIENCE)


def test_where_the_bot_is_not_it_asks_to_be_invited_and_comes(visitor):
    visitor.go("random")
    visitor.say("/diagnose SHOP-42", "random")
    visitor.sees("/invite @diagnose")
    visitor.say("/invite @diagnose", "random")
    visitor.sees("has joined the channel")
    visitor.say("/diagnose SHOP-42", "random")
    visitor.sees("The migration failed")


def test_who_asks_twice_gets_a_link_that_leads_to_the_card(visitor):
    visitor.say("/diagnose SHOP-42")
    visitor.sees("The migration failed")
    visitor.say("/diagnose SHOP-42")
    visitor.page.get_by_role("link", name="here it is").click(timeout=PATIENCE)
    expect(visitor.page).to_have_url(f"{visitor.opened.url}/#/C0INCIDENTS/{_card(visitor)['ts']}")


def _card(visitor):
    messages = visitor.opened.workspace.snapshot()["messages"]
    return next(one for one in messages if one["user"] == "U0DIAGNOSE" and not one.get("ephemeral"))


def test_the_inspector_shows_what_both_ends_say(visitor):
    visitor.page.get_by_role("button", name="Inspector").click()
    visitor.say("/diagnose SHOP-42")
    visitor.sees("The migration failed")
    inspector = visitor.page.get_by_role("complementary", name="Inspector")
    for name in ("slash_commands", "chat.postMessage", "chat.update"):
        expect(inspector.get_by_text(name).first).to_be_visible()
    inspector.get_by_text("chat.update").last.click()
    expect(inspector).to_contain_text('"blocks"', timeout=PATIENCE)
    expect(inspector).not_to_contain_text("xoxb-rehearsal-0")
    assert visitor.opened.workspace.bot_token not in visitor.page.content()


def test_the_inspector_says_when_something_was_said(visitor):
    visitor.page.get_by_role("button", name="Inspector").click()
    inspector = visitor.page.get_by_role("complementary", name="Inspector")
    inspector.get_by_text("apps.connections.open").last.click()
    told = inspector.get_by_role("region", name="apps.connections.open in full").locator("time")
    expect(told).to_have_text(re.compile(r"^\d\d:\d\d:\d\d\.\d{3}$"))


def test_thread_and_inspector_stand_side_by_side(visitor):
    visitor.opened.stage.act({"do": "stage.alert", "incident": FIRST})
    visitor.go("alerts")
    visitor.page.get_by_role("button", name="1 reply").click(timeout=PATIENCE)
    visitor.page.get_by_role("button", name="Inspector").click()
    thread, inspector = (visitor.page.get_by_role("complementary", name=name) for name in ("Thread", "Inspector"))
    one, other = thread.bounding_box(), inspector.bounding_box()
    assert one is not None
    assert other is not None
    assert one["x"] + one["width"] <= other["x"]
    visitor.page.get_by_role("button", name="Close the thread").click()
    expect(visitor.message("SHOP-42")).to_be_focused()


def test_a_thread_that_is_not_there_says_so(visitor):
    visitor.page.goto(f"{visitor.opened.url}/#/C0INCIDENTS?thread=1.000001")
    thread = visitor.page.get_by_role("complementary", name="Thread")
    expect(thread).to_contain_text("is not here any more")
    expect(thread.get_by_label("Reply in the thread")).to_have_count(0)


def test_a_line_marks_where_the_unread_alerts_begin(visitor):
    visitor.opened.stage.act({"do": "stage.alert", "incident": FIRST})
    visitor.go("alerts")
    expect(visitor.page.get_by_role("button", name="1 reply")).to_be_visible(timeout=PATIENCE)
    visitor.go("incidents")
    visitor.opened.stage.act({"do": "stage.alert", "incident": "model_without_migration"})
    answered = "() => document.title.startsWith('(1)')"
    visitor.page.wait_for_function(answered)
    until(lambda: sum(one.get("reply_count", 0) for one in visitor.opened.workspace.snapshot()["messages"]) == 2)
    visitor.page.wait_for_timeout(100)
    visitor.go("alerts")
    expect(visitor.page.locator(".new-line")).to_be_visible()


def test_what_goes_wrong_is_told_in_front_of_an_open_window(visitor):
    visitor.say("/diagnose SHOP-42")
    visitor.page.get_by_role("button", name="Show evidence").click(timeout=PATIENCE)
    modal = visitor.page.get_by_role("dialog", name="Evidence")
    expect(modal).to_be_visible(timeout=PATIENCE)
    visitor.page.route("**/page/act", lambda route: route.fulfill(json={"ok": False, "error": "No luck today."}))
    modal.get_by_role("button", name="Close").last.click()
    modal.get_by_text("No luck today.").click()  # which nothing may cover
    modal.get_by_role("button", name="Dismiss").click()
    expect(visitor.page.get_by_text("No luck today.")).to_have_count(0)


def test_two_hundred_alerts_leave_page_and_bot_responsive_and_the_memory_bounded(visitor, monkeypatch):
    monkeypatch.setattr("bot.playground.stage.STORM_SECONDS", 8.0)  # in a minute; here they come seven times as fast
    visitor.page.get_by_role("button", name="Inspector").click()
    visitor.opened.stage.act({"do": "stage.storm", "count": 200})
    visitor.say("/diagnose SHOP-42")
    # The link, where the alert of that very issue came first and is being looked into.
    answer = visitor.page.get_by_text("The migration failed").or_(visitor.page.get_by_text("here it is"))
    expect(answer.last).to_be_visible(timeout=PATIENCE)
    visitor.go("alerts")
    expect(visitor.page.get_by_text("Short ID: SHOP-42").first).to_be_visible(timeout=PATIENCE)
    visitor.page.wait_for_function("() => document.querySelectorAll('[role=listitem]').length >= 200", timeout=60_000)
    visitor.go("incidents")
    expect(answer.last).to_be_visible(timeout=PATIENCE)
    shown = visitor.opened.workspace.traffic.shown()
    assert len(shown) <= 300
    assert len(json.dumps(shown)) < 300_000


def test_a_run_that_has_only_begun_looks_alive(browser):
    with visiting(browser) as visitor:
        visitor.set_source("Sentry", "slow")
        visitor.say("/diagnose SHOP-42")
        expect(visitor.message("Diagnosing SHOP-42").get_by_role("img", name="asking now").first).to_be_visible()
