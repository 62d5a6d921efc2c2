"""The broker's configuration keeps the promises of every queue the product has."""

import asyncio
import contextlib
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import aiormq
import pytest
from pamqp import commands, frame

from services.contracts.topology import QUEUES
from tests.support.servers.broker import DEFINITIONS, Broker, vhost_of
from tests.support.servers.process import wait_until
from tests.support.servers.rabbitmq import RabbitMQ
from tests.support.servers.template import INFRA, render

POLICIES: list[dict[str, Any]] = json.loads(DEFINITIONS.read_text())["policies"]


def policy_of(queue: str) -> dict[str, Any]:
    matching = [policy for policy in POLICIES if re.search(policy["pattern"], queue)]
    assert len(matching) == 1, f"{queue} has {len(matching)} policies"
    definition: dict[str, Any] = matching[0]["definition"]
    return definition


@pytest.mark.parametrize("queue", [queue.name for queue in QUEUES])
def test_every_queue_keeps_what_it_cannot_handle(queue: str) -> None:
    assert policy_of(queue) == {
        "delivery-limit": 50,
        "dead-letter-exchange": "dead",
        "dead-letter-routing-key": queue,
        "dead-letter-strategy": "at-least-once",
        "overflow": "reject-publish",
        "max-length-bytes": 2 * 1024**3,
    }


@pytest.mark.parametrize("queue", [queue.name for queue in QUEUES])
def test_dead_letters_stay_fourteen_days(queue: str) -> None:
    definition = policy_of(f"dead.{queue}")
    assert definition["message-ttl"] == 14 * 24 * 3600 * 1000
    assert "dead-letter-exchange" not in definition


def test_a_command_that_nobody_fetched_goes_after_ten_minutes() -> None:
    assert policy_of("commands.7c1d")["message-ttl"] == 600_000


def test_no_account_exists_but_those_of_the_product(rabbitmq: RabbitMQ) -> None:
    """`management` may use no queue; closing others' connections takes an administrator."""
    users = {user["name"]: user["tags"] for user in rabbitmq.broker.call("GET", "/users")}
    assert users == {"services": [], "management": ["administrator"], "operator": ["administrator"]}
    allowed = {each["user"] for each in rabbitmq.broker.call("GET", "/permissions") if each["vhost"] == "/"}
    assert allowed == {"services", "operator"}


@pytest.mark.parametrize("account", ["guest:guest", "guest:", "services:", "services:guest", "management:x"])
async def test_no_password_is_known(rabbitmq: RabbitMQ, account: str) -> None:
    with pytest.raises(aio_pika.exceptions.ProbableAuthenticationError):
        await aio_pika.connect(f"amqp://{account}@127.0.0.1:{rabbitmq.port}/")


async def test_the_account_for_connections_carries_no_messages(rabbitmq: RabbitMQ) -> None:
    account = urlsplit(rabbitmq.connections_url).netloc.split("@")[0]
    # Its driver calls a refusal of the virtual host a frame out of place.
    with pytest.raises((aio_pika.exceptions.AMQPError, aiormq.exceptions.InvalidFrameError)):
        await aio_pika.connect(f"amqp://{account}@127.0.0.1:{rabbitmq.port}/")


async def test_a_connection_has_sixteen_channels_at_most(amqp_url: str) -> None:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        for _ in range(16):
            await connection.channel()
        with pytest.raises((aio_pika.exceptions.AMQPError, RuntimeError)):
            await connection.channel()


