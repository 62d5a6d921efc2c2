"""Ingest tells that a machine was revoked: its tokens end, and it is cut off at the broker."""

import asyncio
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.auth.agents import Agents
from services.auth.announcer import Announcer
from services.auth.audit import AuditLog
from services.auth.cutoff import Cutoff
from services.auth.machines import MachineConsumer
from services.auth.store import broker as store
from services.auth.tables import audit_entries
from services.contracts.agents import AgentRevoked
from services.runtime.bus import Message
from tests.services.auth.api.test_broker import make
from tests.services.auth.test_cutoff import Broker
from tests.support.rows import every_row
from tests.support.waiting import held_up


@pytest.fixture
def broker():
    return Broker()


@pytest.fixture
async def cutoff(world, broker):
    await world.cutoff.stop()
    agents = Agents(world.database, world.gate, world.clock)
    return Cutoff(world.database, agents, broker, world.clock, world.settings)


@pytest.fixture
def consumer(world, cutoff):
    announcer = Announcer(None, world.fanout, world.rights, cutoff, world.clock)
    return MachineConsumer(world.database, announcer, AuditLog(world.clock), world.clock)


def told(agent, world, **changes):
    facts = {
        "event_id": uuid4(),
        "team_id": agent.team,
        "user_id": agent.user,
        "agent_id": agent.id,
        "token_ids": [agent.token["id"]],
        "actor_id": agent.user,
        "at": world.clock.now(),
    }
    body = AgentRevoked(**facts | changes).model_dump_json().encode()
    return Message("agent.revoked", body)


async def live(agent):
    return {one["id"] for one in (await agent.owner.get("/api/auth/tokens")).json()["items"]}


async def test_its_tokens_end_and_it_is_cut_off(world, consumer, cutoff, broker):
    agent = await make(world, "anna")
    other = await world.token(agent.owner, "agent")
    assert await agent.log_in() == "allow"
    assert await consumer.handle([told(agent, world)]) == [None]
    assert await live(agent) == {other["id"]}
    assert await agent.log_in() == "deny"
    assert (await world.bearer(agent.token["token"]).get("/api/auth/me")).status_code == 401
    await cutoff.work()
    assert broker.closed == [agent.id]


async def test_what_it_brought_to_the_broker_ends_unnamed(world, consumer):
    agent = await make(world, "anna")
    assert await agent.log_in() == "allow"
    await consumer.handle([told(agent, world, token_ids=[])])
    assert await live(agent) == set()


async def test_other_agents_of_its_tokens_are_cut_off_with_it(world, consumer, cutoff, broker):
    """They cannot go on with a token that has ended."""
    agent = await make(world, "anna")
    await agent.log_in()
    await consumer.handle([told(agent, world, agent_id=uuid4())])
    await cutoff.work()
    assert agent.id in broker.closed


async def test_tokens_of_somebody_else_are_left_alone(world, consumer):
    agent, other = await make(world, "anna"), await make(world, "ben")
    ids = [agent.token["id"], other.token["id"]]
    await consumer.handle([told(agent, world, token_ids=ids)])
    assert (await live(agent), await live(other)) == (set(), {other.token["id"]})


async def test_told_twice_it_is_one_entry(world, consumer):
    agent = await make(world, "anna")
    message = told(agent, world)
    assert await consumer.handle([message, message]) == [None, None]
    async with every_row(world.database) as connection:
        query = select(audit_entries.c.target).where(audit_entries.c.action == "agent.revoked")
        assert (await connection.execute(query)).scalars().all() == [str(agent.id)]


async def test_what_it_cannot_read_goes_to_the_dead_letters_and_the_rest_is_none_of_its_own(world, consumer):
    agent = await make(world, "anna")
    unreadable, foreign = Message("agent.revoked", b"{}"), Message("agent.other", b"{}")
    first, second, third = await consumer.handle([unreadable, foreign, told(agent, world)])
    assert (first.code, second, third) == ("invalid", None, None)
    assert await live(agent) == set()


async def test_its_person_revokes_its_token_in_the_same_moment(world, consumer, monkeypatch):
    agent = await make(world, "anna")
    assert await agent.log_in() == "allow"
    begun = held_up(monkeypatch, world.database, store, "cut")
    revoking = asyncio.create_task(agent.owner.delete(f"/api/auth/tokens/{agent.token['id']}"))
    await begun()
    assert await consumer.handle([told(agent, world)]) == [None]
    assert (await revoking).status_code == 204
