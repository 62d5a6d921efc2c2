"""Puts the insight service together."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.contracts.topology import INSIGHT_SESSIONS
from services.insight import tables
from services.projection.consumer import ProjectionConsumer
from services.runtime.bus import Bus, Subscription
from services.runtime.db import Database


class InsightPart:
    """Keeps its own facts of every session from the first report on."""

    name = "insight"

    def __init__(self, database: Database, bus: Bus) -> None:
        self._bus = bus
        self._sessions = ProjectionConsumer(database, tables.sessions)
        self._subscription: Subscription | None = None
        self.routers: Sequence[APIRouter] = []
        self.internal_routers: Sequence[APIRouter] = []

    async def start(self) -> None:
        self._subscription = await self._bus.subscribe(INSIGHT_SESSIONS, self._sessions.handle)

    async def drain(self) -> None:
        """Holds nothing open to the outside."""

    async def stop(self) -> None:
        if self._subscription is not None:
            await self._subscription.stop()

    def problem(self) -> str | None:
        return self._subscription.problem() if self._subscription else "not started"
