"""Debian's Chromium under Playwright, with every word of its console kept."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.support.promises import PATIENCE
from tests.support.servers.programs import ProgramMissingError

# The engine without the browser around it, which takes a process or two more for every page.
CHROMIUM = "chromium-headless-shell"
# Chromium talks to nobody but us; without these flags it looks for its maker's hosts at every start.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


class BrowserMissingError(ProgramMissingError):
    pass


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser of this machine. Raises `BrowserMissingError` where there is none."""
    path = shutil.which(CHROMIUM)
    if path is None:
        raise BrowserMissingError(f"{CHROMIUM} is not installed: run make servers")
    # A page beside other tests may take its time: what is expected is waited for.
    expect.set_options(timeout=1000 * PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


class Screen:
    """One page in a context of its own.

    `complaints` collects what its console says of errors and warnings, failed scripts and 5xx answers.
    """

    def __init__(self, browser: Browser, **context: Any) -> None:
        self.context: BrowserContext = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, **context}
        )
        self.page: Page = self.context.new_page()
        self.complaints = self.listen(self.page)

    def listen(self, page: Page) -> list[str]:
        """Collect what a page of this context complains of, from now on."""
        complaints: list[str] = []
        page.on("console", lambda message: _hear(complaints, message.type, message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda answer: _seen(complaints, answer.status, answer.url))
        return complaints

    def close(self) -> None:
        self.context.close()


def _hear(complaints: list[str], kind: str, text: str) -> None:
    # Chromium itself logs every 401; whoever is not signed in is told so by one.
    if kind in {"error", "warning"} and "status of 401" not in text:
        complaints.append(f"{kind}: {text}")


def _seen(complaints: list[str], status: int, url: str) -> None:
    if status >= 500:
        complaints.append(f"{status}: {url}")
