"""Two people of one team at their own browsers: what one does takes effect on the other's open page."""

import re
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import is_live, sign_in
from tests.e2e.people import PASSWORD, Machine, Person
from tests.e2e.transcripts import ClaudeSession
from tests.support.browser import Screen
from tests.support.promises import promised
from tests.support.shapes.shape import Shape

pytestmark = pytest.mark.browser
SEEN_SECONDS = promised(1.5)


@pytest.fixture
def ben(shape: Shape, anna: Person) -> Iterator[Person]:
    with Person(shape, "ben", invite=anna.invite()) as person:
        yield person


def invite_by_page(page: Page, role: str) -> str:
    """What an admin does to get a link; answers the link."""
    page.get_by_role("button", name="Invite people").click()
    page.get_by_role("radio", name=re.compile(f"^{role}")).check()
    page.get_by_role("button", name="Create link").click()
    link = page.get_by_test_id("invite-link").inner_text()
    page.get_by_role("button", name="Done").click()
    return link


def choose_role(page: Page, name: str, role: str) -> None:
    page.get_by_role("button", name=f"Role of {name}").click()
    page.get_by_role("menuitemradio", name=re.compile(f"^{role}")).click()


def test_an_invitation_from_sending_to_the_first_page(
    shape: Shape, anna: Person, screen: Screen, other_screen: Screen
) -> None:
    """The link goes from one browser to the other; who has it makes an account and is in the team."""
    sign_in(screen.page, shape, anna, "/settings/members")
    link = invite_by_page(screen.page, "Member")
    page = other_screen.page

    page.goto(link)
    expect(page.get_by_role("heading", name="Join Shop")).to_be_visible()
    expect(page.get_by_text("You join as a member")).to_be_visible()
    page.get_by_label("Email").fill(f"nora-{uuid.uuid4().hex[:8]}@example.com")
    page.get_by_label("User name").fill("nora")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account and join").click()

    expect(page.get_by_role("heading", name="Connect a machine", level=1)).to_be_visible()
    is_live(page)
    members = anna.get(f"/api/teams/{anna.team_id}/members")["items"]
    assert {each["username"]: each["role"] for each in members} == {"anna": "admin", "nora": "member"}

    page.goto("about:blank")
    page.goto(link)
    expect(page.get_by_role("heading", name="This invitation has been used")).to_be_visible()


def test_an_account_that_is_there_joins_a_second_team_and_switches(
    shape: Shape, anna: Person, screen: Screen
) -> None:
    page = screen.page
    with Person(shape, "eve", team_name="Garden") as eve:
        page.goto(f"{shape.url}/invite#{anna.invite('viewer')}")
        page.get_by_role("button", name="Sign in and join").click()
        page.get_by_label("Email").fill(eve.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Join Shop").click()
        is_live(page)
        expect(page.get_by_test_id("team-name")).to_contain_text("Shop")

        page.get_by_test_id("team-name").click()
        page.get_by_role("menuitemradio", name="Garden").click()
        expect(page.get_by_test_id("team-name")).to_contain_text("Garden")
        is_live(page)


def test_a_changed_role_takes_effect_on_the_open_page(
    shape: Shape, anna: Person, ben: Person, screen: Screen, other_screen: Screen
) -> None:
    """Up and down again; the page of whom it concerns is never loaded anew."""
    sign_in(screen.page, shape, anna, "/settings/members")
    page = other_screen.page
    loads = sign_in(page, shape, ben, "/settings/members")
    invite = page.get_by_role("button", name="Invite people")
    expect(page.get_by_test_id("member")).to_have_count(2)
    expect(invite).to_have_count(0)

    choose_role(screen.page, "ben", "Admin")
    expect(page.get_by_text("You are now an admin of Shop", exact=True)).to_be_visible()
    expect(invite).to_be_visible()
    expect(page.get_by_role("link", name="Audit log")).to_be_visible()

    choose_role(screen.page, "ben", "Viewer")
    expect(page.get_by_text("You are now a viewer of Shop", exact=True)).to_be_visible()
    expect(invite).to_have_count(0)
    expect(page.get_by_role("link", name="Audit log")).to_have_count(0)
    assert loads == []


def test_who_joins_and_who_goes_is_seen_on_the_open_list(shape: Shape, anna: Person, screen: Screen) -> None:
    page = screen.page
    loads = sign_in(page, shape, anna, "/settings/members")
    members = page.get_by_test_id("member")
    expect(members).to_have_count(1)
    with Person(shape, "nora", invite=anna.invite()) as nora:
        expect(members).to_have_count(2, timeout=SEEN_SECONDS * 1000)
        path = f"/api/teams/{anna.team_id}/members/{nora.user['id']}"
        assert nora.client.delete(path).status_code == 204
        expect(members).to_have_count(1, timeout=SEEN_SECONDS * 1000)
    assert loads == []


def test_removal_empties_the_open_page(
    shape: Shape,
    anna: Person,
    ben: Person,
    machine: Machine,
    screen: Screen,
    other_screen: Screen,
    tmp_path: Path,
) -> None:
    session = ClaudeSession(tmp_path / "claude")
    session.prompt()
    machine.report_once(claude_code=tmp_path / "claude")
    share(anna, anna.await_sessions({session.id})[session.id]["id"], "team")
    sign_in(screen.page, shape, anna, "/settings/members")
    page = other_screen.page
    loads = sign_in(page, shape, ben)
    cards = page.get_by_test_id("session-card")
    expect(cards).to_have_count(1)

    screen.page.get_by_role("button", name="Remove ben").click()
    expect(page.get_by_text("You are no longer in Shop", exact=True)).to_be_visible()
    expect(cards).to_have_count(0)
    expect(page.get_by_role("heading", name="You are not in a team yet")).to_be_visible()
    is_live(page)
    assert loads == []


def test_a_shared_card_comes_and_goes_with_its_visibility(
    shape: Shape,
    anna: Person,
    ben: Person,
    machine: Machine,
    screen: Screen,
    other_screen: Screen,
    tmp_path: Path,
) -> None:
    """From the press in one browser to the card in the other."""
    session = ClaudeSession(tmp_path / "claude")
    session.prompt()
    machine.report_once(claude_code=tmp_path / "claude")
    identity = anna.await_sessions({session.id})[session.id]["id"]
    sign_in(screen.page, shape, anna, f"/sessions/{identity}")
    page = other_screen.page
    loads = sign_in(page, shape, ben)
    card = page.locator(f'[data-testid="session-card"][data-session-id="{identity}"]')
    expect(card).to_have_count(0)

    for act, count in (("Share with team", 1), ("Make private", 0)):
        button = screen.page.get_by_role("button", name=act)
        expect(button).to_be_enabled()
        begun = time.monotonic()
        button.click()
        expect(card).to_have_count(count, timeout=SEEN_SECONDS * 1000)
        assert time.monotonic() - begun < SEEN_SECONDS
    assert loads == []


def share(person: Person, session_id: str, visibility: str) -> None:
    answer = person.client.post(f"/api/sessions/{session_id}/share", json={"visibility": visibility})
    assert answer.status_code == 200, answer.text
