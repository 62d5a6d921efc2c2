"""What insight keeps of persons and teams, and lets go of."""

import pytest
from sqlalchemy import select

from services.contracts.people import (
    MemberJoined,
    MemberLeft,
    MemberRoleChanged,
    TeamDeleted,
    TeamUpdated,
    UserUpdated,
)
from services.insight import tables
from services.insight.farewell import Farewell
from services.insight.people import PeopleConsumer
from services.insight.store import people
from services.insight.telling import Telling
from services.runtime.auth import TeamsCaller
from services.runtime.bus import Message
from services.runtime.db import open_database
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings
from tests.services.ingest.bench import Sink
from tests.services.insight.newsroom import make_newcomers
from tests.support.builders import ANNA, BEN, OTHER_TEAM, START, TEAM, after
from tests.support.compositions import MovableClock
from tests.support.fixtures import database_with

database_url = database_with("insight")
HOME = TeamsCaller.of({TEAM})


class Registry:
    def __init__(self, database, settings):
        self.database = database
        clock = MovableClock()
        outbox = Outbox(database, tables.outbox, Sink(), Sink(), settings, clock)
        newcomers = make_newcomers(database, outbox, settings, clock)
        self._consumer = PeopleConsumer(database, Farewell(Telling(outbox, clock), clock), newcomers)

    async def hear(self, *told):
        batch = [Message(one.kind, one.model_dump_json().encode()) for one in told]
        return await self._consumer.handle(batch)

    async def present(self):
        async with self.database.read(HOME) as connection:
            found = await people.present(HOME, connection)
        return {row["username"]: row["role"] for row in found.values()}

    async def rows(self, table):
        async with self.database.read(TeamsCaller.of({TEAM, OTHER_TEAM})) as connection:
            return [dict(row) for row in (await connection.execute(select(table))).mappings()]


@pytest.fixture
async def registry(database_url, tmp_path):
    settings = Settings(data_dir=tmp_path)
    database = open_database(database_url, settings)
    yield Registry(database, settings)
    await database.close()


def joined(user=ANNA, name="anna", role="admin", at=START):
    return MemberJoined(team_id=TEAM, user_id=user, username=name, role=role, at=at)


def left(user, at):
    return MemberLeft(team_id=TEAM, user_id=user, at=at)


async def test_members_have_the_name_and_role_of_now_in_whatever_order_it_is_told(registry):
    renamed = UserUpdated(user_id=BEN, username="benno", team_ids=[TEAM, OTHER_TEAM], at=after(minutes=2))
    promoted = MemberRoleChanged(team_id=TEAM, user_id=BEN, role="admin", at=after(minutes=1))
    told = [joined(), promoted, renamed, joined(BEN, "ben", "member")]
    await registry.hear(*told)
    await registry.hear(*told)
    assert await registry.present() == {"anna": "admin", "benno": "admin"}


async def test_a_founder_is_known_with_their_role(registry):
    told = UserUpdated(user_id=ANNA, username="anna", team_ids=[TEAM], roles={TEAM: "admin"}, at=START)
    await registry.hear(told)
    assert await registry.present() == {"anna": "admin"}


async def test_whoever_left_is_not_there_until_they_come_back(registry):
    await registry.hear(joined(), left(ANNA, after(minutes=1)), joined())
    assert await registry.present() == {}
    await registry.hear(joined(role="viewer", at=after(minutes=2)))
    assert await registry.present() == {"anna": "viewer"}


async def test_the_newest_settings_hold(registry):
    for minute, name in ((2, "New"), (1, "Old")):
        told = TeamUpdated(team_id=TEAM, name=name, settings={"timezone": name}, at=after(minutes=minute))
        assert await registry.hear(told) == [None]
    (row,) = await registry.rows(tables.teams)
    assert (row["name"], row["settings"]) == ("New", {"timezone": "New"})


async def test_nothing_comes_back_of_a_team_that_is_gone(registry):
    await registry.hear(joined(), TeamDeleted(team_id=TEAM, at=after(minutes=1)))
    await registry.hear(
        joined(at=after(minutes=2)), TeamUpdated(team_id=TEAM, name="x", settings={}, at=START)
    )
    assert await registry.rows(tables.members) == await registry.rows(tables.teams) == []


async def test_what_is_no_message_is_set_aside_and_what_is_new_to_us_left_alone(registry):
    answers = await registry._consumer.handle(
        [Message("member.joined", b"{}"), Message("member.knighted", b"{}"), Message("team.updated", b"")]
    )
    assert [answer and answer.code for answer in answers] == ["invalid", None, "invalid"]
