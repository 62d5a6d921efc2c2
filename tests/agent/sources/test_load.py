"""The load cases at a thousandth of their size; the sizes themselves are measured by hand."""

from pathlib import Path

import pytest

from tests.load.transcripts import CASES, LIMIT_MB, run


@pytest.mark.parametrize("case", CASES)
def test_a_small_load_is_read_whole_in_little_memory(tmp_path: Path, case: str) -> None:
    result = run(case, tmp_path, 0.001)
    assert result["sessions"] == 1
    assert result["again"] == 0
    assert result["events"] >= 2
    assert result["peak_MB"] < LIMIT_MB
