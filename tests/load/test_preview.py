"""The preview of other health settings at a fiftieth of the measured size is what the recompute comes to."""

from contextlib import ExitStack

import pytest

from tests.load.preview import Previewed, measure, table


@pytest.mark.servers
@pytest.mark.product
def test_it_equals_the_recompute_of_what_the_database_holds() -> None:
    with ExitStack() as opened:
        made = measure(opened, filled=300, judged=200, times=1)
    assert made.answer["sessions"] == 200
    assert made.answer["changed"] > 20
    assert made.is_true, (made.answer, made.expected)


@pytest.mark.parametrize(
    ("changed", "seconds", "kept"),
    [(7, [0.1, 1.9], True), (7, [0.1, 2.1], False), (8, [0.1], False)],
)
def test_what_is_promised(changed: int, seconds: list[float], kept: bool) -> None:
    told = {"sessions": 10_000, "changed": 7}
    made = Previewed(told, {"sessions": 10_000, "changed": changed}, seconds)
    assert made.is_kept is kept


def test_a_row_says_how_soon_and_whether_it_is_so() -> None:
    made = Previewed({"sessions": 10_000, "changed": 1_234}, {"changed": 1_234}, [0.1, 0.2, 0.3])
    assert "| 10,000 | 3 | 200 ms | 300 ms | 300 ms | 1,234 | yes |" in table(made.row())
