from llm_session_manager.sources import steps
from llm_session_manager.sources.steps import PullSeen, Tool


def tool(name: str, given: int, lane: int = 0) -> Tool:
    return Tool(name, 0, given, 0, lane, 0, None)


def test_more_tools_than_a_report_holds_become_one_row() -> None:
    used = {f"tool-{number:03d}": 500 - number for number in range(310)}
    rows = steps.tool_uses(used, {"tool-000": 2, "tool-309": 3})
    assert (len(rows), rows[0].errors, rows[-1].name, rows[-1].errors) == (300, 2, "other", 3)
    assert sum(row.calls for row in rows) == sum(used.values())


def test_repeats_are_counted_within_a_lane() -> None:
    order = [tool("Read", 1), tool("Read", 1, 5), tool("Read", 1), tool("Read", 2, 5), tool("Read", 1)]
    assert steps.longest_repeat(order) == 3
    assert steps.longest_repeat([]) == 0


def test_active_time_leaves_long_gaps_out() -> None:
    minute = 60_000_000
    assert steps.active_seconds([0, minute, 6 * minute, 12 * minute]) == 360


def test_a_pull_request_counts_once_by_its_address() -> None:
    seen = [PullSeen(1, "https://x/a/pull/1", "a", 5), PullSeen(None, "https://x/a/pull/1", None, 9)]
    assert [(one.number, one.repository) for one in steps.pull_requests(seen)] == [(1, "a")]
