"""Everything can be done by keyboard alone. That Tab reaches all of a page is asked in `test_looks.py`."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import PASSWORD
from tests.pages.desks import Desks
from tests.pages.gallery import VIEWS
from tests.pages.household import RICH, Household

pytestmark = [pytest.mark.browser, pytest.mark.product]
BY_NAME = {view.name: view for view in VIEWS}


def tab_to(page: Page, role: str, name: str) -> None:
    """Press Tab until this has the focus."""
    wanted = page.get_by_role(role, name=re.compile(name)).first  # type: ignore[arg-type]
    for _ in range(150):
        page.keyboard.press("Tab")
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not come to {role} {name}")


def has_focus(page: Page, role: str, name: str) -> None:
    expect(page.get_by_role(role, name=re.compile(name)).first).to_be_focused()  # type: ignore[arg-type]


def test_signing_in(desks: Desks, household: Household) -> None:
    with desks.open(BY_NAME["sign-in"], 1440) as (page, _):
        for label, text in (("Email", household.people["vera"].email), ("Password", PASSWORD)):
            if not page.get_by_label(label).evaluate("(one) => one === document.activeElement"):
                tab_to(page, "textbox", label)
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.get_by_label("Password").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("session-card").first).to_be_visible()
        # Nobody is to be signed in at this desk.
        page.context.clear_cookies()


@pytest.mark.parametrize(
    ("view", "button"),
    [("account", "New token"), ("account", "Delete account"), ("members", "Invite people")],
)
def test_a_dialog_holds_the_focus_and_gives_it_back(desks: Desks, view: str, button: str) -> None:
    """Enter opens, Tab stays inside, Escape closes."""
    with desks.open(BY_NAME[view], 1440) as (page, _):
        tab_to(page, "button", f"^{button}$")
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog").first
        expect(dialog).to_be_visible()
        for _ in range(12):
            page.keyboard.press("Tab")
            assert dialog.evaluate("(one) => one.contains(document.activeElement)")
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        has_focus(page, "button", f"^{button}$")


def test_what_asks_again_in_place_takes_the_focus_and_gives_it_back(desks: Desks) -> None:
    with desks.open(BY_NAME["machines"], 1440) as (page, _):
        tab_to(page, "button", "^Revoke anna-mbp$")
        page.keyboard.press("Enter")
        has_focus(page, "button", "^Revoke for good$")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        has_focus(page, "button", "^Revoke anna-mbp$")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_menu_is_gone_through_by_arrows(desks: Desks, key: str) -> None:
    with desks.open(BY_NAME["members"], 1440) as (page, _):
        tab_to(page, "button", "Role of ben")
        page.keyboard.press(key)
        expect(page.get_by_role("menuitemradio").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "menuitemradio"
        page.keyboard.press("Escape")
        expect(page.get_by_role("menu")).to_have_count(0)
        has_focus(page, "button", "Role of ben")


def test_a_role_is_changed_and_taken_back(desks: Desks) -> None:
    with desks.open(BY_NAME["members"], 1440) as (page, _):
        for was, becomes in (("Member", "Viewer"), ("Viewer", "Member")):
            tab_to(page, "button", f"Role of ben: {was}")
            page.keyboard.press("Enter")
            page.get_by_role("menuitemradio", name=re.compile(f"^{becomes}")).focus()
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name=f"Role of ben: {becomes}")).to_be_visible()


def test_the_palette_leads_to_a_session(desks: Desks) -> None:
    with desks.open(BY_NAME["dashboard"], 1440) as (page, _):
        page.keyboard.press("Control+k")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("Control+k")
        has_focus(page, "combobox", "^Find a page")
        page.keyboard.type("round tax")
        expect(page.get_by_role("option", name=re.compile(RICH)).first).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name=RICH, level=1)).to_be_visible()


def test_letters_lead_around(desks: Desks) -> None:
    with desks.open(BY_NAME["dashboard"], 1440) as (page, _):
        page.keyboard.press("g")
        page.keyboard.press("s")
        page.wait_for_url(re.compile("/settings"))
        page.keyboard.press("g")
        page.keyboard.press("d")
        expect(page.get_by_test_id("session-card").first).to_be_visible()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        # The address is there before the page is, and Escape is the page's own key.
        expect(page.get_by_test_id("session-header")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("session-header")).to_have_count(0)
        expect(page.get_by_test_id("session-card").first).to_be_visible()
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.tagName") == "INPUT"
