"""What a team learns, tells and chooses, at the browsers of several people at once."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.pages import PATIENCE_MS, Delays, sign_in
from tests.e2e.people import Person
from tests.support.browser import Screen
from tests.support.promises import promised
from tests.support.shapes.shape import Shape
from tests.support.waiting import until

pytestmark = pytest.mark.browser
PROMISED_SECONDS = promised(1.5)
TITLE = "Ask for a failing test before the fix"
LATER = "Name the file that you mean"


@pytest.fixture
def ben(shape: Shape, anna: Person) -> Iterator[Person]:
    with Person(shape, "ben", invite=anna.invite()) as person:
        yield person


def share(page: Page, title: str) -> None:
    page.get_by_role("button", name="Share an insight").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Title").fill(title)
    form.get_by_label("What did you learn?").fill("It takes **half** the steps:\n\n- one test\n- `pytest -x`")
    form.get_by_label("Tags").fill("tests,")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator("strong", has_text="half")).to_be_visible()
    form.get_by_role("button", name="Share insight").click()
    expect(form).to_have_count(0)


def card(page: Page, title: str = TITLE) -> Locator:
    return page.get_by_role("article", name=title)


def bell(page: Page) -> Locator:
    return page.locator('[data-testid="bell"]:visible')


def told(page: Page, count: int, wait: float = PATIENCE_MS) -> None:
    expect(bell(page)).to_have_attribute("data-unread", str(count), timeout=wait)


def test_one_shares_another_votes_and_mentions_and_both_see_it_at_once(
    shape: Shape, anna: Person, ben: Person, screen: Screen, other_screen: Screen
) -> None:
    """Both pages are open all the time and never loaded anew."""
    # That ben has joined is told, too.
    until(lambda: anna.get("/api/notifications")["unread"] or None)
    anna.client.post("/api/notifications/read", json={"all": True})
    annas, bens = screen.page, other_screen.page
    loads = [sign_in(annas, shape, anna, "/insights"), sign_in(bens, shape, ben, "/insights")]
    expect(bens.get_by_text("Nothing is written down yet")).to_be_visible(timeout=PATIENCE_MS)
    with Delays(PROMISED_SECONDS) as delays:
        share(annas, TITLE)
        expect(card(annas)).to_be_visible()
        # Where nothing was, the first is shown at once; later ones wait until they are asked for.
        expect(card(bens)).to_contain_text("half the steps", timeout=PATIENCE_MS)
        told(bens, 1)
        share(annas, LATER)
        pill = bens.get_by_role("button", name="1 new")
        expect(pill).to_be_visible(timeout=PATIENCE_MS)
        expect(card(bens, LATER)).to_have_count(0)
        told(bens, 2)
        pill.click()
        expect(card(bens, LATER)).to_be_visible()

        delays.until(
            card(bens).get_by_test_id("upvote").click,
            lambda wait: expect(card(annas).get_by_test_id("upvote")).to_have_accessible_name(
                "Upvote, 1 vote", timeout=wait
            ),
        )
        card(bens).get_by_role("link", name=TITLE).click()
        field = bens.get_by_role("textbox", name="Say something")
        field.press_sequentially("It holds, @an")
        bens.get_by_role("option", name="anna").click()
        expect(field).to_have_value("It holds, @anna ")
        delays.until(
            bens.get_by_role("button", name="Comment", exact=True).click,
            lambda wait: told(annas, 1, wait),
        )
        expect(card(annas)).to_contain_text("1 comment")
        bell(annas).click()
        annas.get_by_role("list", name="Latest notifications").get_by_role("link").first.click()
        said = annas.get_by_test_id("comment")
        expect(said.locator("[data-mention]")).to_have_text("@anna")
        told(annas, 0)

        said.get_by_role("button", name="Answer").click()
        annas.get_by_role("textbox", name="Answer ben").fill("Then let us do it")
        delays.until(
            annas.get_by_role("button", name="Answer", exact=True).last.click,
            lambda wait: expect(bens.get_by_text("Then let us do it")).to_be_visible(timeout=wait),
        )
    assert loads == [[], []]


def test_who_only_reads_sees_what_is_decided(
    shape: Shape, anna: Person, ben: Person, screen: Screen, other_screen: Screen
) -> None:
    """A member's words, accepted by an admin, on the page of a viewer, who can change nothing of them."""
    new = {"type": "pattern", "title": TITLE, "content": "Again and again.", "tags": ["tests"]}
    made = ben.client.post("/api/insights", json=new)
    assert made.status_code == 201, made.text
    with Person(shape, "vera", invite=anna.invite("viewer")) as vera:
        page = other_screen.page
        loads = sign_in(page, shape, vera, f"/insights/{made.json()['id']}")
        insight = page.get_by_test_id("insight")
        expect(insight).to_contain_text("Proposed")
        expect(page.get_by_role("textbox")).to_have_count(0)
        expect(page.get_by_test_id("upvote")).to_have_attribute("aria-disabled", "true")

        sign_in(screen.page, shape, anna, "/insights?type=pattern&tag=tests")
        card(screen.page).get_by_role("button", name=re.compile("^Actions on")).click()
        screen.page.get_by_role("menuitem", name="Accept").click()
        expect(insight).to_have_attribute("data-state", "accepted", timeout=PATIENCE_MS)

        # Who has seen other words than are there now is shown those before anything is written over.
        expect(card(screen.page)).to_have_attribute("data-state", "accepted")
        card(screen.page).get_by_role("button", name=re.compile("^Actions on")).click()
        screen.page.get_by_role("menuitem", name="Edit").click()
        form = screen.page.get_by_role("dialog")
        form.get_by_label("Title").fill("Mine")
        change = {"title": "Meanwhile ben's"}
        assert ben.client.put(f"/api/insights/{made.json()['id']}", json=change).status_code == 200
        form.get_by_role("button", name="Save").click()
        expect(form.get_by_role("alert")).to_contain_text("Meanwhile ben's")
        form.get_by_role("button", name="Save mine").click()
        expect(page.get_by_role("heading", name="Mine", level=1)).to_be_visible(timeout=PATIENCE_MS)
        assert loads == []
    screen.complaints[:] = [each for each in screen.complaints if "412" not in each]


