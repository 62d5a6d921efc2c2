"""Any multiset and permutation of reports leaves one state."""

import asyncio
import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llm_session_manager.protocol import FileChange
from services.ingest import tables
from services.ingest.store import received
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Transient
from tests.services.ingest.bench import open_bench
from tests.support.builders import START, TEAM, after, make_event, make_report, make_usage, message
from tests.support.rows import every_row

STATUSES = ("active", "waiting", "idle", "error", "ended")


def reports():
    """Twelve reports of three sessions; each knows more than those before it."""
    made = []
    for n in range(1, 13):
        at = after(minutes=n * 5)
        made.append(
            make_report(
                n,
                f"native-{n % 3}",
                title=f"title {n}",
                status=STATUSES[n % 5],
                last_activity_at=at,
                context_used=n * 10_000,
                usage=tuple(make_usage(at=after(minutes=15 * k), input=n + k) for k in range(n % 4)),
                files=tuple(
                    FileChange(path=f"{k}.py", change="updated", edits=n, added=1, removed=0, last_at=START)
                    for k in range(n % 3)
                ),
                events=[make_event(f"e{k}", at=at, detail=str(n)) for k in range(n % 5)],
            )
        )
    return made


def batches(order, cuts):
    """Cut the order into batches at these places."""
    places = [0, *sorted({cut % (len(order) + 1) for cut in cuts}), len(order)]
    return [order[a:b] for a, b in pairwise(places) if a < b]


async def state_after(url, folder, order):
    async with open_bench(url, folder) as bench:
        bench.clock.advance(hours=3)
        await bench.introduce()
        known = reports()
        for batch in order:
            assert set(await bench.take(*(known[index] for index in batch))) == {None}
        return await bench.dump()


def shuffled():
    """All reports in any order, some of them again, cut into batches anywhere."""
    more = st.lists(st.integers(0, 11), max_size=24)
    order = more.flatmap(lambda again: st.permutations([*range(12), *again]))
    return st.builds(batches, order, st.lists(st.integers(0, 40), max_size=8))


def test_any_order_and_number_of_reports_leaves_one_state(tmp_path):
    def after_all(order):
        (tmp_path / "test.db").unlink(missing_ok=True)
        return asyncio.run(state_after(f"sqlite:///{tmp_path}/test.db", tmp_path, order))

    straight = after_all([range(12)])

    @settings(max_examples=15, deadline=None, database=None)
    @given(shuffled())
    def try_one(order):
        assert after_all(order) == straight

    try_one()


async def test_both_databases_keep_the_same(tmp_path, postgres_url):
    order = [*range(12), *range(0, 12, 2)]
    random.Random(7).shuffle(order)
    straight = await state_after(f"sqlite:///{tmp_path}/a.db", tmp_path, [range(12)])
    assert await state_after(postgres_url, tmp_path, batches(order, [3, 7, 8])) == straight


async def test_who_comes_second_with_a_new_session_tries_again(tmp_path, postgres_url):
    """Two processes that both find no session yet must not both write its first version."""
    async with open_bench(postgres_url, tmp_path) as bench:
        await bench.introduce()
        consumers = [bench.make_consumer() for _ in range(4)]
        batch = [message(make_report(n, title=str(n)), agent="script") for n in range(1, 5)]

        async def persist(consumer, sent):
            while True:
                try:
                    return await consumer.handle([sent])
                except Transient:
                    continue

        todo = zip(consumers, batch, strict=True)
        await asyncio.gather(*(persist(consumer, sent) for consumer, sent in todo))
        row = await bench.session()
        assert (row["title"], row["n"]) == ("4", 4)
        versions = [state.session.version for state in bench.states()]
        assert max(versions) == row["version"]
        newest = [state.session.title for state in bench.states() if state.session.version == row["version"]]
        assert set(newest) == {"4"}


async def test_a_row_made_from_what_is_no_longer_true_is_not_written(bench):
    """As when another process stored the session between the look and the write."""
    await bench.take(make_report(1))
    row = await bench.session()
    actor = TeamsCaller.of({TEAM})
    with pytest.raises(Transient):
        async with every_row(bench.database) as connection:
            await received.put_sessions(actor, connection, [{**row, "n": 2}])
    assert await bench.session() == row


@pytest.mark.parametrize("n", [1, 3])
async def test_a_deleted_session_stays_deleted(bench, n):
    await bench.take(make_report(2))
    async with every_row(bench.database) as connection:
        await connection.execute(tables.sessions.update().values(deleted_at=START))
    bench.forget()
    before = await bench.dump()
    assert await bench.take(make_report(n, title="again", events=[make_event("new")])) == [None]
    before["agents"][0]["n"] = max(n, 2)
    assert await bench.dump() == before
    assert bench.bus.got == bench.fanout.got == []
