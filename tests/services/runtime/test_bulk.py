"""One upsert on both databases: the same rows, guards, nulls and JSON."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.runtime.bulk import among, upsert
from services.runtime.db import UtcTime, open_database
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from tests.support.builders import START

METADATA = MetaData()
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
THINGS = Table(
    "things",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("part", String(20), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("small", Integer),
    Column("share", Float),
    Column("done", Boolean),
    Column("note", Text),
    Column("body", Json),
    Column("raw", LargeBinary),
    Column("at", UtcTime),
)
FULL = {
    "id": UUID(int=1), "part": "a", "version": 2**62, "small": -5, "share": 0.1, "done": True,
    "note": "Ø 'quoted' \\ \"",
    "body": {"list": [1, None, {"deep": "漢"}], "n": 2**53}, "raw": b"\x00\xff",
    "at": START + timedelta(microseconds=7),
}  # fmt: skip
EMPTY = dict.fromkeys(FULL) | {"id": UUID(int=1), "part": "b", "version": 0}


@pytest.fixture
async def database(database_url):
    database = open_database(database_url, Settings())
    async with database.write(NOBODY) as connection:
        await connection.run_sync(METADATA.create_all)
    yield database
    await database.close()


async def put(database, rows, guard=None):
    async with database.write(NOBODY) as connection:
        return await upsert(connection, THINGS, rows, guard)


async def held(database):
    async with database.read(NOBODY) as connection:
        rows = await connection.execute(select(THINGS).order_by(THINGS.c.id, THINGS.c.part))
        return [dict(row) for row in rows.mappings()]


async def test_what_goes_in_comes_out(database):
    assert await put(database, [FULL, EMPTY]) == 2
    assert await held(database) == [FULL, EMPTY]


async def test_a_null_is_no_json(database):
    """What is absent is SQL's NULL, also in a column of JSON."""
    await put(database, [EMPTY])
    async with database.read(NOBODY) as connection:
        query = select(THINGS.c.part).where(THINGS.c.body.is_(None))
        assert (await connection.execute(query)).scalars().all() == ["b"]


@pytest.mark.parametrize("value", [[], {}, "text", 0, False, ["x", {}], {"a": None}])
async def test_json_keeps_its_kind(database, value):
    await put(database, [FULL | {"body": value}])
    (row,) = await held(database)
    assert (row["body"], type(row["body"])) == (value, type(value))


async def test_a_known_key_is_replaced_in_all_columns(database):
    await put(database, [FULL])
    changed = EMPTY | {"part": "a", "version": 1}
    assert await put(database, [changed]) == 1
    assert await held(database) == [changed]


async def test_a_guard_keeps_what_is_newer(database):
    guard = "excluded.version > things.version AND things.note IS NOT NULL"
    rows = [FULL | {"part": part, "version": 5} for part in "abc"] + [
        FULL | {"part": "d", "note": None, "version": 5}
    ]
    await put(database, rows)
    news = [
        FULL | {"part": part, "version": n, "small": 9}
        for part, n in (("a", 4), ("b", 5), ("c", 6), ("d", 6), ("e", 0))
    ]
    assert await put(database, news, guard) == 2
    assert [(row["part"], row["version"], row["small"]) for row in await held(database)] == [
        ("a", 5, -5), ("b", 5, -5), ("c", 6, 9), ("d", 5, -5), ("e", 0, 9),
    ]  # fmt: skip


async def test_pairs_are_compared_as_pairs(database):
    await put(database, [FULL | {"version": 5, "small": 5}])
    guard = "(excluded.version, excluded.small) > (things.version, things.small)"
    for pair, wins in (((4, 9), 0), ((5, 5), 0), ((5, 6), 1), ((6, 0), 1)):
        row = FULL | {"version": pair[0], "small": pair[1]}
        assert (pair, await put(database, [row], guard)) == (pair, wins)


async def test_nothing_is_nothing(database):
    assert await put(database, []) == 0
    assert await held(database) == []


async def test_many_rows_at_once(database):
    rows = [FULL | {"id": UUID(int=n), "version": n} for n in range(5000)]
    assert await put(database, rows) == 5000
    assert [row["version"] for row in await held(database)] == list(range(5000))


async def test_rows_are_found_among_any_number(database):
    await put(database, [FULL | {"id": UUID(int=n), "at": START + timedelta(days=n)} for n in range(50)])
    async with database.read(NOBODY) as connection:
        for count in (0, 1, 40):
            ids = {UUID(int=n) for n in range(30, 30 + count)}
            query = select(THINGS.c.id).where(among(connection, THINGS.c.id, ids))
            assert set((await connection.execute(query)).scalars()) == {one for one in ids if one.int < 50}
        days = select(THINGS.c.id).where(among(connection, THINGS.c.at, [START + timedelta(days=7)]))
        assert (await connection.execute(days)).scalar_one() == UUID(int=7)


async def test_a_row_lacking_a_column_is_a_mistake_of_ours(database):
    with pytest.raises(Exception, match="note"):
        await put(database, [FULL, {name: value for name, value in EMPTY.items() if name != "note"}])
    assert await held(database) == []
