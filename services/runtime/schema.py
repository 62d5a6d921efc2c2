"""A process starts only on tables that fit its code."""

from collections.abc import Sequence

import structlog

from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.migrate import migrate, pending
from services.runtime.reach import NOBODY
from services.runtime.row_security import binds

log = structlog.get_logger(__name__)
LOOK_AGAIN_SECONDS = 1.0


class Schema:
    """Migrates by itself where the database is this process's own; elsewhere waits until somebody has."""

    def __init__(self, database: Database, services: Sequence[str], clock: Clock, *, migrates: bool) -> None:
        self._database = database
        self._services = services
        self._clock = clock
        self._migrates = migrates

    async def start(self) -> None:
        """Return when all tables are there. Waits without end for a database that is not."""
        for service in self._services:
            if self._migrates:
                await migrate(self._database, service)
            else:
                await self._wait(service)
        async with self._database.read(NOBODY) as connection:
            if not await connection.run_sync(binds):
                log.warning("row-level security does not bind this role", hint="connect as an ordinary one")

    async def _wait(self, service: str) -> None:
        while await self._behind(service):
            log.info("waiting for migrations", service=service)
            await self._clock.sleep(LOOK_AGAIN_SECONDS)

    async def _behind(self, service: str) -> bool:
        try:
            return await pending(self._database, service)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the database, it is not there yet
            log.warning("waiting for the database", error=type(error).__name__)
            return True
