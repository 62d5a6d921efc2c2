"""Failures that are alike, by every choice of filters: what sums know is what facts say."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import event

from llm_session_manager.protocol import ToolUse
from services.analytics.domain.calendar import make_grid, quarter_of
from services.analytics.store import patterns
from services.analytics.store.sessions import Listing
from services.analytics.store.sources import Narrowing
from services.contracts.sessions import SessionState
from tests.services.analytics.bench import counted_failures, open_bench, reader, state_of
from tests.support.builders import ANNA, BEN, MODEL, START

CALLER = reader(ANNA)
# From the middle of one day to that of another: whole days between, hours at both ends.
GRID = make_grid("all", "Asia/Kolkata", quarter_of(START) - 4 * 96 + 3, quarter_of(START) + 2, weekends=True)
NARROWINGS = [
    Narrowing(user, tool, project, model, tag)
    for user, tool, project, model, tag in product(
        ((), (BEN,)), ((), ("codex",)), ((), ("shop",), ("",)), ((), (MODEL,), ("gpt-5", "")), ((), ("a",))
    )
]


@pytest.fixture
async def bench(database_url, tmp_path):
    async with open_bench(database_url, tmp_path) as opened:
        yield opened


def history() -> Iterator[SessionState]:
    """Sessions of five days by all that one may choose by; each fails in a number of ways of its own."""
    every = product(
        (ANNA, BEN), ("codex", "claude-code"), ("shop", None), (MODEL, "gpt-5", None), ((), ("a",)),
        ("team", "private"),
    )  # fmt: skip
    for n, (user_id, tool, project, model, tags, visibility) in enumerate(every):
        at = START - timedelta(hours=n * 17 % 120)
        failures = {"failed": 1 + n % 5, "timeout": n % 3}
        parts = {
            "error_categories": failures,
            "tools": (
                ToolUse(name="Bash", calls=9, errors=1 + n % 5),
                ToolUse(name="Edit", calls=9, errors=n % 2),
            ),
        }
        yield state_of(
            native_id=f"n{n}", user_id=user_id, tool=tool, project=project, model=model, tags=list(tags),
            visibility=visibility, started_at=at, last_activity_at=at, parts=parts,
        )  # fmt: skip


async def common(bench: Any, narrowing: Narrowing) -> Any:
    async with bench.database.read(CALLER) as connection:
        return await patterns.common(CALLER, connection, Listing(GRID, narrowing), 50)


async def test_sums_know_what_facts_say(bench):
    states = list(history())
    await bench.take(*states)
    wanted = [counted_failures(states, CALLER, GRID, each) for each in NARROWINGS]
    assert [await common(bench, each) for each in NARROWINGS] == wanted
    await bench.roll_up()
    assert [await common(bench, each) for each in NARROWINGS] == wanted
    # No two filters that choose something are answered alike.
    assert len({repr(each) for each in wanted}) > len(NARROWINGS) * 0.9


async def test_whole_days_are_read_from_sums_unless_tags_are_among_several_filters(bench):
    await bench.take(*history())
    await bench.roll_up()
    said: list[str] = []
    engine = bench.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: said.append(statement))
    for narrowing in NARROWINGS:
        said.clear()
        await common(bench, narrowing)
        summed = any("analytics_error_days" in one or "analytics_error_mixed" in one for one in said)
        assert summed is not (bool(narrowing.tag) and len(narrowing.dims) > 1), narrowing
