"""Takes the pictures of `docs/` anew: the card in the terminal, and the workspace in a real browser.

The terminal's is the same bytes for the same diagnosis, and a test holds it to that; a browser's are as its fonts are.
"""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.playground.visitor import PATIENCE, Visitor, browsing, visiting
from tools.terminal_picture import PICTURE, drawn

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"


def main() -> None:
    PICTURE.write_text(drawn(), encoding="utf-8")
    FOLDER.mkdir(exist_ok=True)
    with browsing() as browser:
        for name, take in {
            "card": _card,
            "card_dark": _dark,
            "progress": _progress,
            "evidence": _evidence,
            "undecided": _undecided,
            "source_down": _source_down,
            "checked_again": _checked_again,
            "phone": _phone,
            "phone_dark": _phone_dark,
            "inspector": _inspector,
        }.items():
            take(browser, lambda visitor, name=name: _saved(visitor, name))  # type: ignore[misc] # a default binds it


Save = Callable[[Visitor], None]


def _saved(visitor: Visitor, name: str) -> None:
    visitor.page.mouse.move(0, 0)
    visitor.page.wait_for_timeout(400)
    visitor.page.screenshot(path=FOLDER / f"{name}.png")
    print(f"took {name}.png")


def _asked(visitor: Visitor, ref: str, sign: str) -> None:
    visitor.say(f"/diagnose {ref}")
    expect(visitor.message(sign).get_by_role("button", name="Show evidence")).to_be_visible(timeout=PATIENCE)


def _card(browser: Browser, save: Save) -> None:
    with visiting(browser, tall=True, pace=0.5) as visitor:
        _asked(visitor, "SHOP-42", "The migration failed")
        save(visitor)


def _dark(browser: Browser, save: Save) -> None:
    with visiting(browser, tall=True, dark=True, pace=0.5) as visitor:
        _asked(visitor, "SHOP-57", "The migration was not applied")
        save(visitor)


def _progress(browser: Browser, save: Save) -> None:
    with visiting(browser, pace=3) as visitor:
        visitor.say("/diagnose SHOP-42")
        visitor.sees("Release timeline")
        save(visitor)


def _evidence(browser: Browser, save: Save) -> None:
    with visiting(browser, pace=0.5) as visitor:
        _asked(visitor, "SHOP-42", "The migration failed")
        visitor.page.get_by_role("button", name="Show evidence").click()
        expect(visitor.page.get_by_role("dialog", name="Evidence")).to_contain_text("page 1", timeout=PATIENCE)
        save(visitor)


def _undecided(browser: Browser, save: Save) -> None:
    with visiting(browser, tall=True, pace=0.5) as visitor:
        _asked(visitor, "SHOP-99", "Undecided")
        save(visitor)


def _source_down(browser: Browser, save: Save) -> None:
    with visiting(browser, tall=True, pace=0.5) as visitor:
        visitor.set_source("Elasticsearch", "failing")
        _asked(visitor, "SHOP-42", "Undecided")
        save(visitor)


def _checked_again(browser: Browser, save: Save) -> None:
    with visiting(browser, tall=True, pace=0.5) as visitor:
        visitor.set_source("Elasticsearch", "failing")
        _asked(visitor, "SHOP-42", "Undecided")
        visitor.set_source("Elasticsearch", "recorded")
        visitor.page.get_by_role("button", name="Check again").click()
        visitor.sees("Checked again")
        save(visitor)


def _phone(browser: Browser, save: Save, *, dark: bool = False) -> None:
    with visiting(browser, phone=True, dark=dark, pace=0.5) as visitor:
        _asked(visitor, "SHOP-42", "The migration failed")
        visitor.page.get_by_text("is missing in").last.scroll_into_view_if_needed()
        save(visitor)


def _phone_dark(browser: Browser, save: Save) -> None:
    _phone(browser, save, dark=True)


def _inspector(browser: Browser, save: Save) -> None:
    with visiting(browser, pace=0.5) as visitor:
        visitor.page.get_by_role("button", name="Inspector").click()
        _asked(visitor, "SHOP-42", "The migration failed")
        visitor.page.get_by_role("complementary", name="Inspector").get_by_text("chat.update").last.click()
        save(visitor)


if __name__ == "__main__":
    main()
