"""Members go while they are at the same rows themselves: neither waits for the other forever."""

import asyncio

from services.auth.store import broker
from tests.services.auth.colleagues import agent_of_ben, gather
from tests.support.waiting import held_up


async def test_somebody_is_removed_while_they_revoke_the_token_of_an_agent(world, monkeypatch):
    both = await gather(world)
    agent = await agent_of_ben(world, both)
    begun = held_up(monkeypatch, world.database, broker, "cut")
    revoking = asyncio.create_task(both.ben.delete(f"/api/auth/tokens/{agent.token['id']}"))
    await begun()
    assert (await both.anna.delete(both.of_ben)).status_code == 204
    assert (await revoking).status_code == 204
