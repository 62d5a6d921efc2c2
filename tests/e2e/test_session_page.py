"""A session's page on the running product: live, with addresses that lead to its steps."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.pages import PATIENCE_MS, section, sign_in
from tests.e2e.people import Machine, Person
from tests.e2e.transcripts import ClaudeSession
from tests.support.browser import Screen
from tests.support.shapes.shape import Shape

pytestmark = pytest.mark.browser
MANY_CALLS = 260


def call(session: ClaudeSession, tool: str, *, failed: bool = False) -> None:
    identity = session.answer(tool=tool, cache_read=40_000)
    assert identity
    session.result(identity, failed=failed)


def event_named(name: str, person: Person, session_id: str) -> str:
    """The id of the first step of this name, however far back."""
    cursor: dict[str, str] = {}
    while True:
        page = person.get(f"/api/sessions/{session_id}/history", limit=200, **cursor)
        for event in page["items"]:
            if event["name"] == name:
                return str(event["id"])
        cursor = {"cursor": page["next_cursor"]}


def test_its_parts_follow_what_the_session_does(
    shape: Shape, anna: Person, machine: Machine, screen: Screen, tmp_path: Path
) -> None:
    """Lines appended to the transcript move the timeline, the health and the figures of the open page."""
    home = tmp_path / "claude"
    session = ClaudeSession(home)
    session.prompt()
    call(session, "Read")
    with machine.watching(claude_code=home):
        identity = anna.await_sessions({session.id})[session.id]["id"]
        page = screen.page
        loads = sign_in(page, shape, anna, f"/sessions/{identity}")
        timeline = section(page, "Timeline")
        expect(timeline.get_by_role("listitem").first).to_contain_text("Read")
        for _ in range(3):
            call(session, "Bash", failed=True)
        expect(timeline.get_by_role("listitem").first).to_contain_text("Bash", timeout=PATIENCE_MS)
        failures = section(page, "Health").locator('[data-factor="tool_failures"]')
        expect(failures).to_contain_text("30 %", timeout=PATIENCE_MS)
        expect(section(page, "Tools")).to_contain_text("3 failed", timeout=PATIENCE_MS)
    assert loads == []

    failures.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"\?event=tool-"))
    expect(timeline.locator('[aria-current="true"]')).to_contain_text("Bash")
    expect(timeline.locator('[aria-current="true"]')).to_be_in_viewport()


def test_an_address_leads_to_a_step_far_back(
    shape: Shape, anna: Person, machine: Machine, screen: Screen, tmp_path: Path
) -> None:
    """The first of hundreds of steps is read and brought into sight; that one is not there is said."""
    session = ClaudeSession(tmp_path / "claude")
    session.prompt()
    call(session, "Glob")
    for _ in range(MANY_CALLS):
        call(session, "Read")
    machine.report_once(claude_code=tmp_path / "claude")
    identity = anna.await_sessions({session.id})[session.id]["id"]
    glob = event_named("Glob", anna, identity)
    page = screen.page

    sign_in(page, shape, anna, f"/sessions/{identity}?event={glob}")
    pointed = section(page, "Timeline").locator('[aria-current="true"]')
    expect(pointed).to_contain_text("Glob", timeout=PATIENCE_MS)
    expect(pointed).to_be_in_viewport()
    assert page.get_by_test_id("timeline").get_by_role("listitem").count() < MANY_CALLS / 2

    page.goto(f"{shape.url}/sessions/{identity}?event=none")
    expect(page.get_by_text("The step in the address is not in this timeline.")).to_be_visible(
        timeout=PATIENCE_MS
    )


def test_a_public_page_is_for_whoever_has_its_link(
    shape: Shape, anna: Person, machine: Machine, screen: Screen, tmp_path: Path
) -> None:
    """Off until the team allows it; without names; over as soon as it is taken back."""
    session = ClaudeSession(tmp_path / "claude")
    session.prompt()
    call(session, "Bash")
    machine.report_once(claude_code=tmp_path / "claude")
    identity = anna.await_sessions({session.id})[session.id]["id"]
    allowed = {"settings": {"allow_public": True}}
    assert anna.client.put(f"/api/teams/{anna.team_id}", json=allowed).status_code == 200
    page = screen.page
    sign_in(page, shape, anna, f"/sessions/{identity}")
    page.get_by_test_id("visibility").click()
    page.get_by_role("button", name="Make a public link").click()
    link = page.get_by_test_id("public-link").inner_text()

    assert screen.context.browser is not None
    other = Screen(screen.context.browser)
    other.page.goto(link)
    expect(other.page.get_by_text("Shared by link until")).to_be_visible()
    expect(section(other.page, "Timeline")).to_contain_text("Bash")
    assert "anna" not in other.page.locator("body").inner_text()

    page.get_by_role("button", name="End all public links").click()
    expect(page.get_by_text("Its public links have ended", exact=True)).to_be_visible()
    other.page.reload()
    expect(other.page.get_by_role("heading", name="This link leads nowhere any more")).to_be_visible()
    other.close()


def test_what_the_machine_is_asked_is_seen_through_to_its_result(
    shape: Shape, anna: Person, machine: Machine, screen: Screen, tmp_path: Path
) -> None:
    """From the menu to the line that says that it is done, while the page is open."""
    home = tmp_path / "claude"
    session = ClaudeSession(home)
    session.prompt()
    call(session, "Bash")
    with machine.watching(claude_code=home):
        identity = anna.await_sessions({session.id})[session.id]["id"]
        page = screen.page
        sign_in(page, shape, anna, f"/sessions/{identity}")
        page.get_by_role("button", name="More actions").click()
        page.get_by_role("menuitem", name="Refresh from its machine").click()
        asked = page.get_by_test_id("commands").get_by_role("listitem")
        expect(asked).to_have_attribute("data-status", "done", timeout=PATIENCE_MS)
