"""Facts are what sessions are now: late, twice, deleted, unshared or rebuilt."""

import pytest
from sqlalchemy.exc import TimeoutError as PoolTimeout

from llm_session_manager.protocol import ToolUse
from services.analytics import tables
from services.analytics.domain.calendar import make_grid
from services.analytics.domain.facts import error_rows
from services.analytics.store.questions import Question
from services.analytics.store.sources import Narrowing
from services.contracts.people import MemberJoined, MemberLeft, TeamDeleted, UserDeleted, UserUpdated
from services.contracts.sessions import Tokens
from services.runtime.bus import Message, Transient
from tests.services.analytics.bench import deletion_of, open_bench, plain, reader, state_of, total
from tests.support.builders import ANNA, BEN, START, TEAM, after, make_usage

EVER = make_grid("all", "UTC", 0, 10**7)
USES = [make_usage(), make_usage(at=after(hours=5), input=7), make_usage(model="unheard-of")]


@pytest.fixture
async def bench(database_url, tmp_path):
    async with open_bench(database_url, tmp_path) as opened:
        yield opened


async def team_total(bench, person=BEN, dim="team"):
    question = Question(EVER, dim, Narrowing())
    return total(plain(question, await bench.ask(reader(person), question)))


async def tell(bench, one):
    assert await bench.people.handle([Message(one.kind, one.model_dump_json().encode())]) == [None]


async def test_rebuilding_changes_nothing(bench):
    states = [
        state_of(USES, native_id=f"native-{n}", tags=["a"], visibility=visibility, user_id=user)
        for n, (visibility, user) in enumerate([("team", ANNA), ("private", ANNA), ("private", BEN)])
    ]
    await bench.take(*states)
    await bench.take(deletion_of(states[0], 9), state_of(USES[:1], native_id="native-1", version=2))
    await bench.roll_up()
    before = await bench.dump()
    assert await bench.rebuilding.everything() == 2
    assert await bench.dump() == before
    assert before["analytics_rollup"]
    assert before["analytics_dirty"] == []


async def test_a_deleted_session_counts_no_more(bench):
    state = state_of(USES)
    await bench.take(state)
    await bench.roll_up()
    assert (await team_total(bench))["input"] == 2007
    await bench.take(deletion_of(state, 2))
    assert not await team_total(bench)
    await bench.roll_up()
    assert not await team_total(bench)
    for table in (tables.usage, tables.tags, tables.errors, tables.rollup):
        assert await bench.rows(table) == []
    (row,) = await bench.rows(tables.sessions)
    assert (row["title"], row["body"], row["tags"]) == (None, None, None)
    await bench.take(state)
    assert not await team_total(bench)


async def test_what_is_taken_back_counts_for_its_owner_alone(bench):
    await bench.take(state_of(USES))
    await bench.roll_up()
    await bench.take(state_of(USES, version=2, visibility="private"))
    assert not await team_total(bench)
    assert (await team_total(bench, ANNA))["input"] == 2007
    await bench.roll_up()
    assert not await team_total(bench)
    assert (await team_total(bench, ANNA))["sessions"] == 1


async def test_only_hours_that_change_are_rolled_up_again(bench):
    await bench.take(state_of(USES))
    await bench.roll_up()
    await bench.take(state_of([*USES[:1], make_usage(at=after(hours=5), input=8), USES[2]], version=2))
    assert [row["hour"] for row in await bench.rows(tables.dirty)] == [
        int(after(hours=5).timestamp()) // 3600
    ]
    await bench.roll_up()
    await bench.take(state_of(USES, version=3, status="ended"), state_of(USES, version=3))
    await bench.roll_up()
    await bench.take(state_of(USES, version=4, status="ended", title="another"))
    assert await bench.rows(tables.dirty) == []


