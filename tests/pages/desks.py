"""Where people sit: a window of one width, in which somebody is signed in, or nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, Page, expect

from tests.e2e.people import PASSWORD
from tests.pages.gallery import View, prepare
from tests.pages.household import Household
from tests.support.browser import Screen

HEIGHTS = {1440: 900, 390: 844, 320: 720}


SETTLED_MS = 400
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def dress(page: Page, theme: Literal["light", "dark"]) -> None:
    """Show a page in a theme, all of it drawn."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.evaluate(DRAWN)
    page.wait_for_timeout(SETTLED_MS)
    page.evaluate(DRAWN)


class Desks:
    """Signs in once for each person and width; every view is opened anew."""

    def __init__(self, browser: Browser, household: Household) -> None:
        self._browser = browser
        self._household = household
        self._screens: dict[tuple[str | None, int], Screen] = {}

    def close(self) -> None:
        for screen in self._screens.values():
            screen.close()

    @contextmanager
    def open(self, view: View, width: int) -> Iterator[tuple[Page, list[str]]]:
        """The page, ready to be looked at, and what its console says meanwhile."""
        screen = self._screen(view.who, width)
        page = screen.context.new_page()
        said = screen.listen(page)
        prepare(page, view)
        try:
            path = self._household.places.get(view.at, view.at)
            page.goto(self._household.shape.url + path)
            page.locator(view.ready).first.wait_for(timeout=60_000)
            if view.act:
                view.act(page)
            page.evaluate("document.fonts.ready")
            yield page, said
        finally:
            page.close()

    def _screen(self, who: str | None, width: int) -> Screen:
        if (who, width) not in self._screens:
            size = {"width": width, "height": HEIGHTS[width]}
            screen = Screen(self._browser, viewport=size, reduced_motion="reduce", color_scheme="light")
            if who is not None:
                self._sign_in(screen.page, who)
            self._screens[who, width] = screen
        return self._screens[who, width]

    def _sign_in(self, page: Page, who: str) -> None:
        page.goto(f"{self._household.shape.url}/sign-in")
        page.get_by_label("Email").fill(self._household.people[who].email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_label("Email")).to_have_count(0)
        page.goto("about:blank")
