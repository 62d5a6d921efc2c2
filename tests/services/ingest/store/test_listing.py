"""Pages of lists: each session once, in order, whatever is added and changed between the pages."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.store.listing import SORTS, Listing
from services.ingest.store.sessions import find_session, list_sessions, neighbours
from services.runtime.auth import Caller
from tests.services.ingest.bench import open_bench
from tests.support.builders import ANNA, TEAM, after, make_report, make_usage

CALLER = Caller(ANNA, TEAM, "member", "sid")
ORDERS = [(sort, descending) for sort in SORTS for descending in (True, False)]
# Few values, so that many sessions have the same.
FIGURES = st.tuples(st.integers(0, 2), st.integers(0, 2))


async def add(bench, numbers, figures):
    """Report new sessions, each with a moment and a size."""
    await bench.take(
        *(
            make_report(
                next(numbers), f"native-{next(numbers)}", started_at=after(seconds=-moment),
                last_activity_at=after(seconds=-moment), usage=(make_usage(input=100 * size),),
                context_used=60_000 * size,
            )
            for moment, size in figures
        )
    )  # fmt: skip


async def page(bench, listing):
    async with bench.database.read(CALLER) as connection:
        return await list_sessions(CALLER, connection, listing)


async def everything(bench, listing):
    return [row["id"] for row in await page(bench, replace(listing, limit=10_000))]


async def by_pages(bench, listing, between):
    """All ids in the order of the pages; `between` is done after each page."""
    got = []
    while True:
        rows = await page(bench, listing)
        shown = rows[: listing.limit]
        got += [row["id"] for row in shown]
        if len(rows) <= listing.limit:
            return got
        listing = replace(listing, after=(shown[-1]["sort_key"], shown[-1]["id"]))
        await between()


def test_what_was_there_all_the_time_is_on_exactly_one_page(database_url, tmp_path):
    with asyncio.Runner() as runner:
        opened = AsyncExitStack()
        bench = runner.run(opened.enter_async_context(open_bench(database_url, tmp_path)))
        runner.run(bench.introduce())
        numbers = count(1)

        @settings(max_examples=12, deadline=None, database=None)
        @given(
            st.sampled_from(ORDERS), st.integers(1, 4), st.lists(FIGURES, min_size=1, max_size=6),
            st.lists(st.lists(FIGURES, max_size=3), max_size=4),
        )  # fmt: skip
        def try_one(order, limit, first, coming):
            async def walk():
                bench.clock.advance(seconds=1)
                await add(bench, numbers, first)
                listing = Listing(sort=order[0], descending=order[1], limit=limit)
                before = await everything(bench, listing)
                waiting = iter(coming)
                got = await by_pages(bench, listing, lambda: add(bench, numbers, next(waiting, ())))
                assert [one for one in got if one in set(before)] == before
                assert len(set(got)) == len(got)

            runner.run(walk())

        try_one()
        runner.run(opened.aclose())


@pytest.fixture
async def filled(database_url, tmp_path):
    async with open_bench(database_url, tmp_path) as bench:
        await bench.introduce()
        await add(bench, count(1), [(0, 1), (1, 2), (1, 0), (2, 2), (2, 2)])
        yield bench


@pytest.mark.parametrize(("sort", "descending"), ORDERS)
async def test_neighbours_are_those_of_the_list(filled, sort, descending):
    listing = Listing(sort=sort, descending=descending)
    order = [None, *await everything(filled, listing), None]
    for before, own, after_ in zip(order, order[1:-1], order[2:], strict=False):
        async with filled.database.read(CALLER) as connection:
            row = await find_session(CALLER, connection, own)
            found = await neighbours(CALLER, connection, row, listing)
        assert [one["id"] if one else None for one in found] == [before, after_]


async def test_neighbours_of_what_is_not_in_the_list_are_where_it_would_be(filled):
    listing = Listing(words=("nothing",))
    (own, *_) = await everything(filled, Listing())
    async with filled.database.read(CALLER) as connection:
        row = await find_session(CALLER, connection, own)
        assert await neighbours(CALLER, connection, row, listing) == (None, None)
