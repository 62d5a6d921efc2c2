"""What the migrations make of rows that are there."""

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection

from services.ingest.store import prices
from services.runtime.migrate import scripts
from services.runtime.reach import NOBODY
from services.runtime.row_security import guard, lift
from tests.support.builders import OTHER_TEAM, TEAM


async def test_teams_with_prices_of_their_own_are_priced_anew(bench):
    await bench.set_team({"prices": {"m": {"input": 1.0, "output": 2.0}}})
    await bench.set_team({"prices": {}}, OTHER_TEAM)
    module = scripts("ingest").get_revision("0013").module

    def again(connection: Connection) -> None:
        lift(connection)
        with Operations.context(MigrationContext.configure(connection)):
            module.downgrade()
            module.upgrade()
        guard(connection)

    async with bench.database.write(NOBODY) as connection:
        await connection.run_sync(again)
    async with bench.database.read(NOBODY) as connection:
        assert await prices.stale_teams(None, connection) == [TEAM]
