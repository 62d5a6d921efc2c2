"""Lets go of commands that were kept long enough."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.ingest.store import commands, retention
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.metrics import Metrics
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
AT_ONCE = 1_000


class CommandRetention:
    """A team's own days, or the server's where it names none (see `Settings.command_*`).

    What machines sent is let go of a day after it was asked for, whatever a team says.
    """

    def __init__(self, database: Database, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._days = settings.command_days
        self._exports_kept = timedelta(hours=settings.command_export_hours)
        self._clock = clock
        self._metrics = metrics

    async def step(self) -> bool:
        """Let go of all that is due."""
        now = self._clock.now()
        async with self._database.write(NOBODY) as connection:
            await commands.forget_exports(None, connection, now - self._exports_kept)
        async with self._database.read(NOBODY) as connection:
            kept = await retention.days_kept(None, connection, "retention", "commands_days")
            old = await commands.teams_with(None, connection, now - timedelta(days=self._days))
        for team_id, days in (dict.fromkeys(old, self._days) | dict(kept)).items():
            await self._forget(team_id, days)
        return False

    async def _forget(self, team_id: UUID, days: int) -> None:
        team, before, count = TeamsCaller.of({team_id}), self._clock.now() - timedelta(days=days), 0
        while found := await self._some(team, before):
            count += found
        if count:
            self._metrics.retired.labels("commands").inc(count)
            log.info("commands let go of that were kept long enough", team=str(team_id), commands=count)

    async def _some(self, team: TeamsCaller, before: datetime) -> int:
        async with self._database.write(team) as connection:
            return await retention.forget_commands(team, connection, before, AT_ONCE)
