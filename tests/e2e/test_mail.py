"""What goes by letter, from one browser over a mailbox to another: invitations, and a new password."""

import re
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pages import is_live, sign_in
from tests.e2e.people import PASSWORD, Person
from tests.support.browser import Screen
from tests.support.servers.smtp import MailServer, Received
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

NEW_PASSWORD = "nine herons on a jetty"


@pytest.fixture
def address() -> str:
    """Where nobody has had a letter yet."""
    return f"nora-{uuid.uuid4().hex[:8]}@example.com"


def invite_by_page(page: Page, email: str, role: str) -> None:
    page.get_by_role("button", name="Invite people").click()
    page.get_by_label("Email").fill(email)
    page.get_by_role("radio", name=re.compile(f"^{role}")).check()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("A letter is on its way to")).to_contain_text(email)
    page.get_by_role("button", name="Done").click()


def open_letter(page: Page, letter: Received, act: str) -> None:
    """Look at a letter as a mail program shows it, and press its button."""
    page.goto("about:blank")
    page.set_content(letter.html)
    page.get_by_role("link", name=act).click()


def join_by_page(page: Page, name: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create account and join").click()


def mail_of(shape: Shape) -> MailServer:
    assert shape.mail is not None
    return shape.mail


@pytest.mark.browser
def test_an_invitation_by_mail_from_sending_to_the_first_page(
    shape: Shape, anna: Person, screen: Screen, other_screen: Screen, address: str
) -> None:
    """Whoever gets the letter makes an account with that address, and is in the team."""
    sign_in(screen.page, shape, anna, "/settings/members")
    invite_by_page(screen.page, address, "Viewer")
    row = screen.page.get_by_test_id("invite").filter(has_text=address)
    expect(row.get_by_test_id("invite-mail")).to_contain_text("Letter sent")

    page = other_screen.page
    open_letter(page, mail_of(shape).wait_for(address), "Join Shop")
    expect(page.get_by_role("heading", name="Join Shop")).to_be_visible()
    expect(page.get_by_text("You join as a viewer")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value(address)
    expect(page.get_by_label("Email")).not_to_be_editable()
    join_by_page(page, "nora")

    expect(page.get_by_role("heading", name="Dashboard", level=1)).to_be_visible()
    is_live(page)
    members = anna.get(f"/api/teams/{anna.team_id}/members")["items"]
    assert {each["username"]: (each["role"], each["email"]) for each in members} == {
        "anna": ("admin", anna.email),
        "nora": ("viewer", address),
    }
    screen.page.reload()
    expect(row).to_contain_text("Joined")


@pytest.mark.browser
def test_sent_again_the_later_letter_counts(
    shape: Shape, anna: Person, screen: Screen, other_screen: Screen, address: str
) -> None:
    mail, page = mail_of(shape), other_screen.page
    sign_in(screen.page, shape, anna, "/settings/members")
    invite_by_page(screen.page, address, "Member")
    first = mail.wait_for(address)
    screen.page.get_by_role("button", name=f"Send the invitation to {address} again").click()
    expect(screen.page.get_by_text("A new link is on its way to", exact=False).first).to_be_visible()
    second = mail.wait_for(address, 2)

    page.goto(second.link)
    expect(page.get_by_role("heading", name="Join Shop")).to_be_visible()
    other_screen.complaints.clear()
    page.goto("about:blank")
    page.goto(first.link)
    expect(page.get_by_role("heading", name="This link is no invitation")).to_be_visible()
    # Chromium notes every 404 by itself.
    other_screen.complaints.clear()


@pytest.mark.browser
def test_a_letter_is_for_its_address_alone(shape: Shape, anna: Person, screen: Screen, address: str) -> None:
    """Somebody else who is signed in cannot take it; they can leave the browser to whom it is for."""
    page = screen.page
    anna.invite_by_mail(address)
    link = mail_of(shape).wait_for(address).link
    with Person(shape, "eve", team_name="Garden") as eve:
        sign_in(page, shape, eve)
        page.goto(link)
        expect(page.get_by_role("heading", name=f"This invitation is for {address}")).to_be_visible()
        page.get_by_role("button", name="Sign out and go on").click()
        join_by_page(page, "nora")
        expect(page.get_by_role("heading", name="Connect a machine", level=1)).to_be_visible()


@pytest.mark.browser
def test_a_new_password_from_asking_to_signed_in(
    shape: Shape, anna: Person, screen: Screen, other_screen: Screen
) -> None:
    """The browser where the old one was in use is signed out, without a reload."""
    sign_in(other_screen.page, shape, anna)
    loads: list[str] = []
    other_screen.page.on("load", lambda _: loads.append("load"))

    page = screen.page
    page.goto(f"{shape.url}/sign-in")
    page.get_by_role("link", name="Forgot password").click()
    expect(page.get_by_role("heading", name="Reset password")).to_be_visible()
    page.get_by_label("Email").fill(anna.email)
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_visible()

    open_letter(page, mail_of(shape).wait_for(anna.email), "Choose a new password")
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()
    expect(other_screen.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert loads == []

    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill(anna.email)
    page.get_by_label("Password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    is_live(page)
    news = mail_of(shape).wait_for(anna.email, 2)
    assert news.message["Subject"] == "Your password for Team Dashboard was changed"


@pytest.mark.browser
def test_a_refused_address_stands_in_the_list(
    shape: Shape, anna: Person, screen: Screen, address: str
) -> None:
    sign_in(screen.page, shape, anna, "/settings/members")
    with mail_of(shape).answering({"RCPT": "550 nobody of this name"}):
        invite_by_page(screen.page, address, "Member")
        row = screen.page.get_by_test_id("invite").filter(has_text=address)
        expect(row).to_have_attribute("data-mail", "failed")
    expect(row).to_contain_text("The mail server refused this address (550).")


def test_a_letter_outlives_the_process_that_was_to_send_it(shape: Shape, anna: Person, address: str) -> None:
    """The mail server is away, the process is killed; the letter goes out when both are back."""
    auth, mail = shape.part("auth"), mail_of(shape)
    with mail.answering({"RCPT": "451 later"}):
        made = anna.invite_by_mail(address)
        until(lambda: anna.mail_of(made)["reason"])
        auth.kill()
    assert mail.to(address) == []
    auth.start()
    assert mail.wait_for(address).link.startswith(f"{shape.url}/invite#")
    until(lambda: anna.mail_of(made)["state"] == "sent" or None)
