"""What persons do and see at the product's pages."""

import time
from collections.abc import Callable
from typing import Self

from playwright.sync_api import Locator, Page, expect

from tests.e2e.people import PASSWORD, Person
from tests.support.shapes.shape import Shape

PATIENCE_MS = 30_000


def sign_in(page: Page, shape: Shape, person: Person, path: str = "/") -> list[str]:
    """Sign in and open a page; answers the list of loads from then on."""
    page.goto(shape.url + path)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    is_live(page)
    loads: list[str] = []
    page.on("load", lambda _: loads.append("load"))
    return loads


def is_live(page: Page) -> None:
    indicator = page.get_by_test_id("live-indicator")
    expect(indicator).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)


def card(page: Page, session_id: str) -> Locator:
    return page.locator(f'[data-testid="session-card"][data-session-id="{session_id}"]')


def section(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


class Delays:
    """How long it took until what one did was seen by another.

    A busy machine makes any single one late: each is waited for with patience, and the promise is held to the
    middle of all.
    """

    def __init__(self, promised: float) -> None:
        self._promised = promised
        self._taken: list[float] = []

    def until(self, act: Callable[[], None], seen: Callable[[float], None]) -> None:
        """Do something, and wait until it is seen; `seen` waits up to so many milliseconds."""
        begun = time.monotonic()
        act()
        seen(PATIENCE_MS)
        self._taken.append(time.monotonic() - begun)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            middle = sorted(self._taken)[len(self._taken) // 2]
            assert middle < self._promised, self._taken


class Witness:
    """Notes every text that a page ever shows, so that "never" can be asked of it."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(
            """() => {
              window.everShown = [document.body.innerText]
              const note = () => window.everShown.push(document.body.innerText)
              const all = { subtree: true, childList: true, characterData: true, attributes: true }
              new MutationObserver(note).observe(document.body, all)
            }"""
        )

    def has_seen(self, text: str) -> bool:
        return bool(self._page.evaluate("text => window.everShown.some((one) => one.includes(text))", text))
