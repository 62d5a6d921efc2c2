"""Drops what the audit log has kept long enough."""

from datetime import timedelta
from uuid import UUID

import structlog

from services.auth.audit import AuditLog
from services.auth.store import audit
from services.runtime.auth import ANONYMOUS
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.metrics import Metrics
from services.runtime.reach import widen
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)


class Retention:
    """Entries stay for the server's days (see `Settings.audit_days`): no team may shorten its own memory."""

    def __init__(
        self, database: Database, entries: AuditLog, settings: Settings, clock: Clock, metrics: Metrics
    ) -> None:
        self._database = database
        self._entries = entries
        self._keep = timedelta(days=settings.audit_days)
        self._clock = clock
        self._metrics = metrics

    async def step(self) -> bool:
        """Drop all that is due."""
        async with self._database.read(ANONYMOUS) as connection:
            old = await audit.teams_with(ANONYMOUS, connection, self._clock.now() - self._keep)
        for team_id in old:
            await self._forget(team_id)
        return False

    async def _forget(self, team_id: UUID) -> None:
        async with self._database.write(ANONYMOUS) as connection:
            await widen(connection, teams=[team_id])
            count = await self._entries.forget(connection, team_id, self._clock.now() - self._keep)
        if count:
            self._metrics.retired.labels("audit").inc(count)
            log.info("entries of the audit log dropped for their age", team=str(team_id), entries=count)
