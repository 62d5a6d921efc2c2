"""The measurement of the dashboard at a thousandth of its size, and what it makes of its figures."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.load.dashboard import MARKS, SCRIPT_BYTES, Borne, kept, measure, product, row, table
from tests.load.revocation import write
from tests.support.browser import BrowserMissingError, chromium
from tests.support.fixtures import missing

GOOD = Borne(1000, 400, 1200, 190_000, [60, 58, 20, 59], 20_000, later_bytes=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as started:
            yield started
    except BrowserMissingError as error:
        missing(error)


@pytest.mark.browser
def test_a_thousandth_of_it(browser: Browser) -> None:
    """The page takes the changes while it is scrolled, without a complaint, and its scripts are small."""
    with product() as shape:
        borne = measure(shape, browser, count=1, seconds=1)
    assert (borne.sessions, borne.changes, borne.complaints) == (1, 1, [])
    assert 0 < borne.paint_ms <= borne.usable_ms
    assert 50_000 < borne.script_bytes < SCRIPT_BYTES
    assert sum(borne.frames) > 0


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"frames": [60, 50, 20]}, False),
        ({"paint_ms": 1000}, False),
        ({"usable_ms": 2000}, False),
        ({"script_bytes": 200_000}, False),
        ({"complaints": ["error: it broke"]}, False),
    ],
)
def test_what_is_promised(changed: dict[str, object], expected: bool) -> None:
    assert kept(replace(GOOD, **changed)) is expected  # type: ignore[arg-type]


def test_the_page_gets_the_row(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{MARKS[0]}\nold\n{MARKS[1]}\nafter\n")
    write(page, table([row(GOOD)]), MARKS)
    assert row(GOOD) == "| 1,000 | 20,000 | 58 | 20 | 400 ms | 1200 ms | 190 kB | 20 kB | 0 |"
    assert "old" not in page.read_text()
    assert page.read_text().endswith(f"{row(GOOD)}\n{MARKS[1]}\nafter\n")
