"""A service's own copy of all sessions: twice, late or out of order, the same rows; the deleted stay so."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import MetaData, select
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.analytics import tables as analytics
from services.contracts.sessions import SessionDeleted, SessionStates
from services.insight import tables as insight
from services.projection.consumer import ProjectionConsumer
from services.projection.store import find
from services.projection.tables import projection_table
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message, Transient
from services.runtime.db import open_database
from services.runtime.reach import NOBODY
from services.runtime.row_security import guard
from services.runtime.settings import Settings
from tests.support.builders import ANNA, OTHER_TEAM, START, TEAM, make_event
from tests.support.canonical import STATES
from tests.support.states import make_session, make_state

METADATA = MetaData()
TABLE = projection_table(METADATA, "test")
KEY = make_session().id
BOTH = TeamsCaller.of({TEAM, OTHER_TEAM})


def states(*versions, native_id="native-1", **changes):
    told = tuple(make_state(native_id=native_id, version=n, title=f"title {n}", **changes) for n in versions)
    body = SessionStates(team_id=TEAM, sent_at=START, states=told).model_dump_json().encode()
    return Message("session.state", body)


def deletion(version, native_id="native-1"):
    gone = SessionDeleted(
        team_id=TEAM, user_id=ANNA, session_id=make_session(native_id).id, version=version, at=START
    )
    return Message("session.deleted", gone.model_dump_json().encode())


class Copy:
    def __init__(self, database):
        self.database = database
        self.consumer = ProjectionConsumer(database, TABLE)

    async def take(self, *messages):
        return [answer and answer.code for answer in await self.consumer.handle(messages)]

    async def rows(self):
        async with self.database.read(BOTH) as connection:
            found = await connection.execute(select(TABLE).order_by(TABLE.c.session_id))
            return [dict(row) for row in found.mappings()]

    async def row(self):
        (row,) = await self.rows()
        return row["version"], row["deleted"], row["body"] and row["body"]["session"]["title"]


@pytest.fixture
async def copy(database_url):
    database = open_database(database_url, Settings())
    async with database.write(NOBODY) as connection:
        await connection.run_sync(METADATA.create_all)
        await connection.run_sync(guard)
    yield Copy(database)
    await database.close()


async def test_a_state_is_kept_whole_but_for_its_events(copy):
    assert await copy.take(Message("session.state", STATES.model_dump_json().encode())) == [None]
    (row,) = await copy.rows()
    state = STATES.states[0]
    assert row["body"] == state.model_dump(mode="json", exclude={"events"})
    assert (row["team_id"], row["user_id"], row["status"], row["visibility"]) == (
        TEAM,
        ANNA,
        "active",
        "team",
    )
    assert row["last_activity_at"] == START


async def test_the_highest_version_stays(copy):
    await copy.take(states(3), states(1, 2))
    assert await copy.row() == (3, False, "title 3")
    await copy.take(states(2))
    assert await copy.row() == (3, False, "title 3")
    await copy.take(states(4, 6, 5))
    assert await copy.row() == (6, False, "title 6")


@pytest.mark.parametrize("order", [[0, 1], [1, 0], [0, 1, 0, 1], [1, 0, 0]])
async def test_a_deletion_wins_over_states_up_to_its_version(copy, order):
    messages = [states(4, 5), deletion(5)]
    for index in order:
        await copy.take(messages[index])
    assert await copy.row() == (5, True, None)


async def test_in_one_batch_too(copy):
    await copy.take(deletion(5), states(5), states(1, native_id="other"))
    rows = {row["session_id"]: row["deleted"] for row in await copy.rows()}
    assert rows[KEY] is True
    assert len(rows) == 2


async def test_a_bad_message_harms_no_other(copy):
    answers = await copy.take(
        Message("session.state", b"{"), states(1), Message("session.state", b'{"kind":"x"}')
    )
    assert answers == ["invalid", None, "invalid"]
    assert await copy.row() == (1, False, "title 1")


async def test_nothing_but_bad_messages_writes_nothing(copy):
    assert await copy.take(Message("session.state", b"")) == ["invalid"]
    assert await copy.rows() == []


async def test_a_newer_ingest_may_tell_more(copy):
    """A field that this service does not know yet is left out, not refused."""
    message = states(1)
    body = message.body.replace(b'"version":1', b'"version":1,"mood":"good"').replace(
        b'"v":1,', b'"v":1,"hint":2,', 1
    )
    assert await copy.take(Message(message.routing_key, body)) == [None]
    assert await copy.row() == (1, False, "title 1")


async def test_what_is_read_is_of_the_callers_teams(copy):
    await copy.take(states(1))
    async with copy.database.read(BOTH) as connection:
        mine = await find(TeamsCaller.of({TEAM}), connection, TABLE, KEY)
        assert mine is not None
        assert mine["version"] == 1
        assert await find(TeamsCaller.of({OTHER_TEAM}), connection, TABLE, KEY) is None


async def test_a_database_that_is_away_is_waited_for(copy, monkeypatch):
    def away(_who):
        raise PoolTimeout("away")

    monkeypatch.setattr(copy.database, "write", away)
    with pytest.raises(Transient):
        await copy.take(states(1))


MESSAGES = [states(1, events=[make_event()]), states(2), states(2, 3), deletion(3), states(1, native_id="b"),
            states(2, native_id="b"), states(4, native_id="c"), deletion(2, native_id="c")]  # fmt: skip


def test_any_order_and_number_of_messages_leaves_one_state(tmp_path):
    async def after_all(order):
        (tmp_path / "test.db").unlink(missing_ok=True)
        database = open_database(f"sqlite:///{tmp_path}/test.db", Settings())
        async with database.write(NOBODY) as connection:
            await connection.run_sync(METADATA.create_all)
        copied = Copy(database)
        for batch in order:
            await copied.take(*(MESSAGES[index] for index in batch))
        rows = await copied.rows()
        await database.close()
        return rows

    straight = asyncio.run(after_all([range(len(MESSAGES))]))
    every = list(range(len(MESSAGES)))
    again = st.lists(st.sampled_from(every), max_size=8)
    orders = again.flatmap(lambda more: st.permutations([*every, *more]))

    @settings(max_examples=20, deadline=None, database=None)
    @given(orders, st.integers(1, 6))
    def try_one(order, size):
        cut = [order[start : start + size] for start in range(0, len(order), size)]
        assert asyncio.run(after_all(cut)) == straight

    try_one()


def test_each_service_has_a_copy_of_its_own():
    assert "analytics_sessions" in analytics.metadata.tables
    assert "insight_sessions" in insight.metadata.tables
    assert not set(analytics.metadata.tables) & set(insight.metadata.tables)
