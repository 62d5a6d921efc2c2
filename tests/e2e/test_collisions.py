"""Two people's agents change one file of one repository: both are told on the page, while it is so."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.pages import sign_in
from tests.e2e.people import Machine, Person
from tests.e2e.transcripts import ClaudeSession
from tests.support.browser import Screen
from tests.support.shapes.shape import Shape

pytestmark = pytest.mark.browser
# Who looks asks for changed files every ten seconds at most.
TOLD_MS = 30_000


def at_work(shape: Shape, person: Person, folder: Path) -> tuple[Machine, ClaudeSession]:
    """Their machine, with a clone of the team's repository and a session in it."""
    clone = folder / "shop"
    (clone / ".git").mkdir(parents=True)
    (clone / ".git" / "config").write_text('[remote "origin"]\n\turl = git@example.com:acme/shop.git\n')
    session = ClaudeSession(folder / "claude", str(clone))
    session.prompt()
    session.answer()
    return Machine(shape, person.api_token("agent"), folder), session


def test_both_are_told_while_both_may_see_it(
    shape: Shape, anna: Person, tmp_path: Path, screen: Screen, other_screen: Screen
) -> None:
    with Person(shape, "ben", invite=anna.invite()) as ben:
        ids = {}
        for person in (anna, ben):
            folder = tmp_path / person.name
            folder.mkdir()
            machine, session = at_work(shape, person, folder)
            session.edit("src/app.py")
            machine.report_once(claude_code=folder / "claude")
            ids[person.name] = person.await_sessions({session.id})[session.id]["id"]
            person.client.post(f"/api/sessions/{ids[person.name]}/share", json={"visibility": "team"})
        sign_in(screen.page, shape, anna, f"/sessions/{ids['anna']}")
        sign_in(other_screen.page, shape, ben)

        notice = screen.page.get_by_test_id("collision")
        expect(notice).to_contain_text("ben changes src/app.py too", timeout=TOLD_MS)
        expect(notice.get_by_role("link")).to_have_attribute("href", f"/sessions/{ids['ben']}")
        expect(other_screen.page.get_by_test_id("collision").first).to_be_visible(timeout=TOLD_MS)

        # What is private is nobody else's business, though it is the same file still.
        ben.client.post(f"/api/sessions/{ids['ben']}/share", json={"visibility": "private"})
        expect(notice).to_have_count(0, timeout=2 * TOLD_MS)
