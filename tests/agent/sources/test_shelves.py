import pytest

from llm_session_manager.sources.calls import Names
from llm_session_manager.sources.claude_code.record import Record
from llm_session_manager.sources.shelves import MOST_SHELVED, RESTS_AFTER
from llm_session_manager.sources.steps import Tool

TOOL = Tool("Read", 5, 6, 7, 0, 1, "/w/a.py")


def record() -> Record:
    one = Record(Names(), Names())
    one.tools[3] = TOOL
    one.times.append(9)
    one.last = 9
    return one


def test_what_was_put_away_comes_back_when_used() -> None:
    one = record()
    one.shelve()
    one.shelve()
    assert "times" not in vars(one)
    one.times.append(10)
    assert (list(one.times), dict(one.tools)) == ([9, 10], {3: TOOL})


def test_there_is_no_other_attribute() -> None:
    one = record()
    with pytest.raises(AttributeError):
        _ = one.elsewhere  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("later", "size", "away"),
    [(RESTS_AFTER - 1, 1, False), (RESTS_AFTER + 1, 1, True), (RESTS_AFTER + 1, MOST_SHELVED, False)],
)
def test_only_what_rests_and_is_small_is_put_away(later: int, size: int, away: bool) -> None:
    one = record()
    one.size = size
    one.rest(9 + later)
    assert ("times" not in vars(one)) == away
