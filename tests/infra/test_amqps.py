"""Agents from elsewhere reach the broker by AMQPS, with a certificate that they check."""

import shutil
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import aio_pika
import pytest

from services.runtime.host.tls import AUTHORITY, own_certificate
from tests.support.fixtures import running
from tests.support.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.servers
ADDRESS = "127.0.0.1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is mounted into the broker's container, and the authority that agents are given."""
    made = tmp_path_factory.mktemp("tls")
    certificate, key = own_certificate(made, ADDRESS)
    shutil.copy(certificate, made / "certificate.pem")
    shutil.copy(key, made / "key.pem")
    return made


@pytest.fixture(scope="module")
def broker_with_tls(folder: Path) -> Iterator[RabbitMQ]:
    yield from running(lambda: RabbitMQ(tls_folder=folder))


def secured(broker: RabbitMQ) -> str:
    return broker.url.replace("amqp://", "amqps://").replace(f":{broker.port}/", f":{broker.tls_port}/")


async def test_who_knows_its_authority_gets_in(broker_with_tls: RabbitMQ, folder: Path) -> None:
    context = ssl.create_default_context(cafile=str(folder / AUTHORITY))
    async with await aio_pika.connect(secured(broker_with_tls), ssl_context=context) as connection:
        channel = await connection.channel()
        await channel.declare_queue("any", durable=True, arguments={"x-queue-type": "quorum"})


async def test_who_does_not_sends_it_nothing(broker_with_tls: RabbitMQ) -> None:
    with pytest.raises(aio_pika.exceptions.AMQPConnectionError) as caught:
        await aio_pika.connect(secured(broker_with_tls), ssl_context=ssl.create_default_context())
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value)


def spoken(broker: RabbitMQ, folder: Path, version: ssl.TLSVersion) -> str | None:
    """What is spoken with a client that knows this version alone."""
    context = ssl.create_default_context(cafile=str(folder / AUTHORITY))
    context.set_ciphers("ALL:@SECLEVEL=0")  # so that it is the broker who refuses
    context.minimum_version = min(version, ssl.TLSVersion.TLSv1_2)
    context.maximum_version = version
    with (
        socket.create_connection((ADDRESS, broker.tls_port), 20) as plain,
        context.wrap_socket(plain, server_hostname=ADDRESS) as wrapped,
    ):
        return wrapped.version()


def test_it_speaks_new_versions_only(broker_with_tls: RabbitMQ, folder: Path) -> None:
    assert spoken(broker_with_tls, folder, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
    assert spoken(broker_with_tls, folder, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
    with pytest.warns(match="TLSv1_1"), pytest.raises(ssl.SSLError, match=r"(?i)version"):
        spoken(broker_with_tls, folder, ssl.TLSVersion.TLSv1_1)


def test_nothing_plain_passes_at_its_port(broker_with_tls: RabbitMQ) -> None:
    with socket.create_connection((ADDRESS, broker_with_tls.tls_port), 20) as plain:
        plain.sendall(b"AMQP\x00\x00\x09\x01")
        plain.settimeout(60)
        assert b"RabbitMQ" not in plain.recv(4096)
