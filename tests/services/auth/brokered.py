"""Agents at a real broker, which asks the auth service about them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import uvicorn
from aio_pika.abc import AbstractChannel, AbstractConnection

from services.contracts.topology import AGENTS, COMMANDS, EVENTS
from tests.services.auth.api.test_broker import Agent
from tests.services.auth.world import World, open_world
from tests.support.servers.rabbitmq import RabbitMQ

SECRETS = {"jwt_secret": "j" * 32, "internal_secret": "i" * 32}
REPORTS = "ingest.reports"
# Promised are two seconds, which `make bench` measures; this bound is for a machine that has much else to do.
SECONDS = 30


@asynccontextmanager
async def brokered(amqp_url: str, rabbitmq: RabbitMQ, folder: Path, **changes: Any) -> AsyncIterator[World]:
    """The auth service where the broker asks, and the exchanges of production."""
    settings = {"bus_url": amqp_url, "management_url": rabbitmq.connections_url} | SECRETS | changes
    async with open_world(f"sqlite:///{folder / 'auth.db'}", folder, **settings) as opened:
        config = uvicorn.Config(
            opened.app, port=rabbitmq.auth_port, lifespan="off", ws="none", log_config=None
        )
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        async with await aio_pika.connect(amqp_url) as connection:
            channel = await connection.channel()
            for exchange in (AGENTS, EVENTS, COMMANDS):
                await channel.declare_exchange(exchange.name, exchange.kind, durable=True)
            queue = await channel.declare_queue(REPORTS, durable=True)
            await queue.bind(AGENTS.name, "report.#")
        yield opened
        server.should_exit = True
        await serving


async def command_queue(amqp_url: str, agent: Agent) -> None:
    """Declare an agent's command queue, as ingest does."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(f"commands.{agent.id}", durable=True)
        await queue.bind(COMMANDS.name, str(agent.id))


async def open_as(amqp_url: str, agent: Agent, password: str | None = None) -> AbstractConnection:
    """A connection of an agent's, with its token. Whoever opens it closes it."""
    # Time stands still here, and all that ever connected would seem to do so at this moment.
    agent.world.clock.advance(agent.world.settings.connection_opens_seconds)
    parts = urlsplit(amqp_url)
    return await aio_pika.connect(
        host=parts.hostname,
        port=parts.port,
        login=str(agent.id),
        password=password or agent.token["token"],
        virtualhost=parts.path.removeprefix("/"),
    )


async def cut(connection: AbstractConnection) -> None:
    """Wait until the broker has closed it, then let go of what its driver holds."""
    assert connection.transport is not None
    async with asyncio.timeout(SECONDS):
        await asyncio.wait({connection.transport.connection.closing})
    await connection.close()


@asynccontextmanager
async def connected(
    amqp_url: str, agent: Agent, password: str | None = None
) -> AsyncIterator[AbstractChannel]:
    """A channel with confirms in a connection of an agent's."""
    async with await open_as(amqp_url, agent, password) as connection:
        yield await connection.channel(publisher_confirms=True)


async def publish(
    channel: AbstractChannel, exchange: str, key: str, message: aio_pika.Message | None = None
) -> None:
    chosen = await channel.get_exchange(exchange, ensure=False)
    await chosen.publish(message or aio_pika.Message(b"{}"), key, mandatory=False, timeout=10)


async def held(amqp_url: str, queue: str) -> list[str]:
    """Take all there is in a queue; answers the routing keys."""
    keys: list[str] = []
    async with await aio_pika.connect(amqp_url) as connection:
        found = await (await connection.channel()).get_queue(queue)
        while message := await found.get(no_ack=True, fail=False):
            keys.append(message.routing_key or "")
    return keys
