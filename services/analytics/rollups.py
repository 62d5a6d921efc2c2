"""Rolls up hours whose facts have come to rest."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.analytics.store import rollups as store
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database, is_transient, limit_statements
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
PUT_OFF = timedelta(days=1)


class Rollups:
    """Doing it again, or in many processes at once, changes nothing."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._at_once = settings.analytics_hours_at_once
        self._statement_ms = settings.export_timeout_ms
        self._clock = clock

    async def step(self) -> bool:
        """Roll up some hours of every team; answers whether there are more.

        After each it leaves as much time to who asks as it took itself.
        """
        return await self.settle(self._clock.now(), pauses=True)

    async def settle(self, until: datetime, *, pauses: bool = False) -> bool:
        """The same with the hours that settle until then, without a pause."""
        async with self._database.read(NOBODY) as connection:
            teams = await store.behind(TeamsCaller.of(()), connection, until)
        more = False
        for team_id in teams:
            begun = self._clock.monotonic()
            more |= await self._team(team_id, until)
            if pauses:
                await self._clock.sleep(self._clock.monotonic() - begun)
        return more

    async def _team(self, team_id: UUID, until: datetime) -> bool:
        """Where some hours cannot be rolled up, fewer are tried, to the one that is in the way."""
        actor, limit = TeamsCaller.of({team_id}), self._at_once
        while True:
            try:
                return await self._roll_up(actor, until, limit) == limit
            except Exception as error:
                if is_transient(error):
                    raise
                if limit == 1:
                    log.warning("hour not rolled up", error=type(error).__name__)
                    await self._put_off(actor, until)
                    return True
            limit = max(1, limit // 4)

    async def _roll_up(self, actor: TeamsCaller, until: datetime, limit: int) -> int:
        async with self._database.write(actor) as connection:
            await limit_statements(connection, self._statement_ms)
            hours = await store.take(actor, connection, until, limit)
            if hours:
                await store.roll_up(actor, connection, hours)
        return len(hours)

    async def _put_off(self, actor: TeamsCaller, until: datetime) -> None:
        """Leave the hour that comes first to its facts: its sums are too large for their columns."""
        async with self._database.write(actor) as connection:
            for hour in await store.take(actor, connection, until, 1):
                await store.put_off(actor, connection, hour, until + PUT_OFF)
