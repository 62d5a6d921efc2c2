"""Debian's Chromium under Playwright, with every word of its console kept."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "chromium"
# Chromium talks to nobody but us; without these flags it looks for its maker's hosts at every start.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip


class BrowserMissingError(Exception):
    pass


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser of this machine. Raises `BrowserMissingError` where there is none."""
    path = shutil.which(CHROMIUM)
    if path is None:
        raise BrowserMissingError("chromium is not installed: run make servers")
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
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", lambda answer: self._seen(answer.status, answer.url))

    def _hear(self, kind: str, text: str) -> None:
        # Chromium itself logs every 401; whoever is not signed in is told so by one.
        if kind in {"error", "warning"} and "status of 401" not in text:
            self.complaints.append(f"{kind}: {text}")

    def _seen(self, status: int, url: str) -> None:
        if status >= 500:
            self.complaints.append(f"{status}: {url}")

    def close(self) -> None:
        self.context.close()
