"""The private servers do what the tests that use them rely on."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import asyncpg
import psutil
import pytest
from redis.asyncio import Redis as Client

from tests.support.servers import ports
from tests.support.servers.broker import Broker
from tests.support.servers.postgres import Postgres
from tests.support.servers.process import wait_until
from tests.support.servers.programs import ProgramMissingError, find
from tests.support.servers.rabbitmq import RabbitMQ
from tests.support.servers.redis import DATABASES, Redis, ask


async def quorum_queue(url: str, name: str) -> None:
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})


async def test_two_virtual_hosts_share_nothing(broker: Broker, amqp_url: str) -> None:
    other = broker.create_vhost()
    await quorum_queue(amqp_url, "mine")
    connection = await aio_pika.connect(other)
    async with connection:
        channel = await connection.channel()
        with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
            await channel.declare_queue("mine", passive=True)
    broker.delete_vhost(other)


async def test_a_queue_keeps_its_messages_through_a_kill_of_the_broker(
    rabbitmq: RabbitMQ, amqp_url: str
) -> None:
    await quorum_queue(amqp_url, "kept")
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        message = aio_pika.Message(b"still here", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")
    await asyncio.to_thread(rabbitmq.settle)
    await asyncio.to_thread(rabbitmq.kill)
    assert not ports.accepts(rabbitmq.port)
    await asyncio.to_thread(rabbitmq.start)
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("kept", passive=True)
        delivery = await queue.get(timeout=60)
        assert delivery.body == b"still here"
        await delivery.ack()


async def test_what_is_refused_goes_to_the_dead_letters(broker: Broker, amqp_url: str) -> None:
    broker.apply_policy(amqp_url, "work", delivery_limit=2)
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        dead = await channel.declare_exchange("dead", "direct", durable=True)
        letters = await channel.declare_queue("dead.work", durable=True, arguments={"x-queue-type": "quorum"})
        await letters.bind(dead, "work")
        work = await channel.declare_queue("work", durable=True, arguments={"x-queue-type": "quorum"})
        await channel.default_exchange.publish(aio_pika.Message(b"poison"), "work")
        delivered = asyncio.Queue[aio_pika.abc.AbstractIncomingMessage]()
        await work.consume(delivered.put)
        await (await asyncio.wait_for(delivered.get(), 60)).reject(requeue=False)
        letter = asyncio.Queue[aio_pika.abc.AbstractIncomingMessage]()
        await letters.consume(letter.put)
        found = await asyncio.wait_for(letter.get(), 60)
        await found.ack()
        assert found.body == b"poison"
        assert found.headers["x-first-death-reason"] == "rejected"


async def test_guest_cannot_log_in(amqp_url: str) -> None:
    with pytest.raises(aio_pika.exceptions.ProbableAuthenticationError):
        await aio_pika.connect(amqp_url.replace(amqp_url.split("@", 1)[0], "amqp://guest:guest"))


async def test_every_database_is_empty_and_its_role_is_no_superuser(
    postgres: Postgres, postgres_url: str
) -> None:
    connection = await asyncpg.connect(postgres_url)
    try:
        assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
        role = await connection.fetchrow(
            "select rolsuper, rolbypassrls from pg_roles where rolname = current_user"
        )
        assert tuple(role) == (False, False)
        await connection.execute("create table things (id int)")
    finally:
        await connection.close()


async def test_postgres_comes_back_after_a_kill_with_what_was_committed(
    postgres: Postgres, postgres_url: str
) -> None:
    connection = await asyncpg.connect(postgres_url)
    await connection.execute("create table things (id int); insert into things values (7)")
    await asyncio.to_thread(postgres.kill)
    connection.terminate()
    await asyncio.to_thread(postgres.start)
    connection = await asyncpg.connect(postgres_url)
    assert await connection.fetchval("select id from things") == 7
    await connection.close()


async def test_redis_databases_are_empty_each_time(redis_server: Redis, redis_url: str) -> None:
    client = Client.from_url(redis_url)
    await client.set("key", "value")
    await client.aclose()
    number = next(n for n, url in fresh_databases(redis_server) if url == redis_url)
    assert ask(redis_server.port, f"SELECT {number}", "DBSIZE") == ":0"


def fresh_databases(server: Redis) -> Iterator[tuple[int, str]]:
    """Each of the server's databases in its turn, emptied."""
    for _ in range(DATABASES):
        url = server.fresh_database()
        yield int(url.rpartition("/")[2]), url


def test_a_frozen_server_is_open_and_silent(redis_server: Redis) -> None:
    redis_server.freeze()
    assert ports.accepts(redis_server.port)
    with pytest.raises(TimeoutError):
        ask(redis_server.port, "PING", seconds=0.2)
    redis_server.thaw()
    assert wait_until(redis_server.ready, 60)


def test_a_missing_program_names_the_remedy() -> None:
    with pytest.raises(ProgramMissingError, match="make servers"):
        find("no-such-program")


def test_ports_are_never_handed_out_twice() -> None:
    handed = [ports.free_port() for _ in range(50)]
    assert len(set(handed)) == 50


@pytest.mark.servers
def test_a_killed_run_leaves_no_server_and_no_folder(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import time
        from tests.support.servers.redis import Redis
        server = Redis()
        server.start()
        print(server.pid, server.folder, flush=True)
        time.sleep(600)
    """)
    run = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    pid, folder = run.stdout.readline().split()
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    run.stdout.close()
    assert wait_until(lambda: not psutil.pid_exists(int(pid)) and not Path(folder).exists(), 60)
