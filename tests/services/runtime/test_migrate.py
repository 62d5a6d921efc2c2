"""Each service's tables: made from nothing on both databases, equal to its models, by many at once."""

import asyncio
import importlib

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from sqlalchemy import inspect, text

from services.runtime.db import open_database
from services.runtime.drafts import compared
from services.runtime.migrate import ADVISORY_LOCK, migrate, pending, scripts
from services.runtime.reach import NOBODY
from services.runtime.schema import Schema
from services.runtime.settings import Settings
from tests.support.compositions import MovableClock
from tests.support.waiting import eventually

SERVICES = ("runtime", "auth", "ingest", "analytics", "insight")


@pytest.fixture
async def database(database_url):
    # A lock that another holds must be waited for, however short a statement may wait.
    database = open_database(database_url, Settings(lock_timeout_ms=1, statement_timeout_ms=5000))
    yield database
    await database.close()


def difference(connection, service):
    metadata = importlib.import_module(f"services.{service}.tables").metadata
    return compare_metadata(compared(connection, service, metadata), metadata)


async def names(database):
    async with database.read(NOBODY) as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_every_service_makes_the_tables_that_its_code_expects(database):
    for service in SERVICES:
        assert await pending(database, service)
        await migrate(database, service)
        assert not await pending(database, service)
    async with database.read(NOBODY) as connection:
        found = {service: await connection.run_sync(difference, service) for service in SERVICES}
    assert found == {service: [] for service in SERVICES}
    assert {f"{service}_alembic_version" for service in SERVICES} <= await names(database)


async def test_a_second_time_changes_nothing(database):
    for _ in range(2):
        for service in SERVICES:
            await migrate(database, service)
    async with database.read(NOBODY) as connection:
        version = (
            (await connection.execute(text("SELECT version_num FROM ingest_alembic_version"))).scalars().all()
        )
    assert version == [scripts("ingest").get_current_head()]


async def test_many_processes_may_migrate_at_once(database_url):
    databases = [open_database(database_url, Settings(lock_timeout_ms=1)) for _ in range(4)]
    try:
        await asyncio.gather(*(migrate(one, service) for service in SERVICES for one in databases))
        for service in SERVICES:
            assert not await pending(databases[0], service)
    finally:
        for one in databases:
            await one.close()


async def test_a_migration_waits_for_anothers_however_long(postgres_url):
    database = open_database(postgres_url, Settings(lock_timeout_ms=1))

    async def waits():
        async with database.read(NOBODY) as connection:
            query = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            return (await connection.execute(query)).scalar_one() == 1

    async with database.write(NOBODY) as connection:
        await connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        waiting = asyncio.create_task(migrate(database, "runtime"))
        await eventually(waits)
        assert not waiting.done()
    await waiting
    assert not await pending(database, "runtime")
    await database.close()


async def test_a_failed_migration_leaves_nothing(database, monkeypatch):
    real = scripts("insight")
    revision = real.get_revision("head")

    def half(*_):
        op.execute("CREATE TABLE half_made (n INTEGER)")
        raise RuntimeError("half")

    monkeypatch.setattr(revision.module, "upgrade", half)
    monkeypatch.setattr("services.runtime.migrate.scripts", lambda _service: real)
    with pytest.raises(RuntimeError, match="half"):
        await migrate(database, "insight")
    assert await pending(database, "insight")
    assert "half_made" not in await names(database)


async def test_a_process_starts_when_somebody_else_has_migrated(database):
    """It looks again and again: for a database that is away as for one that is behind."""
    schema = Schema(database, ["runtime", "insight"], MovableClock(), migrates=False)
    starting = asyncio.create_task(schema.start())
    await migrate(database, "runtime")
    assert not starting.done()
    await migrate(database, "insight")
    async with asyncio.timeout(60):
        await starting


async def test_a_process_with_a_database_of_its_own_migrates_it(database):
    await Schema(database, ["runtime", "insight"], MovableClock(), migrates=True).start()
    assert not await pending(database, "insight")
