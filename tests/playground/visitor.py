"""A visitor of the rehearsal in a real Chromium, who notices every error and every request that leaves the machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from bot.playground.open import Rehearsal, over_recordings

DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
TALL = {"width": 1280, "height": 1400}
PATIENCE = 15_000.0  # milliseconds: a card takes a few seconds, the machine may be busy
AXE = Path(__file__).parents[2] / "page" / "node_modules" / "axe-core" / "axe.min.js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def chromium() -> str:
    """Where Chromium is; without one the test is skipped, and fails in CI."""
    found = os.environ.get("DIAGNOSE_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        needed("Chromium: install it, or name one in DIAGNOSE_CHROMIUM")
    return str(found)


def needed(what: str) -> None:
    """In CI nothing that a test needs may be missing."""
    if os.environ.get("CI"):
        pytest.fail(f"CI lacks {what}")
    pytest.skip(f"this needs {what}")


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visitor:
    """What a person does in the page, by what a person sees: roles, names and texts."""

    page: Page
    opened: Rehearsal
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """From now on notes errors and requests to other hosts."""
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("request", self._asked)

    def say(self, text: str, channel: str = "incidents") -> None:
        """Types into the channel's composer and sends."""
        composer = self.composer(channel)
        composer.fill(text)
        composer.press("Escape")  # closes a completion
        composer.press("Enter")

    def composer(self, channel: str = "incidents") -> Locator:
        return self.page.get_by_label(f"Message #{channel}")

    def go(self, channel: str) -> None:
        drawer = self.page.get_by_role("button", name="Channels")
        if drawer.is_visible():
            drawer.click()
        self.page.get_by_role("navigation", name="Channels").get_by_role("link", name=channel).last.click()

    def message(self, text: str) -> Locator:
        """The last message that holds this text."""
        return self.page.locator("[role=listitem][data-ts]").filter(has_text=text).last

    def sees(self, text: str) -> None:
        expect(self.page.get_by_text(text).last).to_be_visible(timeout=PATIENCE)

    def set_source(self, title: str, mode: str) -> None:
        self.page.get_by_label(title, exact=True).select_option(mode)

    def findings(self) -> list[str]:
        """What axe finds serious or critical."""
        if not AXE.exists():
            needed("axe-core: run npm ci --prefix page")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        result: dict[str, Any] = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']} ({one['impact']}): {node['target']} {node.get('failureSummary', '')}"
            for one in result["violations"]
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"]
        ]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.wrong.append(f"console {message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.opened.url}/", "data:", "blob:")):
            self.wrong.append(f"a request to {request.url}")


@contextmanager
def visiting(
    browser: Browser, *, phone: bool = False, dark: bool = False, tall: bool = False, pace: float = 0.05
) -> Iterator[Visitor]:
    """A fresh rehearsal and a visitor in it; nothing may have gone wrong in the page by the end."""
    with over_recordings(0, pace=pace, arriving=False) as opened:
        context = browser.new_context(
            viewport=PHONE if phone else TALL if tall else DESKTOP,  # type: ignore[arg-type] # playwright's own TypedDict
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        try:
            visitor = Visitor(context.new_page(), opened)
            visitor.watch()
            visitor.page.goto(opened.url)
            expect(visitor.page.get_by_text("is listening")).to_be_attached(timeout=PATIENCE)
            yield visitor
            assert visitor.wrong == []
        finally:
            context.close()
