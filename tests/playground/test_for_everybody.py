"""The page is there for everybody: on a phone, by keyboard alone, by ear; and axe finds nothing serious."""

import pytest
from playwright.sync_api import expect

from bot.demo import FIRST
from tests.playground.visitor import PATIENCE, visiting


def test_commands_and_incidents_complete_by_keyboard(visitor):
    composer = visitor.composer()
    composer.press_sequentially("/dia")
    expect(visitor.page.get_by_role("option", name="/diagnose")).to_be_visible()
    composer.press("Tab")
    expect(composer).to_have_value("/diagnose ")
    composer.press_sequentially("rep")
    expect(visitor.page.get_by_role("listbox").get_by_role("option").first).to_contain_text("SHOP-85")
    composer.press("Enter")
    expect(composer).to_have_value("/diagnose SHOP-85")
    composer.press("Enter")
    visitor.sees("A read replica is behind")


def test_on_a_phone_the_inspector_over_a_thread_can_be_closed(browser):
    with visiting(browser, phone=True) as visitor:
        visitor.page.get_by_role("button", name="Inspector").click()
        visitor.page.goto(f"{visitor.opened.url}/#/C0INCIDENTS?thread=1.000001")
        close = visitor.page.get_by_role("button", name="Close the inspector")
        box = close.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 390
        close.click()
        expect(close).to_have_count(0)


def test_on_a_phone_nothing_sticks_out_and_the_thread_fills_the_screen(browser):
    with visiting(browser, phone=True) as visitor:
        visitor.opened.stage.act({"do": "stage.alert", "incident": FIRST})
        visitor.go("alerts")
        visitor.page.get_by_role("button", name="1 reply").click(timeout=PATIENCE)
        thread = visitor.page.get_by_role("complementary", name="Thread")
        expect(thread.get_by_text("The migration failed").first).to_be_visible(timeout=PATIENCE)
        width = visitor.page.evaluate("() => [document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1]
        box = thread.bounding_box()
        assert box is not None
        assert box["width"] >= width[1] - 1
        for button in thread.get_by_role("button", name="Show evidence").all():
            area = button.bounding_box()
            assert area is not None
            assert area["x"] + area["width"] <= width[1]


def test_by_keyboard_alone_from_the_question_to_the_evidence_and_back(visitor):
    keyboard = visitor.page.keyboard
    _tab_to(visitor, visitor.composer())
    keyboard.type("/diagnose SHOP-42")
    keyboard.press("Escape")
    keyboard.press("Enter")
    visitor.sees("The migration failed")
    shown = visitor.page.get_by_role("button", name="Show evidence")
    _tab_to(visitor, shown, back=True)
    keyboard.press("Enter")
    modal = visitor.page.get_by_role("dialog", name="Evidence")
    expect(modal).to_be_visible(timeout=PATIENCE)
    for _ in range(40):  # focus stays inside, however often it moves on
        keyboard.press("Tab")
        assert visitor.page.evaluate(OUTSIDE) is False
    keyboard.press("Escape")
    expect(shown).to_be_focused()


OUTSIDE = """() => {
  const focused = document.activeElement;
  return focused !== document.body && !focused.closest("dialog");
}"""
"""Whether the focus is on something behind the dialog; between its last and first part it is nowhere in the page."""


def _tab_to(visitor, target, *, back=False):
    for _ in range(80):
        if target.evaluate("one => one === document.activeElement"):
            return
        visitor.page.keyboard.press("Shift+Tab" if back else "Tab")
    pytest.fail("the keyboard does not lead there")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(browser, dark, phone):
    with visiting(browser, dark=dark, phone=phone) as visitor:
        visitor.say("/diagnose SHOP-42")
        visitor.sees("The migration failed")
        assert visitor.findings() == []
        visitor.page.get_by_role("button", name="Show evidence").click()
        expect(visitor.page.get_by_role("dialog", name="Evidence")).to_contain_text("page 1", timeout=PATIENCE)
        assert visitor.findings() == []
        visitor.page.keyboard.press("Escape")
        visitor.page.get_by_role("button", name="Inspector").click()
        assert visitor.findings() == []


def test_a_screen_reader_hears_the_verdict_not_only_that_it_is_looked_for(browser):
    with visiting(browser, pace=0.8) as visitor:
        visitor.say("/diagnose SHOP-42")
        visitor.sees("The migration failed")
        said = visitor.page.locator("[aria-live=polite]").filter(has_text="The migration failed")
        expect(said).to_be_attached(timeout=PATIENCE)
