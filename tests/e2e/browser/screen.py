"""What a user does at a screen: go somewhere, fill in, press, read. Screenshots are kept."""

from pathlib import Path
import re
from typing import Final

from playwright.async_api import Locator, Page

from tests.harness.login import PASSWORD, USER

KEPT: Final = Path(__file__).resolve().parents[3] / ".home" / "screens"
"""Where the screenshots are kept, a folder for each size."""


class Screen:
    """A browser of one size, logged in as the owner of the home."""

    def __init__(self, page: Page, url: str, size: str) -> None:
        """Use a page of the browser. `size`: the name of the folder for its screenshots."""
        self.page = page
        self._url = url
        self._folder = KEPT / size

    async def log_in(self) -> None:
        """Log in, and wait for the first page."""
        await self.go("/")
        await self.page.locator("input[name=username]").fill(USER)
        await self.page.locator("input[name=password]").fill(PASSWORD)
        await self.page.keyboard.press("Enter")
        await self.page.locator("home-assistant-main").wait_for()

    async def go(self, path: str) -> None:
        """Open a page of Home Assistant."""
        await self.page.goto(f"{self._url}{path}")

    def dialog(self) -> Locator:
        """Return the dialog of a flow."""
        return self.page.locator("dialog-data-entry-flow")

    async def press(self, name: str, within: Locator | None = None) -> None:
        """Press the button with a name."""
        button = (within or self.page).get_by_role("button", name=re.compile(f"^{name}$"))
        await button.first.click()

    async def sees(self, text: str, within: Locator | None = None) -> None:
        """Wait until a text is on the screen."""
        await (within or self.page).get_by_text(text).locator("visible=true").first.wait_for()

    async def keep(self, name: str) -> None:
        """Keep a screenshot, once animations have ended."""
        self._folder.mkdir(parents=True, exist_ok=True)
        await self.page.wait_for_timeout(700)  # animations of dialogs
        await self.page.screenshot(path=self._folder / f"{name}.png")
