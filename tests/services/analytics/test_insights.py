"""Insights are counted for who shared them, while they are there, in the range in which they were shared."""

from uuid import UUID

import pytest

from services.analytics import tables
from services.analytics.store.insights import shared
from services.contracts.insights import InsightDeleted, InsightShared
from services.contracts.people import UserDeleted
from services.runtime.bus import Message
from tests.services.analytics.bench import open_bench, reader
from tests.support.builders import ANNA, BEN, OTHER_TEAM, START, TEAM, after


@pytest.fixture
async def bench(database_url, tmp_path):
    async with open_bench(database_url, tmp_path) as opened:
        yield opened


async def tell(bench, *told):
    batch = [Message(one.kind, one.model_dump_json().encode()) for one in told]
    assert await bench.insights.handle(batch) == [None] * len(batch)


def share(number, user_id=ANNA, team_id=TEAM, at=START):
    return InsightShared(
        team_id=team_id, user_id=user_id, insight_id=UUID(int=number), origin="person", at=at
    )


def delete(number, user_id=ANNA):
    return InsightDeleted(
        team_id=TEAM, user_id=user_id, insight_id=UUID(int=number), origin="person", at=START
    )


async def counted(bench, user_id=ANNA):
    async with bench.database.read(reader(BEN)) as connection:
        return await shared(reader(BEN), connection, user_id, START, after(hours=1))


async def test_each_counts_once_in_its_range(bench):
    await tell(
        bench, share(1), share(1), share(2, at=after(hours=1)), share(3, BEN), share(4, team_id=OTHER_TEAM)
    )
    await tell(bench, share(5, None))
    assert (await counted(bench), await counted(bench, BEN)) == (1, 1)


async def test_what_is_gone_counts_no_more_in_whatever_order(bench):
    await tell(bench, share(1), delete(1), delete(2), share(2), share(1))
    assert await counted(bench) == 0


async def test_they_go_with_their_person(bench):
    await bench.set_team()
    await tell(bench, share(1))
    gone = UserDeleted(user_id=ANNA, team_ids=[TEAM], at=START)
    from services.contracts.people import MemberJoined

    joined = MemberJoined(team_id=TEAM, user_id=ANNA, username="anna", role="member", at=START)
    for one in (joined, gone):
        await bench.people.handle([Message(one.kind, one.model_dump_json().encode())])
    await tell(bench, share(2))
    assert await bench.rows(tables.insights) == []


async def test_a_bad_message_harms_no_other(bench):
    batch = [Message("insight.shared", b"{"), Message("insight.unknown", b"{")]
    answers = await bench.insights.handle(batch)
    assert [answer and answer.code for answer in answers] == ["invalid", None]
