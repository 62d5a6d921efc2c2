"""A real broker asks the auth service about agents."""

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import aio_pika
import pytest
import uvicorn
from aio_pika.exceptions import AMQPConnectionError
from aiormq.exceptions import ChannelAccessRefused

from services.contracts.topology import AGENTS, COMMANDS, EVENTS
from tests.services.auth.api.test_broker import Agent, make
from tests.services.auth.world import World, open_world

SECRETS = {"jwt_secret": "j" * 32, "internal_secret": "i" * 32}


@pytest.fixture
async def world(amqp_url, rabbitmq, tmp_path):
    """The auth service where the broker asks, and the exchanges of production."""
    database = f"sqlite:///{tmp_path / 'auth.db'}"
    async with open_world(database, tmp_path, bus_url=amqp_url, **SECRETS) as opened:
        config = uvicorn.Config(
            opened.app, port=rabbitmq.auth_port, lifespan="off", ws="none", log_config=None
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        async with await aio_pika.connect(amqp_url) as connection:
            channel = await connection.channel()
            for exchange in (AGENTS, EVENTS, COMMANDS):
                await channel.declare_exchange(exchange.name, exchange.kind, durable=True)
            yield opened
        server.should_exit = True
        await serving


@pytest.fixture
async def agent(world: World, amqp_url):
    """An agent, and its command queue as ingest declares it."""
    made = await make(world, "anna")
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        await channel.declare_queue("ingest.reports", durable=True)
        await (await channel.get_queue("ingest.reports")).bind(AGENTS.name, "report.#")
        await channel.declare_queue(f"commands.{made.id}", durable=True)
        await channel.declare_queue("commands.other", durable=True)
        yield made


@asynccontextmanager
async def connected(amqp_url, agent: Agent, password: str | None = None):
    parts = urlsplit(amqp_url)
    connection = await aio_pika.connect(
        host=parts.hostname,
        port=parts.port,
        login=str(agent.id),
        password=password or agent.token["token"],
        virtualhost=parts.path.removeprefix("/"),
    )
    async with connection:
        yield await connection.channel(publisher_confirms=True)


async def publish(channel, exchange: str, key: str) -> None:
    chosen = await channel.get_exchange(exchange, ensure=False)
    await chosen.publish(aio_pika.Message(b"{}"), key, mandatory=False, timeout=10)


async def ignore(_message) -> None:
    """Take a message that the test does not look at."""


async def test_an_agent_reports_under_its_own_key(amqp_url, agent):
    async with connected(amqp_url, agent) as channel:
        await publish(channel, AGENTS.name, agent.key)
        queue = await channel.get_queue(f"commands.{agent.id}", ensure=False)
        await queue.consume(ignore)
    async with await aio_pika.connect(amqp_url) as connection:
        reports = await (await connection.channel()).get_queue("ingest.reports")
        message = await reports.get(no_ack=True)
    assert message.routing_key == agent.key


@pytest.mark.parametrize("exchange", ["", "commands", "events", "amq.topic"])
async def test_an_agent_writes_to_no_other_exchange(amqp_url, agent, exchange):
    async with connected(amqp_url, agent) as channel:
        with pytest.raises(ChannelAccessRefused):
            await publish(channel, exchange, agent.key)


async def test_an_agent_writes_no_other_key(amqp_url, agent):
    for key in (agent.key + ".x", f"report.{agent.team}.{uuid4()}.{agent.id}", "report.a.b.c"):
        async with connected(amqp_url, agent) as channel:
            with pytest.raises(ChannelAccessRefused):
                await publish(channel, AGENTS.name, key)


@pytest.mark.parametrize("name", ["ingest.reports", "commands.other"])
async def test_an_agent_reads_no_other_queue(amqp_url, agent, name):
    async with connected(amqp_url, agent) as channel:
        queue = await channel.get_queue(name, ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.consume(ignore)


async def test_an_agent_declares_and_binds_nothing(amqp_url, agent):
    async with connected(amqp_url, agent) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue(f"commands.{agent.id}", durable=True)
    async with connected(amqp_url, agent) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_exchange("mine", "topic")
    async with connected(amqp_url, agent) as channel:
        queue = await channel.get_queue(f"commands.{agent.id}", ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.bind(AGENTS.name, "report.#")


async def test_a_wrong_or_revoked_token_does_not_connect(amqp_url, agent):
    with pytest.raises(AMQPConnectionError):
        async with connected(amqp_url, agent, "lsm_wrong"):
            pass
    await agent.owner.delete(f"/api/auth/tokens/{agent.token['id']}")
    with pytest.raises(AMQPConnectionError):
        async with connected(amqp_url, agent):
            pass