async def begun(rabbitmq: RabbitMQ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that the broker has asked who it is."""
    reader, writer = await asyncio.open_connection("127.0.0.1", rabbitmq.port)
    writer.write(b"AMQP\x00\x00\x09\x01")
    _, _, asked = frame.unmarshal(await reader.read(4096))
    assert isinstance(asked, commands.Connection.Start)
    return reader, writer


async def test_the_broker_wants_a_sign_of_life_every_ten_seconds(rabbitmq: RabbitMQ) -> None:
    account = urlsplit(rabbitmq.url)
    reader, writer = await begun(rabbitmq)
    login = commands.Connection.StartOk(response=f"\0{account.username}\0{account.password}")
    writer.write(frame.marshal(login, 0))
    _, _, offered = frame.unmarshal(await reader.read(4096))
    writer.close()
    assert isinstance(offered, commands.Connection.Tune)
    assert (offered.heartbeat, offered.channel_max) == (10, 16)


async def test_who_does_not_say_who_they_are_is_let_go(rabbitmq: RabbitMQ) -> None:
    """The handshake has ten seconds; the limit here is only for a broker that never lets go."""
    reader, writer = await begun(rabbitmq)
    async with asyncio.timeout(60):
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()


async def test_the_broker_applies_the_policy_to_a_declared_queue(broker: Broker, amqp_url: str) -> None:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        assert connection.transport is not None
        assert connection.transport.connection.connection_tune.channel_max == 16
        await channel.declare_queue("ingest.reports", durable=True, arguments={"x-queue-type": "quorum"})
    path = f"/queues/{vhost_of(amqp_url)}/ingest.reports"

    def applied() -> bool:
        found: object = broker.call("GET", path).get("effective_policy_definition")
        return found == policy_of("ingest.reports")

    assert await asyncio.to_thread(wait_until, applied, 20)


async def test_the_broker_refuses_a_message_over_a_mebibyte(amqp_url: str) -> None:
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        await channel.declare_queue("any", durable=True, arguments={"x-queue-type": "quorum"})
        with pytest.raises(aio_pika.exceptions.ChannelPreconditionFailed):
            await channel.default_exchange.publish(aio_pika.Message(bytes(1024**2 + 1)), "any")


async def test_who_the_auth_service_does_not_know_cannot_log_in(amqp_url: str) -> None:
    """Nothing answers at the private broker's `auth_port`, so an agent is refused, not let in."""
    agent = amqp_url.replace(amqp_url.split("@", 1)[0], "amqp://some-agent:lsm_token")
    with pytest.raises(aio_pika.exceptions.ProbableAuthenticationError):
        await aio_pika.connect(agent)


@pytest.mark.parametrize("door", ["plain", "tls"])
def test_the_container_fills_in_what_the_tests_fill_in(tmp_path: Path, door: str) -> None:
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    for name in ("certificate.pem", "key.pem"):
        (mounted / name).write_text(name)
    values = {
        "AMQP_ADDRESS": "0.0.0.0",
        "AMQP_PORT": "5672",
        "AMQPS_PORT": "5671",
        "DOOR": door,
        "TLS_FOLDER": str(mounted),
        "MANAGEMENT_ADDRESS": "0.0.0.0",
        "MANAGEMENT_PORT": "15672",
        "PROMETHEUS_PORT": "15692",
        "AUTH_URL": "http://auth:8000",
        "DEFINITIONS_FILE": f"{tmp_path}/definitions.json",
        "SERVICES_PASSWORD": "a1",
        "MANAGEMENT_PASSWORD": "c3",
        "OPERATOR_PASSWORD": "b2",
    }
    folder = INFRA / "rabbitmq"
    environment = {"PATH": os.environ["PATH"], "TEMPLATES": str(folder), "TARGET": str(tmp_path), **values}
    done = subprocess.run(
        [folder / "start.sh", "echo", "started"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "started\n"
    filled = values | {"TLS_FOLDER": f"{tmp_path}/tls"}
    names = ("rabbitmq.conf.template", f"doors/{door}.conf.template")
    configuration = "".join(render(folder / name, filled) for name in names)
    assert (tmp_path / "rabbitmq.conf").read_text() == configuration
    definitions = render(folder / "definitions.json.template", values)
    assert (tmp_path / "definitions.json").read_text() == definitions
    copied = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.glob("tls/*")}
    assert copied == (dict.fromkeys(("certificate.pem", "key.pem"), 0) if door == "tls" else {})

    file = tmp_path / "password"
    file.write_text(environment.pop("OPERATOR_PASSWORD") + "\n")
    filed = environment | {"OPERATOR_PASSWORD_FILE": str(file)}
    subprocess.run([folder / "start.sh", "true"], env=filed, check=True)
    assert (tmp_path / "definitions.json").read_text() == definitions

    for wrong in (
        filed | {"SERVICES_PASSWORD": 'quote"'},
        filed | {"SERVICES_PASSWORD": ""},
        filed | {"SERVICES_PASSWORD_FILE": str(file)},
        {name: value for name, value in filed.items() if name != "SERVICES_PASSWORD"},
    ):
        weak = subprocess.run(
            [folder / "start.sh", "echo", "started"], env=wrong, capture_output=True, text=True, check=False
        )
        assert (weak.returncode, weak.stdout) == (1, "")
        assert "SERVICES_PASSWORD" in weak.stderr