def test_two_admins_change_the_team_and_each_their_own_notifications(
    shape: Shape, anna: Person, ben: Person, screen: Screen, other_screen: Screen
) -> None:
    """One wins; the other is shown what was saved."""
    path = f"/api/teams/{anna.team_id}/members/{ben.user['id']}"
    assert anna.client.put(path, json={"role": "admin"}).status_code == 200
    annas, bens = screen.page, other_screen.page
    for page, person in ((annas, anna), (bens, ben)):
        sign_in(page, shape, person, "/settings/team")
        expect(page.get_by_label("Warning below")).to_have_value("70")

    annas.get_by_label("Warning below").fill("80")
    annas.get_by_label("Loops").fill("0")
    expect(annas.get_by_test_id("health-preview")).to_contain_text("sess")
    annas.get_by_role("button", name="Save").click()
    expect(annas.get_by_text("The team’s settings are saved", exact=True)).to_be_visible()

    bens.get_by_label("Critical below").fill("20")
    bens.get_by_role("button", name="Save").click()
    expect(bens.get_by_role("alert")).to_contain_text("Somebody else changed the team meanwhile")
    bens.get_by_role("button", name="Show what they saved").click()
    expect(bens.get_by_label("Warning below")).to_have_value("80")
    expect(bens.get_by_label("Critical below")).to_have_value("40")
    other_screen.complaints[:] = [each for each in other_screen.complaints if "412" not in each]
    settings = anna.get(f"/api/teams/{anna.team_id}")["settings"]
    assert (settings["health_thresholds"], settings["health_weights"]) == (
        {"warning": 80, "critical": 40},
        {"loops": 0},
    )

    annas.goto(f"{shape.url}/settings/notifications")
    joins = annas.get_by_role("group", name="Somebody joins")
    joins.get_by_role("checkbox", name="In the app").uncheck()
    annas.get_by_role("checkbox", name=re.compile("until these hours are over")).check()
    annas.get_by_role("button", name="Save").click()
    expect(annas.get_by_text("Your choices are saved", exact=True)).to_be_visible()
    annas.reload()
    expect(joins.get_by_role("checkbox", name="In the app")).not_to_be_checked()
    expect(annas.get_by_label("From")).to_have_value("22:00")

    annas.goto(f"{shape.url}/settings/webhooks")
    annas.get_by_role("button", name="Add a webhook").click()
    form = annas.get_by_role("dialog")
    form.get_by_label("Receiver").select_option("generic")
    form.get_by_label("Name").fill("Inside")
    form.get_by_label("Address").fill("http://169.254.169.254/latest")
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_label("Address")).to_have_attribute("aria-invalid", "true")
    screen.complaints[:] = [each for each in screen.complaints if "422" not in each]
