"""Sums are what one counts one by one, in any zone and grouping, whatever came in whatever order."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from services.analytics.answers.asked import Asked
from services.analytics.api.listing import listing
from services.analytics.domain.calendar import Grid, instant_of, make_grid, quarter_of
from services.analytics.domain.measures import count
from services.analytics.domain.period import Period
from services.analytics.store import patterns, sessions
from services.analytics.store.questions import Question
from services.analytics.store.sessions import Listing
from services.analytics.store.sources import DIMS, Narrowing
from tests.services.analytics.bench import (
    Bench,
    counted,
    counted_failures,
    newest,
    open_bench,
    place,
    plain,
    reader,
    state_of,
    total,
)
from tests.services.analytics.histories import PEOPLE, SPANS, told
from tests.support.builders import ANNA, BEN, make_usage

# Whole hours, quarters of them, half an hour of summer time, clocks that change at midnight.
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe",
    "America/St_Johns", "Africa/Casablanca", "Asia/Beirut", "Pacific/Chatham", "America/Santiago",
)  # fmt: skip
FEW = ("uses", "total")
USED = ("input", "output", "cache_read", "cache_write", "total", "cost_pico")
GRIDS = st.builds(
    lambda kind, zone, span, first, length, weekends: (
        make_grid(
            kind, zone, quarter_of(span) + first, quarter_of(span) + first + length, weekends=weekends
        ),
        zone,
    ),
    st.sampled_from(("all", "hour", "day", "week", "peak")),
    st.sampled_from(ZONES), st.sampled_from(SPANS), st.integers(-96, 500), st.integers(1, 12 * 96),
    st.booleans(),
)  # fmt: skip
NARROWINGS = st.builds(
    Narrowing,
    user=st.sampled_from(((), (ANNA,), (ANNA, BEN))),
    tool=st.sampled_from(((), ("codex",))),
    project=st.sampled_from(((), ("",), ("shop", ""))),
    model=st.sampled_from(((), ("an-unknown-model", ""))),
    tag=st.sampled_from(((), ("a",), ("a", "b"))),
)
ONE = st.sampled_from(("user", "tool", "project", "model", "tag"))


@contextmanager
def running(database_url: str, folder: Any) -> Iterator[tuple[Bench, asyncio.Runner]]:
    with asyncio.Runner() as runner:
        opened = AsyncExitStack()
        yield runner.run(opened.enter_async_context(open_bench(database_url, folder))), runner
        runner.run(opened.aclose())


def test_every_answer_is_what_one_counts(database_url: str, tmp_path: Any) -> None:
    with running(database_url, tmp_path) as (bench, runner):

        @settings(max_examples=8, deadline=None, database=None)
        @given(told(), st.data())
        def try_one(messages: list[Any], data: st.DataObject) -> None:
            async def live() -> None:
                await bench.clear()
                for start in range(0, len(messages), 4):
                    await bench.take(*messages[start : start + 4])
                    if data.draw(st.booleans()):
                        await bench.roll_up()
                known = newest(messages)
                for _ in range(3):
                    caller = reader(data.draw(st.sampled_from(PEOPLE)))
                    narrowing = data.draw(NARROWINGS | st.just(Narrowing()))
                    (grid, zone), dim = data.draw(GRIDS), data.draw(st.sampled_from(DIMS))
                    question = Question(grid, dim, narrowing, hidden=data.draw(st.booleans()))
                    wanted = counted(known, caller, question)
                    assert plain(question, await bench.ask(caller, question)) == wanted
                    few = replace(question, measures=FEW)
                    assert of_few(plain(few, await bench.ask(caller, few))) == of_few(wanted)
                    async with bench.database.read(caller) as connection:
                        whole = make_grid("all", zone, grid.first, grid.last, weekends=grid.weekends)
                        alike = await patterns.common(caller, connection, Listing(whole, narrowing), 50)
                    assert alike == counted_failures(known, caller, whole, narrowing)
                await agree(bench, *data.draw(GRIDS), data.draw(st.sampled_from(PEOPLE)))

            runner.run(live())

        try_one()


def of_few(sums: Mapping[Any, Mapping[str, int]]) -> dict[Any, tuple[int, ...]]:
    """What there is of a few measures; where nothing was used, a place may be there or not."""
    found = {place: tuple(each[name] for name in FEW) for place, each in sums.items()}
    return {place: values for place, values in found.items() if any(values)}


async def agree(bench: Bench, grid: Grid, zone: str, person: Any) -> None:
    """Buckets add up to the range, people and all else to the team, sessions to what their reader sees."""
    caller = reader(person)
    period = Period(grid.first, grid.last, zone, grid.weekends)
    whole = period.grid("all")
    team = Question(whole, "team", Narrowing(), hidden=True)
    wanted = total(plain(team, await bench.ask(caller, team)))
    for dim in ("team", "user", "tool", "project", "model"):
        parts = Question(grid, dim, Narrowing(), hidden=True)
        assert total(plain(parts, await bench.ask(caller, parts))) == wanted
    seen = Question(whole, "team", Narrowing(), hidden=False)
    mine = total(plain(seen, await bench.ask(caller, seen)))
    rows = [row async for row in _sessions(bench, caller, period)]
    assert {name: sum(count(row["used"], name) for row in rows) for name in USED} == {
        name: mine[name] for name in USED
    }


async def _sessions(bench: Bench, caller: Any, period: Period) -> Any:
    asked = Asked(period, bench.clock.now())
    async with bench.database.read(caller) as connection:
        async for some in sessions.every(caller, connection, listing(asked, "-tokens")):
            for row in some:
                yield row


def test_days_add_up_in_every_zone_there_is(database_url: str, tmp_path: Any) -> None:
    """Usage all over the days on which clocks change, asked for day by day."""
    spans = [quarter_of(start) for start in SPANS]
    tokens = {first + 5 * k: 2**k % 997 for first in spans for k in range(150)}
    uses = [make_usage(at=instant_of(quarter), input=count) for quarter, count in tokens.items()]

    async def try_all(bench: Bench) -> None:
        await bench.take(state_of(uses))
        await bench.roll_up()
        for n, zone in enumerate(sorted(available_timezones())):
            first = spans[n % len(spans)]
            grid = make_grid("day", zone, first, first + 8 * 96)
            found = await bench.ask(reader(ANNA), Question(grid, "team", Narrowing()))
            assert {each.cell: each.measures["input"] for each in found} == by_day(tokens, grid), zone
            assert {each.cell for each in found} <= {number for number, _ in grid.starts}

    with running(database_url, tmp_path) as (bench, runner):
        runner.run(try_all(bench))


def by_day(tokens: dict[int, int], grid: Grid) -> dict[int, int]:
    days: Counter[int] = Counter()
    for quarter, number in tokens.items():
        if (cell := place(grid, quarter)) is not None:
            days[cell] += number
    return dict(days)


async def test_a_cell_is_the_same_in_sql(database_url: str, tmp_path: Any) -> None:
    async with open_bench(database_url, tmp_path) as bench:
        uses = [make_usage(at=datetime.fromtimestamp(1_774_600_000 + 900 * 7 * k, UTC)) for k in range(40)]
        await bench.take(state_of(uses))
        for zone in ZONES:
            for kind in ("hour", "week", "peak"):
                grid = make_grid(kind, zone, 1_971_700, 1_972_700)
                question = Question(grid, "team", Narrowing())
                found = plain(question, await bench.ask(reader(ANNA), question))
                assert found == counted([state_of(uses)], reader(ANNA), question)


async def test_a_sum_beyond_64_bits_is_exact_and_stops_nobody(database_url: str, tmp_path: Any) -> None:
    async with open_bench(database_url, tmp_path) as bench:
        large = [make_usage(input=10**15, model=None, band=band) for band in range(900)]
        states = [state_of(large, native_id=f"native-{n}") for n in range(12)]
        await bench.take(*states)
        await bench.roll_up()
        question = Question(make_grid("all", "UTC", 0, 10**7), "team", Narrowing())
        found = plain(question, await bench.ask(reader(ANNA), question))
        assert found == counted(states, reader(ANNA), question)
        assert total(found)["input"] == 12 * 900 * 10**15
