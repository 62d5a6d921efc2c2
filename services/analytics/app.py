"""Puts the analytics service together."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.analytics import tables
from services.analytics.api import figures, sessions
from services.analytics.budgets import Budgets
from services.analytics.consumer import SessionConsumer
from services.analytics.exports import Exports
from services.analytics.insights import InsightConsumer
from services.analytics.people import PeopleConsumer
from services.analytics.rebuilding import Rebuilding
from services.analytics.rollups import Rollups
from services.analytics.snapshots import Snapshots
from services.analytics.telling import Telling
from services.analytics.weekly import Weekly
from services.contracts.prices import load_book
from services.contracts.topology import ANALYTICS_INSIGHTS, ANALYTICS_PEOPLE, ANALYTICS_SESSIONS
from services.runtime.auth.gate import TokenGate
from services.runtime.bus import Bus, Subscription
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.fanout import Fanout
from services.runtime.outbox import Outbox
from services.runtime.rounds import Rounds
from services.runtime.settings import Settings


class AnalyticsPart:
    """Keeps its own facts of every session from the first report on, and answers what they add up to."""

    name = "analytics"

    def __init__(
        self,
        database: Database,
        bus: Bus,
        fanout: Fanout,
        gate: TokenGate,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._bus = bus
        self._consumes = settings.analytics_consumes
        self._outbox = Outbox(database, tables.outbox, bus, fanout, settings, clock)
        telling, book = Telling(self._outbox, clock), load_book()
        self._sessions = SessionConsumer(database, book, settings, clock)
        self._people = PeopleConsumer(database)
        self._insights = InsightConsumer(database)
        self._subscriptions: list[Subscription] = []
        rebuilding = Rebuilding(database, book, settings, clock)
        self._rounds = [
            Rounds(name, step, settings.analytics_round_seconds, clock)
            for name, step in {
                "unread sessions": rebuilding.unread,
                "prices": rebuilding.stale,
                "budgets": Budgets(database, telling, clock).step,
                "rollups": Rollups(database, settings, clock).step,
                "snapshots": Snapshots(database, clock).step,
                "weekly reports": Weekly(database, telling, settings, clock).step,
            }.items()
        ]
        self.routers: Sequence[APIRouter] = [
            figures.routes(database, gate, clock),
            sessions.routes(database, gate, Exports(database, telling, settings), clock),
        ]
        self.internal_routers: Sequence[APIRouter] = []

    async def start(self) -> None:
        await self._outbox.start()
        if not self._consumes:
            return
        self._subscriptions = [
            await self._bus.subscribe(ANALYTICS_PEOPLE, self._people.handle),
            await self._bus.subscribe(ANALYTICS_SESSIONS, self._sessions.handle),
            await self._bus.subscribe(ANALYTICS_INSIGHTS, self._insights.handle),
        ]
        for each in self._rounds:
            await each.start()

    async def drain(self) -> None:
        """Send no more from the outbox while everybody's consumers stop: it keeps what is left."""
        await self._outbox.stop()

    async def stop(self) -> None:
        for each in reversed(self._rounds):
            await each.stop()
        for subscription in reversed(self._subscriptions):
            await subscription.stop()
        await self._outbox.stop()

    def problem(self) -> str | None:
        if self._consumes and not self._subscriptions:
            return "not started"
        return next((found for each in self._subscriptions if (found := each.problem())), None)
