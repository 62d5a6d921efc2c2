"""Lets go of what teams were told, when it was kept long enough."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.insight.store import retention as store
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.metrics import Metrics
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)
AT_ONCE = 1_000


class Retention:
    """Notifications, incidents that are over, and the log of deliveries, each for so many days.

    A team's own days, or the server's where it names none (see `Settings`).
    """

    def __init__(self, database: Database, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self._database = database
        self._heard_days = settings.webhook_delivery_days
        self._days: Mapping[store.Kind, int] = {
            "notifications": settings.notification_days,
            "alerts": settings.alert_days,
            "deliveries": settings.webhook_delivery_days,
        }
        self._clock = clock
        self._metrics = metrics

    async def step(self) -> bool:
        """Let go of all that is due."""
        async with self._database.write(NOBODY) as connection:
            await store.forget_heard(None, connection, self._before(self._heard_days))
        async with self._database.read(NOBODY) as connection:
            own = await store.days_kept(None, connection)
        for kind, usual in self._days.items():
            async with self._database.read(NOBODY) as connection:
                old = await store.teams_with(None, connection, kind, self._before(usual))
            kept = {team_id: days.get(f"{kind}_days") or usual for team_id, days in own.items()}
            for team_id, days in (dict.fromkeys(old, usual) | kept).items():
                await self._forget(kind, team_id, days)
        return False

    async def _forget(self, kind: store.Kind, team_id: UUID, days: int) -> None:
        team, count = TeamsCaller.of({team_id}), 0
        while found := await self._some(kind, team, days):
            count += found
        if count:
            self._metrics.retired.labels(kind).inc(count)
            log.info("let go of what was kept long enough", what=kind, team=str(team_id), rows=count)

    async def _some(self, kind: store.Kind, team: TeamsCaller, days: int) -> int:
        async with self._database.write(team) as connection:
            return await store.forget(team, connection, kind, self._before(days), AT_ONCE)

    def _before(self, days: int) -> datetime:
        return self._clock.now() - timedelta(days=days)
