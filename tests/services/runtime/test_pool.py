"""Connections that ended while they waited are replaced, and the others are not asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from services.runtime.pool import RESTED_SECONDS, ask_rested
from tests.support.compositions import MovableClock
from tests.support.waiting import eventually

pytestmark = pytest.mark.servers
PID = text("SELECT pg_backend_pid()")


@asynccontextmanager
async def pooled(url: str, clock: MovableClock) -> AsyncIterator[tuple[AsyncEngine, AsyncConnection]]:
    """A pool of one connection, and a connection that looks on."""
    driver = url.replace("postgresql://", "postgresql+asyncpg://")
    engine = create_async_engine(driver, pool_size=1, max_overflow=0)
    ask_rested(engine, clock)
    other = create_async_engine(driver, isolation_level="AUTOCOMMIT")
    try:
        async with other.connect() as watching:
            yield engine, watching
    finally:
        await engine.dispose()
        await other.dispose()


async def used(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(PID)).scalar_one())


async def asked_at(watching: AsyncConnection, pid: int) -> Any:
    query = text("SELECT state_change FROM pg_stat_activity WHERE pid = :pid")
    return (await watching.execute(query, {"pid": pid})).scalar_one()


async def test_one_that_the_server_closed_is_replaced(postgres_url: str) -> None:
    async with pooled(postgres_url, MovableClock()) as (engine, watching):
        async with engine.connect() as connection:
            pid = (await connection.execute(PID)).scalar_one()
            driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        assert await used(engine) == pid
        await watching.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        await eventually(driver.is_closed)
        assert await used(engine) != pid


async def test_only_one_that_has_waited_is_asked(postgres_url: str) -> None:
    clock = MovableClock()
    async with pooled(postgres_url, clock) as (engine, watching):
        pid = await used(engine)
        before = await asked_at(watching, pid)
        async with engine.connect():
            assert await asked_at(watching, pid) == before
        clock.advance(seconds=RESTED_SECONDS)
        async with engine.connect():
            assert await asked_at(watching, pid) > before
        assert await used(engine) == pid


async def test_one_that_does_not_answer_is_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a firewall lets nothing through any more, and nobody was told."""
    clock = MovableClock()
    async with pooled(postgres_url, clock) as (engine, _watching):
        pid = await used(engine)
        async with engine.connect() as connection:
            raw = (await connection.get_raw_connection()).dbapi_connection
            monkeypatch.setattr(type(raw), "ping", _silent)
        clock.advance(seconds=RESTED_SECONDS)
        assert await used(engine) != pid


def _silent(_connection: Any) -> None:
    raise TimeoutError
