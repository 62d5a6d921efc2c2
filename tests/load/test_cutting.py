"""What the measurement of cut connections makes of its figures; tests/access has the cuts themselves."""

from pathlib import Path

from tests.access.cutting import Cut
from tests.load.cutting import MARKS, kept, row, table
from tests.load.revocation import write

GOOD = [Cut(0.01 * n, refused=True) for n in range(1, 101)]


def test_what_is_promised() -> None:
    assert kept(GOOD)
    assert not kept([*GOOD, Cut(2.1, refused=True)])
    assert not kept([*GOOD, Cut(0.1, refused=False)])


def test_the_page_gets_the_rows(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{MARKS[0]}\nold\n{MARKS[1]}\nafter\n")
    made = row("machine", [*GOOD[1:], Cut(1.5, refused=False)])
    write(page, table([made]), MARKS)
    assert made == "| machine | 100 | 510 ms | 1000 ms | 1500 ms | 1 |"
    assert page.read_text().startswith("before\n")
    assert page.read_text().endswith(f"{made}\n{MARKS[1]}\nafter\n")
    assert "old" not in page.read_text()
