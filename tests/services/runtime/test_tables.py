"""The migration makes what the code declares."""

import pytest
from sqlalchemy import inspect

from services.runtime.db import open_database
from services.runtime.migrate import migrate, pending
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings
from services.runtime.tables import metadata


@pytest.fixture
async def database(database_url):
    database = open_database(database_url, Settings())
    yield database
    await database.close()


async def test_the_migrated_tables_have_the_declared_columns(database):
    assert await pending(database, "runtime")
    await migrate(database, "runtime")
    assert not await pending(database, "runtime")

    def look(connection):
        inspector = inspect(connection)
        return {
            name: {
                "columns": {c["name"]: c["nullable"] for c in inspector.get_columns(name)},
                "indexes": {tuple(i["column_names"]) for i in inspector.get_indexes(name)},
            }
            for name in metadata.tables
        }

    async with database.read(NOBODY) as connection:
        made = await connection.run_sync(look)
    assert made == {
        name: {
            "columns": {c.name: bool(c.nullable) for c in table.columns},
            "indexes": {tuple(c.name for c in index.columns) for index in table.indexes},
        }
        for name, table in metadata.tables.items()
    }
