"""Deletes ended sessions of teams that keep them for so many days only."""

from datetime import timedelta

import structlog

from services.ingest.burial import Burial
from services.ingest.store import retention as store
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.metrics import Metrics
from services.runtime.reach import NOBODY

log = structlog.get_logger(__name__)
AT_ONCE = 100


class Retention:
    """A session is due when it has ended and nothing has happened in it for its team's days.

    All that any service keeps of it goes with it. Any number of processes may look: each session is deleted
    by the one that locks it.
    """

    def __init__(self, database: Database, burial: Burial, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._burial = burial
        self._clock = clock
        self._metrics = metrics

    async def step(self) -> bool:
        """Delete all that is due."""
        async with self._database.read(NOBODY) as connection:
            kept = await store.days_kept(None, connection, "retention_days")
        for team_id, days in kept.items():
            team, count = TeamsCaller.of({team_id}), 0
            while found := await self._some(team, days):
                count += found
            if count:
                log.info("sessions deleted that were kept long enough", team=str(team_id), sessions=count)
        return False

    async def _some(self, team: TeamsCaller, days: int) -> int:
        before = self._clock.now() - timedelta(days=days)
        async with self._database.write(team) as connection:
            rows = await store.due(team, connection, before, AT_ONCE)
            await self._burial.bury(connection, team, rows)
        self._burial.sent()
        self._metrics.retired.labels("sessions").inc(len(rows))
        return len(rows)
