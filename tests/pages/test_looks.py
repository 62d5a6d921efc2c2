"""Every page in every state, light and dark, wide and narrow: fit for everybody, with keys alone, and quiet.

The pictures are kept in test-results/pages; look at them after a change.
"""

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.pages.desks import Desks, dress
from tests.pages.gallery import VIEWS, View
from tests.pages.inspection import Walk, overflow, violations

ROOT = Path(__file__).parents[2]
WIDE = 1440
FOLDER = ROOT / "test-results" / "pages"
# A narrow screen has the same things in the same order, but for the frame and for what is in these.
NARROW = {"dashboard", "session", "members", "machines", "sign-in", "analytics"}
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
pytestmark = [pytest.mark.browser, pytest.mark.product]


@pytest.mark.parametrize("width", [WIDE, 390])
@pytest.mark.parametrize("view", VIEWS, ids=str)
def test_a_page_is_fit_for_everybody(desks: Desks, view: View, width: int) -> None:
    wrong: list[str] = []
    with desks.open(view, width) as (page, said):
        for theme in THEMES:
            dress(page, theme)
            page.screenshot(path=FOLDER / f"{view}-{width}-{theme}.png")
            # The dark one has other colours and nothing else, and has the same ones on a narrow screen.
            if theme == "light" or width == WIDE:
                found = violations(page, is_layer=view.is_layer, only_colours=theme == "dark")
                wrong += [f"{theme}: {each}" for each in found]
        wrong += [f"wider than the screen, {found}" for found in [overflow(page)] if found]
        if not view.is_layer and (width == WIDE or view.name in NARROW):
            wrong += unreached(page)
        page.set_viewport_size({"width": 320, "height": 720})
        if width == 390:
            wrong += [f"wider than 320 px, {found}" for found in [overflow(page)] if found]
        wrong += [each for each in said if not view.explains(each)]
    assert not wrong, "\n".join(wrong)


def unreached(page: Page) -> list[str]:
    """Where Tab does not lead, and where one does not see that it has."""
    walk = Walk(page)
    walk.go()
    return [f"by keyboard: {each}" for each in walk.wrong]


def test_every_route_of_the_page_is_in_the_gallery() -> None:
    """Whoever adds a page has it looked at."""
    router = (ROOT / "frontend" / "src" / "app" / "router.tsx").read_text()
    routes = set(re.findall(r'path: "([^"]+)"', router))
    opened = {re.sub(r"[?#].*", "", view.at) for view in VIEWS}
    named = {"session": "/sessions/$id", "insight": "/insights/$id", "invite": "/invite", "public": "/public"}
    assert routes <= {named.get(at, at) for at in opened}
