"""Commands that come again and again while the agent is killed: each is done once at most, and answered."""

import asyncio
import random
from pathlib import Path

import pytest

from llm_session_manager.commands.desk import Desk
from llm_session_manager.protocol.commands import Command
from tests.agent.commands.orders import Agent, Signer, raw

SIGNER = Signer()


@pytest.mark.composed
@pytest.mark.parametrize("seed", range(100))
async def test_however_often_it_comes_and_the_agent_is_killed_its_effect_is_had_once_at_most(
    tmp_path: Path, seed: int
) -> None:
    agent = Agent(tmp_path / "spool.db", SIGNER)
    draw = random.Random(seed)
    orders = [SIGNER.order() for _ in range(3)]

    async def deliver(desk: Desk, order: Command) -> None:
        for _ in range(draw.randint(0, 20)):
            await asyncio.sleep(0)
        await desk.hear(raw(order))

    for _ in range(4):
        desk = await agent.start()
        coming = [asyncio.create_task(deliver(desk, order)) for order in orders for _ in range(2)]
        await asyncio.sleep(draw.uniform(0, 0.02))
        await agent.kill()
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)
    desk = await agent.start()
    for order in orders:
        await desk.hear(raw(order))
    for order in orders:
        await agent.ends(order)
    await agent.kill()
    for order in orders:
        ends = {said for said in agent.server.said(order) if said[0] != "started"}
        assert agent.works.done.count(order.id) <= 1
        assert len(ends) == 1
        assert agent.works.done.count(order.id) == 1 or ends == {("failed", "interrupted")}
