"""What the measurement of revocations makes of its figures; tests/access has the revocations themselves."""

from pathlib import Path

import pytest

from tests.access.revocation import Ended
from tests.load.revocation import BEGIN, END, kept, percentile, row, table, write

GOOD = [Ended(0.01 * n, known=True) for n in range(1, 101)]


def test_a_percentile_is_one_of_the_values() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([7], 0.99) == percentile([7], 1) == 7


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ([], True),
        ([Ended(9.0, known=True)], True),  # one of a hundred may be late
        ([Ended(9.0, known=True), Ended(9.0, known=True)], False),
        ([Ended(0.1, known=False)], False),
        ([Ended(0.1, known=True, heard=["news"])], False),
    ],
)
def test_what_is_promised(changed: list[Ended], expected: bool) -> None:
    assert kept(GOOD[len(changed) :] + changed) is expected


def test_the_page_gets_the_rows(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    made = row("embedded", "removal", GOOD)
    write(page, table([made]))
    assert made == "| embedded | removal | 100 | 500 ms | 990 ms | 1000 ms | 0 | 0 |"
    assert page.read_text().startswith("before\n")
    assert page.read_text().endswith(f"{made}\n{END}\nafter\n")
    assert "old" not in page.read_text()
    page.write_text("without marks")
    with pytest.raises(SystemExit):
        write(page, table([made]))
