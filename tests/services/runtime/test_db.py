"""Transactions on both databases, and which errors pass by themselves."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from services.runtime.db import UtcTime, is_transient, open_database
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

METADATA = MetaData()
MARKS = Table("marks", METADATA, Column("n", Integer, primary_key=True), Column("at", UtcTime))


@pytest.fixture
async def database(database_url):
    database = open_database(database_url, Settings(pool_size=2, pool_wait_seconds=0.1))
    async with database.write(NOBODY) as connection:
        await connection.run_sync(METADATA.create_all)
    yield database
    await database.close()


async def mark(database, n, at=None):
    async with database.write(NOBODY) as connection:
        await connection.execute(insert(MARKS).values(n=n, at=at))


async def marks(connection):
    return (await connection.execute(select(MARKS.c.n).order_by(MARKS.c.n))).scalars().all()


async def test_what_raises_is_rolled_back(database):
    await mark(database, 1)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the transaction is what raises
        async with database.write(NOBODY) as connection:
            await connection.execute(insert(MARKS).values(n=2))
            raise ZeroDivisionError
    async with database.read(NOBODY) as connection:
        assert await marks(connection) == [1]


async def test_a_read_sees_one_state_though_others_write(database):
    await mark(database, 1)
    async with database.read(NOBODY) as connection:
        assert await marks(connection) == [1]
        await mark(database, 2)
        assert await marks(connection) == [1]
    async with database.read(NOBODY) as connection:
        assert await marks(connection) == [1, 2]


async def test_a_write_after_a_read_writes(database):
    """What a read asks of its connection does not stay with the next who gets it."""
    for n in range(5):
        async with database.read(NOBODY) as connection:
            assert await marks(connection) == list(range(n))
        await mark(database, n)


async def test_a_write_sees_what_others_wrote_before_it_looks_again(postgres_url):
    """On SQLite there is one writer at a time."""
    database = open_database(postgres_url, Settings())
    async with database.write(NOBODY) as connection:
        await connection.run_sync(METADATA.create_all)
    async with database.write(NOBODY) as connection:
        assert await marks(connection) == []
        await mark(database, 1)
        assert await marks(connection) == [1]
    await database.close()


async def test_two_writers_wait_for_each_other(database):
    async def add(n):
        async with database.write(NOBODY) as connection:
            known = await marks(connection)
            await asyncio.sleep(0)
            await connection.execute(insert(MARKS).values(n=n))
            return len(known)

    counts = await asyncio.gather(add(1), add(2))
    async with database.read(NOBODY) as connection:
        assert await marks(connection) == [1, 2]
    if database.dialect == "sqlite":
        assert sorted(counts) == [0, 1]


async def test_times_are_utc_to_the_microsecond(database):
    at = datetime(2026, 3, 1, 12, 0, 0, 123_457, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    await mark(database, 1, at)
    async with database.read(NOBODY) as connection:
        (kept,) = (await connection.execute(select(MARKS.c.at))).scalars().all()
    assert (kept, kept.tzinfo) == (at, UTC)


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url):
    with pytest.raises(ValueError, match="DATABASE_URL"):
        open_database(url, Settings())


class DriverError(Exception):
    def __init__(self, state):
        super().__init__("secret")
        self.sqlstate = state


@pytest.mark.parametrize(
    "state",
    [
        "08006",
        "08001",
        "40001",
        "40P01",
        "25006",
        "53300",
        "55P03",
        "57P01",
        "57P02",
        "57P03",
        "57014",
        "25P03",
    ],
)
def test_what_may_succeed_later_is_transient(state):
    assert is_transient(DBAPIError("", {}, DriverError(state)))


@pytest.mark.parametrize("state", ["23505", "22003", "42601", "XX000", None, ""])
def test_what_is_wrong_with_the_message_is_not(state):
    assert not is_transient(DBAPIError("", {}, DriverError(state)))


def test_other_errors_that_pass():
    for error in (PoolTimeout(""), ConnectionResetError(), TimeoutError(), OSError()):
        assert is_transient(error)
    assert is_transient(OperationalError("", {}, Exception("database is locked")))
    for error in (ValueError(), KeyError(), OperationalError("", {}, Exception("no such table: x"))):
        assert not is_transient(error)
