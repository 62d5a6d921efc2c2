"""`rebuild`: make all facts and sums of analytics anew from the states they came from."""

from services.analytics.rebuilding import Rebuilding
from services.contracts.prices import load_book
from services.runtime.clock import SystemClock
from services.runtime.db import open_database
from services.runtime.migrate import migrate
from services.runtime.settings import Settings


async def run(settings: Settings) -> int:
    """May run beside the services; where nothing was wrong, it changes nothing."""
    database = open_database(settings.database, settings)
    try:
        if settings.is_local:
            await migrate(database, "analytics")
        read = await Rebuilding(database, load_book(), settings, SystemClock()).everything()
    finally:
        await database.close()
    print(f"Made the facts of {read} sessions anew.")
    return 0
