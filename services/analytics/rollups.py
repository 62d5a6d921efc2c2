"""Rolls up hours whose facts have come to rest."""

from collections.abc import Sequence
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
PAUSE, LONGEST_STEP_SECONDS = 3, 5.0


class Rollups:
    """Doing it again, or in many processes at once, changes nothing."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._at_once = settings.analytics_hours_at_once
        self._statement_ms = settings.export_timeout_ms
        self._clock = clock
        self._last = UUID(int=0)

    async def step(self) -> bool:
        """Roll up some hours of some teams, for seconds at most; answers whether there are more.

        After each team it leaves three times as long to who asks as it took itself. It goes on with the teams
        that come after those of the step before: none waits for another that changes all the time.
        """
        until, begun = self._clock.now(), self._clock.monotonic()
        more = False
        for team_id in sorted(await self._behind(until), key=lambda each: (each <= self._last, each)):
            before = self._clock.monotonic()
            if before - begun > LONGEST_STEP_SECONDS:
                return True
            more |= await self._team(team_id, until)
            self._last = team_id
            await self._clock.sleep(PAUSE * (self._clock.monotonic() - before))
        return more

    async def settle(self, until: datetime) -> bool:
        """Roll up some hours that settle until then of every team, without a pause."""
        return any([await self._team(team_id, until) for team_id in await self._behind(until)])

    async def _behind(self, until: datetime) -> Sequence[UUID]:
        async with self._database.read(NOBODY) as connection:
            return await store.behind(TeamsCaller.of(()), connection, until)

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
