"""The load cases at a thousandth of their size; the sizes themselves are measured by hand."""

from pathlib import Path

import pytest

from tests.load.agent import LIMIT_MB, Measured, measure, table, write
from tests.load.transcripts import CASES

MIXTURE = "a mixture with broken files"


def said_of(one: Measured, name: str) -> str:
    """What the agent said of a file while it sent."""
    return " ".join(line for line in one.sent.said.splitlines() if f"/{name}.jsonl:" in line)


@pytest.mark.parametrize("case", [case for case in CASES if case != MIXTURE])
def test_the_agent_sends_and_prints_a_small_load_in_little_memory(tmp_path: Path, case: str) -> None:
    one = measure(case, tmp_path, 0.001)
    assert (one.sent.code, one.printed.code) == (0, 0), one.sent.said + one.printed.said
    assert one.sessions == 1
    assert one.events >= 2
    assert one.printed.out.count('"kind":"report"') >= 1
    assert max(one.sent.peak_mb, one.printed.peak_mb) < LIMIT_MB


def test_broken_files_are_named_and_the_others_sent(tmp_path: Path) -> None:
    one = measure(MIXTURE, tmp_path, 0.001)
    assert one.sent.code == 0, one.sent.said
    assert one.sessions == 7
    assert "1 line skipped that hold no JSON object" in said_of(one, "corrupt")
    assert "its last line is cut off" in said_of(one, "truncated")
    assert "not UTF-8" in said_of(one, "not-utf-8")
    assert "longer than 8 MiB" in said_of(one, "no-lines")
    for name in ("whole", "empty", "a", "folder", "nowhere"):
        assert said_of(one, name) == ""
    assert one.sent.peak_mb < LIMIT_MB


def test_the_table_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n\n{table(['| old |'])}\n\nAfter.\n")
    write(page, table(["| new |"]))
    assert page.read_text() == f"Before.\n\n{table(['| new |'])}\n\nAfter.\n"
    page.write_text("No table.")
    with pytest.raises(SystemExit):
        write(page, table([]))
