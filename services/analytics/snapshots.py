"""Notes once an hour how every team stands."""

from datetime import datetime, timedelta

from services.analytics.domain.calendar import HOUR, quarter_of
from services.analytics.store import metrics
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.reach import NOBODY

LATELY = timedelta(hours=2)


class Snapshots:
    """The first process that comes by writes an hour's; the others leave it as it is."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._done: datetime | None = None

    async def step(self) -> bool:
        """Note this hour, if that is yet to be done."""
        now = self._clock.now()
        at = now.replace(minute=0, second=0, microsecond=0)
        if self._done != at:
            async with self._database.read(NOBODY) as connection:
                teams = await metrics.busy(TeamsCaller.of(()), connection, now - LATELY)
            for team_id in teams:
                actor = TeamsCaller.of({team_id})
                async with self._database.write(actor) as connection:
                    await metrics.note(actor, connection, at, quarter_of(at) // HOUR - 1)
            self._done = at
        return False
