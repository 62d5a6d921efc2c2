"""Persons of different roles and teams at their own browsers: what one does, the others see, if they may."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import PATIENCE_MS, Delays, Witness, card, is_live, sign_in
from tests.e2e.people import Machine, Person
from tests.e2e.transcripts import ClaudeSession
from tests.support.browser import Screen
from tests.support.promises import promised
from tests.support.shapes.shape import Shape

pytestmark = pytest.mark.browser
PROMISED_SECONDS = promised(1.5)
SECRET = "Sell the harbour"
PUBLIC = "Paint the harbour"


@pytest.fixture
def screens(browser: Browser) -> Iterator[list[Screen]]:
    """Three browsers; each ends well only with a quiet console."""
    opened = [Screen(browser) for _ in range(3)]
    yield opened
    for screen in opened:
        screen.close()
    assert [screen.complaints for screen in opened] == [[], [], []]


@pytest.fixture
def olga(shape: Shape) -> Iterator[Person]:
    """The admin of another team."""
    with Person(shape, "olga", team_name="Garden") as person:
        yield person


@pytest.fixture(params=["member", "viewer"])
def ben(request: pytest.FixtureRequest, shape: Shape, anna: Person) -> Iterator[Person]:
    """Anna's colleague, in either role that is not hers."""
    with Person(shape, "ben", invite=anna.invite(request.param)) as person:
        yield person


@pytest.fixture
def session_id(anna: Person, machine: Machine, tmp_path: Path) -> str:
    """A private session of Anna's."""
    session = ClaudeSession(tmp_path / "claude")
    session.prompt()
    session.answer(output=1_000, cache_read=50_000)
    machine.report_once(claude_code=tmp_path / "claude")
    return str(anna.await_sessions({session.id})[session.id]["id"])


def rename(page: Page, title: str) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Title").fill(title)
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def test_who_may_see_it_sees_it_soon_and_others_never(
    shape: Shape, anna: Person, ben: Person, olga: Person, session_id: str, screens: list[Screen]
) -> None:
    """Private, shared, renamed, taken back: on a colleague's dashboard, and never on that of another team."""
    annas, bens, olgas = (screen.page for screen in screens)
    sign_in(annas, shape, anna, f"/sessions/{session_id}")
    loads = [sign_in(bens, shape, ben), sign_in(olgas, shape, olga)]
    colleague, stranger = Witness(bens), Witness(olgas)
    shown = card(bens, session_id)

    with Delays(PROMISED_SECONDS) as delays:
        rename(annas, SECRET)
        delays.until(
            annas.get_by_role("button", name="Share with team").click,
            lambda wait: expect(shown).to_contain_text(SECRET, timeout=wait),
        )
        delays.until(
            lambda: rename(annas, PUBLIC),
            lambda wait: expect(shown).to_contain_text(PUBLIC, timeout=wait),
        )
        delays.until(
            annas.get_by_role("button", name="Make private").click,
            lambda wait: expect(shown).to_have_count(0, timeout=wait),
        )
        assert colleague.has_seen(PUBLIC)
        # Renamed while it is private, and shared again under another name: the one between was for nobody.
        rename(annas, "Between us")
        rename(annas, SECRET)
        delays.until(
            annas.get_by_role("button", name="Share with team").click,
            lambda wait: expect(shown).to_contain_text(SECRET, timeout=wait),
        )
    assert not colleague.has_seen("Between us")
    assert loads == [[], []]
    is_live(olgas)
    for text in (SECRET, PUBLIC, "Between us", "anna"):
        assert not stranger.has_seen(text)


def test_an_open_page_and_the_wall_lose_what_is_taken_back(
    shape: Shape, anna: Person, ben: Person, session_id: str, screens: list[Screen]
) -> None:
    """Unsharing takes the session off a colleague's details page and off the wall at once.

    While both have the page open, each is told of the other there; nobody is, of the other's tabs elsewhere.
    """
    annas, bens, wall = (screen.page for screen in screens)
    sign_in(annas, shape, anna, f"/sessions/{session_id}")
    rename(annas, SECRET)
    annas.get_by_role("button", name="Share with team").click()
    expect(annas.get_by_role("button", name="Make private")).to_be_visible()
    sign_in(bens, shape, ben, f"/sessions/{session_id}")
    sign_in(wall, shape, ben, "/wall")
    heading = bens.get_by_role("heading", name=SECRET, level=1)
    hung = wall.get_by_test_id("wall-card")
    expect(heading).to_be_visible()
    expect(hung).to_contain_text(SECRET)
    looking = annas.get_by_text("ben is looking too")
    expect(looking).to_be_visible(timeout=PATIENCE_MS)
    expect(bens.get_by_text("anna is looking too")).to_be_visible(timeout=PATIENCE_MS)

    with Delays(PROMISED_SECONDS) as delays:
        delays.until(
            annas.get_by_role("button", name="Make private").click,
            lambda wait: expect(bens.get_by_text("There is no session here that you may see")).to_be_visible(
                timeout=wait
            ),
        )
        expect(hung).to_have_count(0)
        expect(looking).to_have_count(0)
        delays.until(
            annas.get_by_role("button", name="Share with team").click,
            lambda wait: expect(heading).to_be_visible(timeout=wait),
        )
        delays.until(
            annas.get_by_role("button", name="Make private").click,
            lambda wait: expect(heading).to_have_count(0, timeout=wait),
        )
    annas.get_by_role("button", name="Share with team").click()
    expect(looking).to_be_visible(timeout=PATIENCE_MS)
    bens.goto("about:blank")
    expect(looking).to_have_count(0, timeout=PATIENCE_MS)
    # The browser logs what was asked for just before it was taken back.
    screens[1].complaints[:] = [one for one in screens[1].complaints if "status of 404" not in one]


def test_what_is_deleted_leaves_all_screens(
    shape: Shape, anna: Person, ben: Person, session_id: str, screens: list[Screen]
) -> None:
    """Taken back by undo it was never gone for others; for good, it goes everywhere."""
    annas, bens = screens[0].page, screens[1].page
    answer = anna.client.post(f"/api/sessions/{session_id}/share", json={"visibility": "team"})
    assert answer.status_code == 200
    sign_in(annas, shape, anna, f"/sessions/{session_id}")
    sign_in(bens, shape, ben)
    delete(annas)
    expect(card(annas, session_id)).to_have_count(0)
    annas.get_by_role("button", name="Undo").click()
    expect(card(annas, session_id)).to_be_visible()
    expect(card(bens, session_id)).to_be_visible()

    card(annas, session_id).get_by_role("link").click()
    delete(annas)
    annas.get_by_role("button", name="Dismiss").click()
    expect(card(bens, session_id)).to_have_count(0)
    assert anna.sessions() == {}


def delete(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete session").click()
