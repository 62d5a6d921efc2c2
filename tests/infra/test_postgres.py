"""PostgreSQL takes the settings that docker-compose.yml gives it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.support.fixtures import running
from tests.support.servers.postgres import CONFIGURATION, Postgres, production


class Configured(Postgres):
    """Started with the file alone, like the container, but on a port and a disk of its own."""

    def command(self) -> list[str]:
        own = ("port=", "unix_socket_directories=", "listen_addresses=", "config_file=")
        words = super().command()
        kept = [
            option
            for flag, value in zip(words[3::2], words[4::2], strict=True)
            if value.startswith(own)
            for option in (flag, value)
        ]
        return [*words[:3], *kept]


@pytest.fixture
def configured() -> Iterator[Postgres]:
    def made() -> Postgres:
        server = Configured()
        file = Path(server.folder) / "postgresql.conf"
        shutil.copy(CONFIGURATION, file)
        file.chmod(0o644)
        server.settings["config_file"] = str(file)
        return server

    yield from running(made)


@pytest.mark.servers
async def test_every_setting_holds(configured: Postgres) -> None:
    connection = await asyncpg.connect(configured.url)
    try:
        for name, value in (production() | {"listen_addresses": "127.0.0.1"}).items():
            assert await connection.fetchval(f"SHOW {name}") == value, name
    finally:
        await connection.close()
