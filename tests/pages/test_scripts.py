"""Nothing that people or machines write is ever run, wherever it is shown."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import sign_in
from tests.e2e.people import Person
from tests.pages import mischief
from tests.pages.corpus import CORPUS, LINKS, RUN
from tests.pages.household import Household
from tests.support.browser import Screen
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.product]
WITNESS = """
window.ran = []
window.alert = window.prompt = window.confirm = () => window.ran.push(1)
document.addEventListener("securitypolicyviolation", (event) => window.ran.push(event.violatedDirective))
"""
PRESSES = "() => [...document.querySelectorAll('main a')].map((one) => one.getAttribute('href') ?? '')"
MARKUP = "script:not([src]), iframe, object, embed, base, form[action], main img, main style, main svg script"


@dataclass(frozen=True)
class Mallory:
    """A person with such a name in a team with such a name; `sessions` are those of their machine."""

    person: Person
    sessions: list[str]


@pytest.fixture(scope="module")
def mallory(household: Household) -> Iterator[Mallory]:
    name = f"<img src=x onerror={RUN}>"
    with Person(household.shape, "mallory", f"<script>{RUN}</script>") as person:
        assert person.client.put("/api/auth/me", json={"username": name}).status_code == 200
        mischief.write(person, name)
        mischief.hook(person)
        yield Mallory(person, mischief.report(person))


def inspect(page: Page) -> None:
    """Hold what is drawn to being text, and what can be pressed to leading to pages."""
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") == []
    assert page.locator(MARKUP).count() == 0
    hrefs = page.evaluate(PRESSES)
    assert not [href for href in hrefs if not href.startswith(("/", "https://", "http://", "mailto:", "#"))]
    handlers = "[...document.querySelectorAll('*')].filter((one) => [...one.attributes].some((each) => each.name.startsWith('on'))).length"  # noqa: E501 - one expression of the page's
    assert page.evaluate(handlers) == 0


def test_nothing_that_was_written_runs(browser: Browser, household: Household, mallory: Mallory) -> None:
    screen = Screen(browser)
    screen.context.add_init_script(WITNESS)
    page = screen.page
    sign_in(page, household.shape, mallory.person, "/insights")
    expect(page.get_by_test_id("insight-card")).to_have_count(len(mischief.GROUPS))
    expect(page.get_by_text(f"<svg onload={RUN}>").first).to_be_visible()
    inspect(page)
    ids = [each["id"] for each in mallory.person.get("/api/insights")["items"]]
    places = ["/", "/notifications", "/settings", "/settings/team", "/settings/members", "/analytics"]
    for path in [*(f"/insights/{one}" for one in ids), *places]:
        page.goto(household.shape.url + path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        if "/insights/" in path:
            expect(page.get_by_test_id("comment")).to_have_count(3)
            expect(page.locator(".markdown").nth(3)).to_be_visible()
        inspect(page)
    page.goto(f"{household.shape.url}/insights")
    page.get_by_role("button", name="Share an insight").first.click()
    form = page.get_by_role("dialog")
    form.get_by_label("Title").fill(CORPUS[0])
    form.get_by_label("What did you learn?").fill("\n\n".join((*CORPUS, *LINKS)))
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".markdown")).to_be_visible()
    inspect(page)
    screen.close()
    assert screen.complaints == []


def test_no_name_that_a_machine_reports_runs(
    browser: Browser, household: Household, mallory: Mallory
) -> None:
    """Branches, tools, projects, repositories, machines, files, commits, tags: live and in the analytics."""
    screen = Screen(browser)
    screen.context.add_init_script(WITNESS)
    page, url, person = screen.page, household.shape.url, mallory.person
    sign_in(page, household.shape, person, "/")
    expect(page.get_by_test_id("session-card")).to_have_count(len(mallory.sessions))
    expect(page.get_by_text(CORPUS[3]).first).to_be_visible()
    inspect(page)
    for session in mallory.sessions:
        page.goto(f"{url}/sessions/{session}")
        for part in ("timeline", "files", "commits", "memories"):
            expect(page.get_by_test_id(part)).to_be_visible()
        inspect(page)
    for query in (
        "",
        "?by=tool&split=model",
        "?by=model&split=project",
        "?by=project",
        "?by=tag&order=amount",
    ):
        page.goto(f"{url}/analytics{query}")
        expect(page.get_by_role("table", name="Common errors").get_by_text(CORPUS[0]).first).to_be_visible()
        inspect(page)
    page.goto(f"{url}/analytics")
    page.get_by_role("list", name="Tags by name").get_by_role("button").first.click()
    page.wait_for_url("**/analytics?*tag=*")
    inspect(page)
    until(lambda: person.get("/api/alerts")["items"] or None)
    for path in (
        "/notifications",
        "/wall",
        "/me",
        "/settings/machines",
        "/settings/webhooks",
        "/settings/audit",
    ):
        page.goto(url + path)
        expect(page.get_by_role("heading").first).to_be_visible()
        inspect(page)
    page.goto(url)
    expect(page.get_by_test_id("session-card")).to_have_count(len(mallory.sessions))
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill("onerror")
    expect(page.get_by_role("option").first).to_be_visible()
    inspect(page)
    screen.close()
    assert screen.complaints == []
