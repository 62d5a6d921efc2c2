"""A timer that ends commands which nobody took or answered."""

from datetime import timedelta

from services.ingest.commands.telling import Telling
from services.ingest.domain.commands import overdue
from services.ingest.store import commands
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.reach import NOBODY
from services.runtime.rounds import Rounds
from services.runtime.settings import Settings

AT_ONCE = 100


class Expiry:
    """Any number of processes may do this: each command is ended by the one that locks it."""

    def __init__(self, database: Database, telling: Telling, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._telling = telling
        self._answer = timedelta(seconds=settings.command_answer_seconds)
        self._clock = clock
        self._ending = Rounds("overdue commands", self.end, settings.sweep_seconds, clock)

    async def start(self) -> None:
        await self._ending.start()

    async def stop(self) -> None:
        await self._ending.stop()

    async def end(self) -> bool:
        """End up to `AT_ONCE` overdue commands and tell of it; whether there may be more."""
        now = self._clock.now()
        async with self._database.write(NOBODY) as connection:
            rows = await commands.overdue(None, connection, now, now - self._answer, AT_ONCE)
            for row in rows:
                changes = overdue(row, now)
                await commands.change(TeamsCaller.of({row["team_id"]}), connection, row["id"], changes)
                await self._telling.changed(connection, row | changes)
        if rows:
            self._telling.wake()
        return len(rows) == AT_ONCE
