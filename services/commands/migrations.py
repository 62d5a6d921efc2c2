"""`migrate`: bring the tables up to date, or draft a migration."""

from collections.abc import Sequence

from services.runtime.db import open_database
from services.runtime.drafts import draft
from services.runtime.migrate import migrate
from services.runtime.settings import Settings
from services.targets import SERVICES


async def run(settings: Settings, new: Sequence[str] | None) -> int:
    if new:
        print(await draft(new[0], new[1]))
        return 0
    database = open_database(settings.database, settings)
    try:
        for service in ("runtime", *SERVICES):
            await migrate(database, service)
    finally:
        await database.close()
    return 0
