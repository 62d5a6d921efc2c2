"""The analytics page on the running product: its numbers are what was reported, for everybody alike."""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.history import DAY, NOW, WORKS, Work, share_history, used
from tests.e2e.pages import PATIENCE_MS, section, sign_in
from tests.e2e.people import Person
from tests.support.browser import Screen
from tests.support.shapes.shape import Shape

pytestmark = pytest.mark.browser
SATURDAY = 5
# By what tokens can be stacked, and a column that there then is.
STACKS = {
    "tool": "Codex CLI", "model": "gpt-5.4", "project": "web", "user": "ben", "tag": "slow", "none": "All",
    "kind": "Output",
}  # fmt: skip
FILTERS: tuple[tuple[str, str, Callable[[Work], bool]], ...] = (
    ("Person", "ben", lambda work: work.who == "ben"),
    ("Tool", "Codex CLI", lambda work: work.tool == "codex"),
    ("Model", "gpt-5.4", lambda work: work.model == "gpt-5.4"),
    ("Project", "web", lambda work: work.project == "web"),
    ("Tag", "slow", lambda work: work.tag == "slow"),
)


@pytest.fixture
def ben(shape: Shape, anna: Person) -> Iterator[Person]:
    with Person(shape, "ben", invite=anna.invite()) as person:
        yield person


@pytest.fixture
def team(anna: Person, ben: Person) -> None:
    share_history([anna, ben])


def shows(page: Page, tokens: int) -> None:
    """The total on the page is exactly this."""
    exact = page.get_by_test_id("metric-tokens").locator(f'[data-tip="{tokens:,} tokens"]')
    expect(exact).to_be_visible(timeout=PATIENCE_MS)


def choose_days(page: Page, preset: str) -> None:
    page.get_by_role("button", name=re.compile("^Days")).click()
    page.get_by_role("button", name=preset, exact=True).click()


def month_before(day: date) -> tuple[int, int]:
    last = day.replace(day=1) - DAY
    return last.year, last.month


@pytest.mark.usefixtures("team")
def test_its_numbers_are_those_of_the_days_filters_and_zone_in_the_address(
    shape: Shape, anna: Person, ben: Person, screen: Screen, other_screen: Screen, tmp_path: Path
) -> None:
    """Each preset, a filter, a zone, a grouping, a file; kept by reload and back, and for a colleague."""
    page = screen.page
    sign_in(page, shape, anna, "/analytics?tz=UTC")
    today = datetime.now(UTC).date()
    month, before = (today.year, today.month), month_before(today)
    presets: dict[str, Callable[[date], bool]] = {
        "Today": lambda day: day == today,
        "Last 7 days": lambda day: day > today - 7 * DAY,
        "Last 90 days": lambda day: day > today - 90 * DAY,
        "This month": lambda day: (day.year, day.month) == month,
        "Last month": lambda day: (day.year, day.month) == before,
        "Last 30 days": lambda day: day > today - 30 * DAY,
    }
    for preset, holds in presets.items():
        choose_days(page, preset)
        shows(page, sum(work.tokens for work in WORKS if holds(work.day())))

    page.get_by_role("button", name="Tool", exact=True).click()
    page.get_by_role("menuitemcheckbox", name="Codex CLI").click()
    page.keyboard.press("Escape")
    shows(page, used(lambda work: work.tool == "codex"))
    section(page, "People").get_by_role("button", name=re.compile("^ben")).click()
    shows(page, used(lambda work: work.tool == "codex" and work.who == "ben"))
    page.go_back()
    shows(page, used(lambda work: work.tool == "codex"))
    page.get_by_role("button", name="Clear").click()

    recent = used(lambda work: work.day() > today - 30 * DAY)
    shows(page, recent)
    chart = section(page, "Token use")
    chart.get_by_label("Stack by").select_option("model")
    chart.get_by_role("button", name="View as table: Token use").click()
    expect(chart.get_by_role("columnheader", name="gpt-5.4")).to_be_visible(timeout=PATIENCE_MS)
    assert summed_up(chart) == recent

    page.get_by_role("button", name=re.compile("^Days")).click()
    page.get_by_label("Time zone").select_option("Pacific/Kiritimati")
    page.get_by_role("button", name="Today", exact=True).click()
    there = datetime.now(ZoneInfo("Pacific/Kiritimati")).date()
    tokens = used(lambda work: work.day("Pacific/Kiritimati") == there)
    if tokens:
        shows(page, tokens)
    else:
        expect(page.get_by_role("heading", name="Nothing in this time")).to_be_visible()
    choose_days(page, "Last 90 days")
    everything = used(lambda _: True)
    shows(page, everything)

    with page.expect_download() as download:
        page.get_by_role("button", name="Export", exact=True).click()
        page.get_by_role("menuitem", name="Export as CSV").click()
    file = tmp_path / "sessions.csv"
    download.value.save_as(file)
    assert summed(file) == everything

    page.reload()
    shows(page, everything)
    expect(section(page, "Token use").get_by_label("Stack by")).to_have_value("model")
    sign_in(other_screen.page, shape, ben, page.url.removeprefix(shape.url))
    shows(other_screen.page, everything)
    assert other_screen.page.url == page.url


@pytest.mark.usefixtures("team")
def test_each_filter_grouping_and_choice_of_days_shows_its_part(
    shape: Shape, anna: Person, screen: Screen
) -> None:
    page = screen.page
    sign_in(page, shape, anna, "/analytics?tz=UTC&range=90d")
    everything = used(lambda _: True)
    for name, item, among in FILTERS:
        page.get_by_role("button", name=name, exact=True).click()
        page.get_by_role("menuitemcheckbox", name=item, exact=True).click()
        page.keyboard.press("Escape")
        shows(page, used(among))
        page.get_by_role("button", name="Clear").click()
        shows(page, everything)

    chart = section(page, "Token use")
    chart.get_by_role("button", name="View as table: Token use").click()
    for stack, column in STACKS.items():
        chart.get_by_label("Stack by").select_option(stack)
        header = chart.get_by_role("columnheader", name=column, exact=True)
        expect(header).to_be_visible(timeout=PATIENCE_MS)
        assert summed_up(chart) == everything, stack

    page.get_by_role("button", name=re.compile("^Days")).click()
    page.get_by_label("Leave out weekends").check()
    shows(page, used(lambda work: work.day().weekday() < SATURDAY))
    page.get_by_label("Leave out weekends").uncheck()
    first, last = NOW.date() - 45 * DAY, NOW.date() - 2 * DAY
    page.get_by_label("First day").fill(str(first))
    page.get_by_label("Last day").fill(str(last))
    page.get_by_role("button", name="Show these days").click()
    shows(page, used(lambda work: first <= work.day() <= last))


def summed_up(chart: Locator) -> int:
    """All numbers of the table behind a chart, each once."""
    together = chart.locator("thead th").last.inner_text() == "Together"
    cells = chart.locator("tbody td:last-child" if together else "tbody td").all_inner_texts()
    return sum(int(text.replace(",", "")) for text in cells if text != "—")


def summed(file: Path) -> int:
    with file.open(newline="", encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    column = next(name for name in rows[0] if "total" in name)
    return sum(int(row[column]) for row in rows)
