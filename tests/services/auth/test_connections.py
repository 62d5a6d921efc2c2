"""Connections at a real broker: counted at once, listed soon, closed; and what is no answer."""

import contextlib
from uuid import uuid4

import httpx
import pytest

from services.auth.connections import (
    ConnectionsAway,
    ManagedConnections,
    NoConnections,
    open_connections,
    virtual_host,
)
from services.runtime.settings import Settings
from tests.services.auth.api.test_broker import make
from tests.services.auth.brokered import brokered, cut, open_as
from tests.support.waiting import eventually

SECRET = {"internal_secret": "i" * 32}


@pytest.fixture
async def world(amqp_url, rabbitmq, tmp_path):
    async with brokered(amqp_url, rabbitmq, tmp_path) as opened:
        yield opened


@pytest.fixture
async def connections(amqp_url, rabbitmq):
    made = ManagedConnections(rabbitmq.connections_url, virtual_host(amqp_url), 20)
    yield made
    await made.stop()


@pytest.mark.servers
async def test_they_are_counted_listed_and_closed(amqp_url, world, connections):
    agent = await make(world, "anna")
    assert await connections.count(agent.id) == 0
    first, second = [await open_as(amqp_url, agent) for _ in range(2)]
    assert await connections.count(agent.id) == 2

    async def is_listed():
        return len((await connections.listed()).get(agent.id, ())) == 2

    await eventually(is_listed)
    assert set(await connections.listed()) == {agent.id}  # the services' own are none of an agent's
    oldest, newest = (await connections.listed())[agent.id]
    await connections.close(newest)
    await cut(second)
    assert await connections.count(agent.id) == 1
    await connections.close(oldest)
    await cut(first)
    await connections.close(oldest)

    both = [await open_as(amqp_url, agent) for _ in range(2)]
    await connections.close_all(agent.id)
    for one in both:
        await cut(one)

    async def closes_none():
        # RabbitMQ may answer 500 while a connection of the name is still ending.
        with contextlib.suppress(ConnectionsAway):
            await connections.close_all(agent.id)
            return True
        return False

    await eventually(closes_none)
    assert await connections.count(agent.id) == 0


@pytest.mark.servers
async def test_agents_of_another_virtual_host_are_another_deployments(rabbitmq, amqp_url, world):
    elsewhere = ManagedConnections(rabbitmq.connections_url, "elsewhere", 20)
    agent = await make(world, "anna")
    async with await open_as(amqp_url, agent):
        here = ManagedConnections(rabbitmq.connections_url, virtual_host(amqp_url), 20)

        async def is_listed():
            return agent.id in await here.listed()

        await eventually(is_listed)
        assert await elsewhere.listed() == {}
        await here.stop()
        await elsewhere.stop()


@pytest.mark.servers
async def test_an_account_that_may_not_close_is_told_so(rabbitmq, amqp_url):
    weak = httpx.URL(rabbitmq.connections_url).copy_with(username="services", password="guess")
    connections = ManagedConnections(str(weak), virtual_host(amqp_url), 20)
    for call in (connections.count(uuid4()), connections.close_all(uuid4()), connections.listed()):
        with pytest.raises(ConnectionsAway, match="answers 401"):
            await call
    await connections.stop()


async def test_nobody_there():
    connections = ManagedConnections("http://management:secret@127.0.0.1:9", "/", 5)
    for call in (connections.count(uuid4()), connections.close("x"), connections.listed()):
        with pytest.raises(ConnectionsAway) as caught:
            await call
        assert "secret" not in str(caught.value)
    await connections.stop()


async def test_without_a_broker_there_are_none():
    connections = open_connections(Settings())
    assert isinstance(connections, NoConnections)
    await connections.close_all(uuid4())
    await connections.close("x")
    assert (await connections.count(uuid4()), await connections.listed()) == (0, {})
    await connections.stop()


def test_with_a_broker_somebody_must_say_where_its_management_is():
    with pytest.raises(ValueError, match="MANAGEMENT_URL must say"):
        open_connections(Settings(bus_url="amqp://broker/", **SECRET))


@pytest.mark.parametrize(
    "url", ["rabbitmq:15672", "http://rabbitmq:15672", "amqp://a:b@rabbitmq", "http://a@b"]
)
def test_its_address_names_an_account(url):
    with pytest.raises(ValueError, match="with a name and a password"):
        Settings(management_url=url)


@pytest.mark.parametrize(
    ("url", "vhost"),
    [("amqp://a:b@c", "/"), ("amqp://a:b@c/", "/"), ("amqp://c/%2F", "/"), ("amqp://c/x", "x")],
)
def test_the_virtual_host(url, vhost):
    assert virtual_host(url) == vhost
