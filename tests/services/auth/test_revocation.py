"""Whatever ends an agent's rights ends its open connection at the broker, and nobody else's."""

import asyncio
import contextlib

import pytest
from aio_pika.exceptions import AMQPConnectionError

from services.contracts.topology import AGENTS
from tests.services.auth.api.test_broker import Agent, make
from tests.services.auth.brokered import (
    REPORTS,
    brokered,
    connected,
    cut,
    held,
    open_as,
    publish,
)
from tests.services.auth.world import PASSWORD

pytestmark = pytest.mark.servers


@pytest.fixture
async def world(amqp_url, rabbitmq, tmp_path):
    async with brokered(amqp_url, rabbitmq, tmp_path) as opened:
        yield opened


@pytest.fixture
async def admin(world):
    return await make(world, "anna")


@pytest.fixture
async def member(world, admin):
    """An agent of a member of the admin's team."""
    invited = await admin.owner.post(f"/api/teams/{admin.team}/invites", json={"role": "member"})
    owner, body = await world.register("ben", team_name=None, invite=invited.json()["invite"])
    return Agent(world, owner, body, await world.token(owner, "agent"))


async def revoke(admin, member):
    return await member.owner.delete(f"/api/auth/tokens/{member.token['id']}")


async def remove(admin, member):
    return await admin.owner.delete(f"/api/teams/{admin.team}/members/{member.user}")


async def leave(admin, member):
    return await member.owner.delete(f"/api/teams/{admin.team}/members/{member.user}")


async def degrade(admin, member):
    path = f"/api/teams/{admin.team}/members/{member.user}"
    return await admin.owner.put(path, json={"role": "viewer"})


async def end_team(admin, member):
    return await admin.owner.delete(f"/api/teams/{admin.team}")


async def end_account(admin, member):
    return await member.owner.request("DELETE", "/api/auth/me", json={"password": PASSWORD})


@pytest.mark.parametrize("deed", [revoke, remove, leave, degrade, end_team, end_account])
async def test_the_connection_is_cut(amqp_url, admin, member, deed):
    connection = await open_as(amqp_url, member)
    channel = await connection.channel(publisher_confirms=True)
    await publish(channel, AGENTS.name, member.key)  # the channel remembers from now on that it may
    answer = await deed(admin, member)
    assert answer.is_success, answer.text
    await cut(connection)
    with pytest.raises(AMQPConnectionError):
        await open_as(amqp_url, member)
    assert await held(amqp_url, REPORTS) == [member.key]


async def test_everybody_elses_stays(amqp_url, admin, member):
    async with connected(amqp_url, admin) as channel:
        await publish(channel, AGENTS.name, admin.key)
        connection = await open_as(amqp_url, member)
        assert (await revoke(admin, member)).status_code == 204
        await cut(connection)
        await publish(channel, AGENTS.name, admin.key)
    assert await held(amqp_url, REPORTS) == [admin.key] * 2


async def test_a_change_that_ends_nothing_cuts_nothing(amqp_url, admin, member):
    async with connected(amqp_url, member) as channel:
        path = f"/api/teams/{admin.team}/members/{member.user}"
        assert (await admin.owner.put(path, json={"role": "admin"})).status_code == 200
        assert (await member.owner.put("/api/auth/me", json={"username": "benedict"})).status_code == 200
        await publish(channel, AGENTS.name, member.key)


async def test_an_agent_that_is_revoked_while_it_publishes_gets_no_further(amqp_url, admin, member):
    """Whatever it tries, over a channel that remembers, a new channel, or a new connection."""
    connection = await open_as(amqp_url, member)
    channel = await connection.channel(publisher_confirms=True)
    going = asyncio.Event()

    async def go_on():
        with contextlib.suppress(Exception):
            while True:
                await publish(channel, AGENTS.name, member.key)
                going.set()

    publishing = asyncio.create_task(go_on())
    await going.wait()
    assert (await revoke(admin, member)).status_code == 204
    await cut(connection)
    await publishing
    await held(amqp_url, REPORTS)
    with pytest.raises(AMQPConnectionError):
        await open_as(amqp_url, member)
    assert await held(amqp_url, REPORTS) == []


async def test_a_third_connection_is_refused(amqp_url, admin, member):
    first, second = [await open_as(amqp_url, member) for _ in range(2)]
    with pytest.raises(AMQPConnectionError):
        await open_as(amqp_url, member)
    async with await open_as(amqp_url, admin):
        await first.close()
    third = await open_as(amqp_url, member)
    for one in (second, third):
        await one.close()
