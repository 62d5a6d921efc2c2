"""`rebuild`: make anew what a service has worked out of what it was told."""

from services.analytics.rebuilding import Rebuilding
from services.contracts.prices import load_book
from services.ingest.store import prices
from services.runtime.clock import SystemClock
from services.runtime.db import Database, open_database
from services.runtime.migrate import migrate
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings


async def run(settings: Settings, service: str) -> int:
    """May run beside the services; where nothing was wrong, it changes nothing."""
    database = open_database(settings.database, settings)
    try:
        if settings.is_local:
            await migrate(database, service)
        said = await (_ingest(database) if service == "ingest" else _analytics(database, settings))
    finally:
        await database.close()
    print(said)
    return 0


async def _analytics(database: Database, settings: Settings) -> str:
    """All facts and sums, from the states they came from."""
    read = await Rebuilding(database, load_book(), settings, SystemClock()).everything()
    return f"Made the facts of {read} sessions anew."


async def _ingest(database: Database) -> str:
    """What sessions cost. It is left to the services, whose outbox tells of it."""
    async with database.write(NOBODY) as connection:
        teams = await prices.mark_all(None, connection)
    return f"Teams whose sessions are priced anew as soon as ingest runs: {teams}"
