"""Agents whose rights have ended are cut off, whatever fails in between; others are left alone."""

from uuid import UUID

import pytest

from services.auth.agents import Agents
from services.auth.connections import ConnectionsAway
from services.auth.cutoff import Cutoff
from services.runtime.auth import TeamsCaller
from tests.services.auth.api.test_broker import make


class Broker:
    """Connections as a list of names by agent; `away` says that nobody answers."""

    def __init__(self) -> None:
        self.open: dict[UUID, list[str]] = {}
        self.closed: list[UUID | str] = []
        self.away = False

    def _ask(self) -> None:
        if self.away:
            raise ConnectionsAway("nobody answers")

    async def count(self, agent_id: UUID) -> int:
        self._ask()
        return len(self.open.get(agent_id, []))

    async def close_all(self, agent_id: UUID) -> None:
        self._ask()
        self.open.pop(agent_id, None)
        self.closed.append(agent_id)

    async def close(self, name: str) -> None:
        self._ask()
        self.closed.append(name)

    async def listed(self) -> dict[UUID, list[str]]:
        self._ask()
        return dict(self.open)

    async def stop(self) -> None:
        """Nothing to let go."""


@pytest.fixture
def broker():
    return Broker()


@pytest.fixture
async def cutoff(world, broker):
    """One that does nothing by itself, in place of the world's own, which has no broker."""
    await world.cutoff.stop()
    agents = Agents(world.database, world.gate, world.clock)
    return Cutoff(world.database, agents, broker, world.clock, world.settings)


@pytest.fixture
async def agent(world, broker):
    made = await make(world, "anna")
    assert await made.log_in() == "allow"
    broker.open[made.id] = ["first"]
    return made


async def note(world, cutoff, agent, *, failing=False, **marks):
    actor = TeamsCaller.of({agent.team})
    async with world.database.write(actor) as connection:
        await cutoff.note(actor, connection, **marks)
        if failing:
            raise ValueError("at last")


async def test_an_agent_is_cut_off_by_every_mark_of_its_token(world, cutoff, broker, agent):
    token, user, team = agent.token["id"], agent.user, agent.team
    for marks in (
        {"token_id": token},
        {"user_id": user},
        {"team_id": team},
        {"user_id": user, "team_id": team},
        {"agent_id": agent.id},
    ):
        broker.closed.clear()
        await note(world, cutoff, agent, **marks)
        await cutoff.work()
        assert broker.closed == [agent.id], marks


async def test_nobody_else_is(world, cutoff, broker, agent):
    for marks in (
        {"token_id": "another"},
        {"user_id": agent.team},
        {"team_id": agent.user},
        {"user_id": agent.user, "team_id": agent.user},
        {},
    ):
        await note(world, cutoff, agent, **marks)
    await cutoff.work()
    assert broker.closed == []


async def test_every_token_it_ever_brought_counts(world, cutoff, broker, agent):
    """Who came with the first may still be connected with it."""
    first, agent.token = agent.token, await world.token(agent.owner, "agent")
    world.clock.advance(1)
    assert await agent.log_in() == "allow"
    await note(world, cutoff, agent, token_id=first["id"])
    await cutoff.work()
    assert broker.closed == [agent.id]


async def test_it_is_done_once_more_when_no_older_rights_can_be_held_on_to(world, cutoff, broker, agent):
    await agent.owner.delete(f"/api/auth/tokens/{agent.token['id']}")
    await note(world, cutoff, agent, token_id=agent.token["id"])
    await cutoff.work()
    await cutoff.work()
    assert broker.closed == [agent.id]
    world.clock.advance(world.settings.rights_cache_seconds + world.settings.connection_opens_seconds)
    await cutoff.work()
    await cutoff.work()
    assert broker.closed == [agent.id] * 2


async def test_who_came_back_with_another_token_meanwhile_stays(world, cutoff, broker, agent):
    await note(world, cutoff, agent, token_id=agent.token["id"])
    await cutoff.work()
    agent.token = await world.token(agent.owner, "agent")
    world.clock.advance(60)
    assert await agent.log_in() == "allow"
    await cutoff.work()
    assert broker.closed == [agent.id]


async def test_what_is_noted_waits_for_a_broker_that_is_away(world, cutoff, broker, agent):
    """Also for a process that ended in between: the note is in the database."""
    broker.away = True
    await note(world, cutoff, agent, token_id=agent.token["id"])
    for _ in range(3):
        with pytest.raises(ConnectionsAway):
            await cutoff.work()
    broker.away = False
    agents = Agents(world.database, world.gate, world.clock)
    another = Cutoff(world.database, agents, broker, world.clock, world.settings)
    await another.work()
    assert broker.closed == [agent.id]


async def test_what_was_rolled_back_cuts_nobody_off(world, cutoff, broker, agent):
    with pytest.raises(ValueError, match="at last"):
        await note(world, cutoff, agent, team_id=agent.team, failing=True)
    await cutoff.work()
    assert broker.closed == []


async def test_the_sweep_finds_a_token_that_ended_by_its_time(world, cutoff, broker, agent):
    await cutoff.work()
    assert broker.closed == []
    world.clock.advance(world.settings.api_token_days * 86_400)
    await cutoff.work()
    assert broker.closed == [agent.id]


async def test_the_sweep_finds_who_is_unknown(world, cutoff, broker, agent):
    broker.open[UUID(int=7)] = ["stranger"]
    await cutoff.work()
    assert broker.closed == [UUID(int=7)]


async def test_the_sweep_closes_what_is_too_much(world, cutoff, broker, agent):
    broker.open[agent.id] = ["first", "second", "third", "fourth"]
    await cutoff.work()
    assert broker.closed == ["third", "fourth"]


async def test_the_sweep_comes_round_in_its_time(world, cutoff, broker, agent):
    await cutoff.work()
    broker.open[UUID(int=7)] = ["stranger"]
    world.clock.advance(world.settings.cut_sweep_seconds - 1)
    await cutoff.work()
    assert broker.closed == []
    world.clock.advance(1)
    await cutoff.work()
    assert broker.closed == [UUID(int=7)]
