"""The broker's configuration keeps the promises of every queue the product has."""

import asyncio
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import aio_pika
import pytest

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


def test_no_account_exists_but_the_two_of_the_product(rabbitmq: RabbitMQ) -> None:
    users = {user["name"]: user["tags"] for user in rabbitmq.broker.call("GET", "/users")}
    assert users == {"services": [], "operator": ["administrator"]}


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


def test_the_container_fills_in_what_the_tests_fill_in(tmp_path: Path) -> None:
    values = {
        "AMQP_ADDRESS": "0.0.0.0",
        "AMQP_PORT": "5672",
        "MANAGEMENT_ADDRESS": "0.0.0.0",
        "MANAGEMENT_PORT": "15672",
        "PROMETHEUS_PORT": "15692",
        "AUTH_URL": "http://auth:8000",
        "DEFINITIONS_FILE": f"{tmp_path}/definitions.json",
        "SERVICES_PASSWORD": "a1",
        "OPERATOR_PASSWORD": "b2",
    }
    folder = INFRA / "rabbitmq"
    environment = {"PATH": os.environ["PATH"], "TEMPLATES": str(folder), "TARGET": str(tmp_path), **values}
    done = subprocess.run(
        [folder / "start.sh", "echo", "started"], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "started\n"
    for name in ("rabbitmq.conf", "definitions.json"):
        assert (tmp_path / name).read_text() == render(folder / f"{name}.template", values)

    weak = subprocess.run(
        [folder / "start.sh", "echo", "started"],
        env={**environment, "SERVICES_PASSWORD": 'quote"'},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (weak.returncode, weak.stdout) == (1, "")
    assert "SERVICES_PASSWORD" in weak.stderr
