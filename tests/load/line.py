"""The way of a report: broker, Redis, database, and the services it passes through, a process each."""

import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import psutil

from tests.support.fixtures import RELAXED
from tests.support.servers.postgres import Postgres, create_database, production
from tests.support.servers.process import Server, StartError
from tests.support.servers.rabbitmq import RabbitMQ
from tests.support.servers.redis import Redis
from tests.support.servers.services import ServiceProcess, clean_environment

# The disk is waited for as in production.
DURABLE = {"fsync": "on", "full_page_writes": "on", **production()}


class Line:
    """Fresh and empty at its start. `services` are the processes by the name of their service.

    Of a target that is named twice there are two: "ingest", "ingest 2". `own` are settings of single ones.
    """

    def __init__(
        self,
        targets: Sequence[str],
        settings: Mapping[str, str] | None = None,
        own: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.postgres, self.redis, self.rabbitmq = Postgres(**DURABLE), Redis(), RabbitMQ()
        self._shared: dict[str, str] = {}
        self.services = {
            name: ServiceProcess(name, [target], self._shared) for name, target in _named(targets)
        }
        self._settings = dict(settings or {})
        self._own = own or {}
        self.database_url = ""

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def superuser_url(self) -> str:
        """The database as a superuser sees it: past row-level security."""
        name = urlsplit(self.database_url).path
        return urlunsplit(urlsplit(self.postgres.url)._replace(path=name))

    @property
    def servers(self) -> Sequence[Server]:
        return (self.rabbitmq, self.redis, self.postgres, *self.services.values())

    def close(self) -> None:
        for server in reversed(self.servers):
            server.close()

    def processor(self) -> dict[str, float]:
        """The seconds of processor that each server has taken so far."""
        return {server.name: _processor(server.pid) for server in self.servers}

    def _start(self) -> None:
        self.rabbitmq.launch()
        self.redis.start()
        self.postgres.start()
        self.database_url = create_database(self.postgres.url)
        url = self.services.get("auth", next(iter(self.services.values()))).url
        self._shared |= {
            "DATABASE_URL": self.database_url, "BUS_URL": self.rabbitmq.url, "FANOUT_URL": self.redis.url,
            "AUTH_URL": url, "INGEST_URL": url, "PUBLIC_URL": url, "LOG_LEVEL": "WARNING",
            "INTERNAL_SECRET": secrets.token_hex(32), "JWT_SECRET": secrets.token_hex(32),
            "COMMAND_SECRET": secrets.token_hex(32), "MANAGEMENT_URL": self.rabbitmq.connections_url,
            "ACCESS_TOKEN_SECONDS": "864000", **RELAXED, **self._settings,
        }  # fmt: skip
        for name, service in self.services.items():
            service.settings = self._shared | dict(self._own.get(name, {}))
        self._migrate()
        self.rabbitmq.wait_ready()
        for service in self.services.values():
            service.launch()
        for service in self.services.values():
            service.wait_ready()

    def _migrate(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "services", "migrate"],
            cwd=self.redis.folder, env=clean_environment() | self._shared, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if done.returncode != 0:
            raise StartError(f"services migrate failed:\n{done.stderr[-4000:]}")


def _named(targets: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each process's own name, and what it is to serve."""
    for place, target in enumerate(targets):
        earlier = targets[:place].count(target)
        yield (f"{target} {earlier + 1}" if earlier else target), target


def _processor(pid: int) -> float:
    """Of a process and its children, those that are over included."""
    total = 0.0
    for member in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
        try:
            times = member.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    """The seconds that the block takes, once it is over."""
    taken: list[float] = []
    begun = time.perf_counter()
    yield taken
    taken.append(time.perf_counter() - begun)


async def run_sql(url: str, *statements: str) -> None:
    """Run statements as a superuser, one after the other."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
