"""Every page, light and dark, wide and narrow: fit for everybody, with keys alone, and quiet.

Its other states, and what lies over it, are looked at wide and light, and narrow and dark. The pictures are
kept in test-results/pages; look at them after a change.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.pages.desks import HEIGHTS, Desks, dress
from tests.pages.gallery import LAYERS, PAGES, STATES, VIEWS, View
from tests.pages.inspection import Walk, overflow, violations

Theme = Literal["light", "dark"]
ROOT = Path(__file__).parents[2]
WIDE, NARROW, NARROWEST = 1440, 390, 320
FOLDER = ROOT / "test-results" / "pages"
# A narrow screen has the same things in the same order, but for the frame and for what is in these.
REORDERED = {"dashboard", "session", "members", "machines", "sign-in", "analytics"}
SIDES: tuple[tuple[int, Theme], ...] = ((WIDE, "light"), (NARROW, "dark"))
pytestmark = [pytest.mark.browser, pytest.mark.product]


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("view", PAGES, ids=str)
def test_a_page_is_fit_for_everybody(desks: Desks, view: View, width: int) -> None:
    with desks.open(view, width) as (page, said):
        wrong = [*look(page, view, width, "light"), *shrunk(page, width)]
        # The dark one has other colours and nothing else, and has the same ones on a narrow screen.
        wrong += look(page, view, width, "dark", only_colours=True) if width == WIDE else []
        if width == NARROW:
            dress(page, "dark")
            picture(page, view, width, "dark")
        if width == WIDE or view.name in REORDERED:
            wrong += unreached(page)
        wrong += unexplained(view, said)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("view", STATES, ids=str)
def test_a_state_of_a_page_is_fit_for_everybody(desks: Desks, view: View) -> None:
    with desks.open(view, WIDE) as (page, said):
        wrong = [*look(page, view, WIDE, "light"), *unreached(page)]
        page.set_viewport_size({"width": NARROW, "height": HEIGHTS[NARROW]})
        wrong += [*look(page, view, NARROW, "dark", only_colours=True), *shrunk(page, NARROW)]
        wrong += unexplained(view, said)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("width", "theme"), SIDES)
@pytest.mark.parametrize("view", LAYERS, ids=str)
def test_what_lies_over_a_page_is_fit_for_everybody(
    desks: Desks, view: View, width: int, theme: Theme
) -> None:
    with desks.open(view, width) as (page, said):
        wrong = [*look(page, view, width, theme), *shrunk(page, width), *unexplained(view, said)]
    assert not wrong, "\n".join(wrong)


def test_nothing_moves_to_another_theme_where_motion_is_reduced(desks: Desks) -> None:
    (view,) = (view for view in PAGES if view.place == "session")
    with desks.open(view, WIDE) as (page, _):
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
        moving = "document.getAnimations().filter((each) => each instanceof CSSTransition).length"
        assert page.evaluate(moving) == 0


def look(page: Page, view: View, width: int, theme: Theme, *, only_colours: bool = False) -> Iterator[str]:
    """Take the picture, and tell what is wrong with what is seen."""
    dress(page, theme)
    picture(page, view, width, theme)
    for found in violations(page, is_layer=view.is_layer, only_colours=only_colours):
        yield f"{theme}, {width} px: {found}"
    if found := overflow(page):
        yield f"wider than the screen of {width} px, {found}"


def picture(page: Page, view: View, width: int, theme: Theme) -> None:
    page.screenshot(path=FOLDER / f"{view}-{width}-{theme}.png")


def shrunk(page: Page, width: int) -> Iterator[str]:
    """What is wrong on the narrowest screen, for whoever looks at it on a narrow one."""
    if width != NARROW:
        return
    page.set_viewport_size({"width": NARROWEST, "height": HEIGHTS[NARROWEST]})
    if found := overflow(page):
        yield f"wider than {NARROWEST} px, {found}"
    page.set_viewport_size({"width": NARROW, "height": HEIGHTS[NARROW]})


def unreached(page: Page) -> Iterator[str]:
    """Where Tab does not lead, and where one does not see that it has."""
    walk = Walk(page)
    walk.go()
    yield from (f"by keyboard: {each}" for each in walk.wrong)


def unexplained(view: View, said: list[str]) -> Iterator[str]:
    """What the console says that the view is not about."""
    yield from (each for each in said if not view.explains(each))


def test_every_route_of_the_page_is_in_the_gallery() -> None:
    """Whoever adds a page has it looked at."""
    router = (ROOT / "frontend" / "src" / "app" / "router.tsx").read_text()
    routes = set(re.findall(r'path: "([^"]+)"', router))
    named = {"session": "/sessions/$id", "insight": "/insights/$id", "invite": "/invite", "public": "/public"}
    assert routes <= {named.get(view.place, view.place) for view in VIEWS}
