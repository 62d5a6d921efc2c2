"""Members go while they are at the same rows themselves: neither waits for the other forever."""

import asyncio
from uuid import UUID

from sqlalchemy import select

from services.auth.store import broker
from services.auth.tables import users
from tests.services.auth.colleagues import agent_of_ben, gather
from tests.support.rows import every_row
from tests.support.waiting import eventually, held_up, somebody_waits


async def test_somebody_is_removed_while_they_revoke_the_token_of_an_agent(world, monkeypatch):
    both = await gather(world)
    agent = await agent_of_ben(world, both)
    begun = held_up(monkeypatch, world.database, broker, "cut")
    revoking = asyncio.create_task(both.ben.delete(f"/api/auth/tokens/{agent.token['id']}"))
    await begun()
    assert (await both.anna.delete(both.of_ben)).status_code == 204
    assert (await revoking).status_code == 204


async def test_of_a_team_that_ends_the_persons_are_taken_in_the_order_of_their_ids(world):
    """Else two teams with the same members could not end at the same time."""
    both = await gather(world)
    low, high = sorted((UUID(both.team["id"]), UUID(both.ben_id)))
    async with every_row(world.database) as connection:
        await connection.execute(select(users.c.id).where(users.c.id == low).with_for_update())
        ending = asyncio.create_task(both.anna.delete(f"/api/teams/{both.team['team_id']}"))
        if world.database.dialect == "postgresql":
            await eventually(lambda: somebody_waits(world.database))
        other = select(users.c.id).where(users.c.id == high).with_for_update(skip_locked=True)
        assert (await connection.execute(other)).scalars().all() == [high]
    assert (await ending).status_code == 204
