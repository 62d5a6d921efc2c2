"""A line in a session file moves a card in the browser."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.people import PASSWORD, Machine, Person
from tests.e2e.transcripts import ClaudeSession
from tests.support.browser import Screen
from tests.support.promises import promised
from tests.support.shapes.shape import Shape

pytestmark = pytest.mark.browser
SOON = promised(2.0)


def sign_in(page: Page, shape: Shape, person: Person) -> None:
    page.goto(shape.url)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_test_id("live-indicator")).to_have_attribute("data-state", "live")


def card_of(page: Page, person: Person, native_id: str) -> Locator:
    session = person.await_sessions({native_id})[native_id]
    return page.locator(f'[data-testid="session-card"][data-session-id="{session["id"]}"]')


def test_a_card_appears_and_moves_within_two_seconds(
    shape: Shape, anna: Person, machine: Machine, screen: Screen, tmp_path: Path
) -> None:
    """A session that begins while the page is open gets a card; each line appended changes it, unreloaded."""
    home = tmp_path / "claude"
    home.mkdir()
    sign_in(screen.page, shape, anna)
    loads: list[str] = []
    screen.page.on("load", lambda: loads.append("load"))
    with machine.watching(claude_code=home):
        session = ClaudeSession(home)
        session.prompt()
        card = card_of(screen.page, anna, session.id)
        expect(card).to_have_attribute("data-status", "active")

        session.answer(output=1_000, cache_read=50_000)
        begun = time.monotonic()
        expect(card).to_contain_text("51.3 k tok", timeout=SOON * 1000)
        expect(card).to_have_attribute("data-status", "waiting", timeout=SOON * 1000)
        assert time.monotonic() - begun < SOON

        for seen in ("102.6 k tok", "153.9 k tok"):
            session.prompt()
            session.answer(output=1_000, cache_read=50_000)
            begun = time.monotonic()
            expect(card).to_contain_text(seen, timeout=SOON * 1000)
            assert time.monotonic() - begun < SOON
    assert loads == []


def test_a_card_opens_the_session_with_its_real_data(
    shape: Shape, anna: Person, machine: Machine, screen: Screen, tmp_path: Path
) -> None:
    home = tmp_path / "claude"
    session = ClaudeSession(home)
    session.prompt()
    tool = session.answer(tool="Bash", output=1_234)
    assert tool
    session.result(tool, failed=True)
    machine.report_once(claude_code=home)
    sign_in(screen.page, shape, anna)

    card_of(screen.page, anna, session.id).click()

    identity = anna.sessions()[session.id]["id"]
    expect(screen.page).to_have_url(f"{shape.url}/sessions/{identity}")
    expect(screen.page.get_by_role("main")).to_contain_text("Bash")
    expect(screen.page.get_by_role("main")).to_contain_text("main")


def test_an_account_is_made_in_the_browser(shape: Shape, screen: Screen) -> None:
    """From nothing to the line that connects a machine."""
    page = screen.page
    page.goto(f"{shape.url}/register")
    page.get_by_label("User name").fill("nora")
    page.get_by_label("Email").fill(f"nora-{time.time_ns()}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Team name").fill("Harbour")
    page.get_by_role("button", name="Create account").click()

    page.get_by_role("button", name="Show the line to paste").click()
    expect(page.get_by_text("--dashboard-url")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Harbour").first).to_be_visible()