async def test_where_only_a_sum_is_known_it_is_used_at_the_last_activity(bench):
    tokens = Tokens(
        input=None, output=None, cache_read=None, cache_write=None, reasoning=None, total=5,
        context_used=None, context_window=None,
    )  # fmt: skip
    await bench.take(state_of(tokens=tokens, last_activity_at=after(hours=9)))
    (row,) = await bench.rows(tables.usage)
    assert (row["hour"], row["total"], row["input"], row["cost_pico"]) == (
        int(after(hours=9).timestamp()) // 3600, 5, None, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("categories", "tools", "pairs"),
    [
        ({"exit_code": 3}, {"Bash": 2, "Edit": 1}, {("exit_code", "Bash"): 2, ("exit_code", "Edit"): 1}),
        ({"a": 1, "b": 2}, {"Bash": 3}, {("a", "Bash"): 1, ("b", "Bash"): 2}),
        ({"a": 1, "b": 2}, {"Bash": 2, "Edit": 1}, {("a", ""): 1, ("b", ""): 2}),
        ({}, {"Bash": 2, "Read": 0}, {("", "Bash"): 2}),
        ({"a": 0}, {}, {}),
    ],
)
def test_every_failure_counts_once(categories, tools, pairs):
    parts = {
        "error_categories": categories,
        "tools": tuple(ToolUse(name=name, calls=9, errors=count) for name, count in tools.items()),
    }
    rows = list(error_rows(state_of(parts=parts)))
    assert {(row["category"], row["tool"]): row["count"] for row in rows} == pairs


async def test_sessions_that_came_before_their_facts_are_read_later(bench):
    await bench.take(state_of(USES))
    before = await bench.dump()
    async with bench.database.write(reader(ANNA)) as connection:
        await connection.execute(tables.sessions.update().values(hour=None, quarter=None, total=None))
        await connection.execute(tables.usage.delete())
    assert await bench.rebuilding.unread() is False
    after_ = await bench.dump()
    assert after_["analytics_usage"] == before["analytics_usage"]
    assert after_["analytics_sessions"] == before["analytics_sessions"]


async def test_members_names_and_what_goes_with_them(bench):
    await bench.take(state_of(USES), state_of(USES, native_id="bens", user_id=BEN, username="ben"))
    await tell(bench, MemberJoined(team_id=TEAM, user_id=ANNA, username="anna", role="member", at=START))
    await tell(bench, UserUpdated(user_id=ANNA, username="ann", team_ids=[TEAM], at=after(seconds=1)))
    names = {row["user_id"]: row["username"] for row in await bench.rows(tables.users)}
    assert names == {ANNA: "ann", BEN: "ben"}
    await tell(bench, MemberLeft(team_id=TEAM, user_id=ANNA, at=after(seconds=2)))
    assert [row["present"] for row in await bench.rows(tables.members)] == [False]
    await tell(bench, UserDeleted(user_id=ANNA, team_ids=[TEAM], at=after(seconds=3)))
    await bench.take(state_of(USES, version=2), state_of(USES, native_id="late"))
    assert [row["user_id"] for row in await bench.rows(tables.users)] == [BEN]
    assert await bench.rows(tables.members) == []
    await tell(bench, TeamDeleted(team_id=TEAM, at=after(seconds=4)))
    await bench.take(state_of(USES, native_id="later", user_id=BEN))
    for table in (tables.sessions, tables.usage, tables.rollup, tables.dirty):
        assert await bench.rows(table) == []


async def test_a_bad_message_harms_no_other(bench):
    batch = [Message("session.state", b"{"), Message("session.deleted", b"[]")]
    answers = await bench.consumer.handle(batch)
    assert [answer.code for answer in answers] == ["invalid", "invalid"]
    answers = await bench.people.handle([Message("user.updated", b"{"), Message("user.unknown", b"{")])
    assert [answer and answer.code for answer in answers] == ["invalid", None]


async def test_a_database_that_is_away_is_waited_for(bench, monkeypatch):
    def away(_who):
        raise PoolTimeout("away")

    monkeypatch.setattr(bench.database, "write", away)
    with pytest.raises(Transient):
        await bench.take(state_of(USES))
    with pytest.raises(Transient):
        await tell(bench, TeamDeleted(team_id=TEAM, at=START))
