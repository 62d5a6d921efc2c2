"""The migrations make exactly the tables that the code knows."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.auth.tables import metadata
from services.runtime.db import open_database
from services.runtime.migrate import migrate, pending
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

KEPT = {"version_table": "auth_alembic_version", "compare_type": False}


async def test_tables_and_migrations_agree(database_url):
    database = open_database(database_url, Settings())
    await migrate(database, "auth")
    assert not await pending(database, "auth")
    async with database.read(NOBODY) as connection:
        found = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync, opts=KEPT), metadata)
        )
    assert found == []
    await database.close()
