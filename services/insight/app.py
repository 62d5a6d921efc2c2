"""Puts the insight service together."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.contracts.topology import INSIGHT_FIGURES, INSIGHT_PEOPLE, INSIGHT_SESSIONS
from services.insight import tables
from services.insight.alerting import Alerting
from services.insight.api import comments, feed, finding, insights, own_data
from services.insight.deliveries import Deliveries
from services.insight.detection import Detection
from services.insight.farewell import Farewell
from services.insight.feeds import Feeds
from services.insight.newcomers import Newcomers
from services.insight.notices import Notices
from services.insight.own_data import OwnData
from services.insight.people import PeopleConsumer
from services.insight.posting import Poster, resolve
from services.insight.retention import Retention
from services.insight.sharing import Sharing
from services.insight.telling import Telling
from services.insight.threads import Threads
from services.runtime.auth.gate import TokenGate
from services.runtime.bus import Bus, Subscription
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.fanout import Fanout
from services.runtime.metrics import Metrics
from services.runtime.outbox import Outbox
from services.runtime.rounds import Rounds
from services.runtime.settings import Settings


class InsightPart:
    """What teams learn, and what they are told."""

    name = "insight"

    def __init__(
        self,
        database: Database,
        bus: Bus,
        fanout: Fanout,
        gate: TokenGate,
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._bus = bus
        self._outbox = Outbox(database, tables.outbox, bus, fanout, settings, clock)
        telling = Telling(self._outbox, clock)
        poster = Poster(
            resolve,
            seconds=settings.webhook_seconds,
            answer_bytes=settings.webhook_answer_bytes,
            loopback=settings.webhook_loopback,
        )
        self._deliveries = Deliveries(database, poster, settings, clock, metrics)
        self.notices = Notices(self._outbox, self._deliveries, clock)
        sharing = Sharing(database, telling, self.notices, clock)
        threads = Threads(database, sharing, telling, self.notices, clock)
        self.people = PeopleConsumer(database, Farewell(telling, clock), Newcomers(self.notices, clock))
        self._alerting = Alerting(
            database, self._outbox, self.notices, self._deliveries, gate, settings, clock
        )
        self.detection = Detection(database, telling, self.notices, settings, clock)
        self._detecting = Rounds("detection", self.detection.step, settings.insight_round_seconds, clock)
        self.retention = (Retention(database, settings, clock, metrics),)
        self._retiring = [
            Rounds("retention", one.step, settings.retention_round_seconds, clock) for one in self.retention
        ]
        self._subscriptions: list[Subscription] = []
        self.routers: Sequence[APIRouter] = [
            own_data.routes(OwnData(database, self._outbox, clock), gate),
            finding.routes(database, gate),
            feed.routes(gate, Feeds(database, settings, clock), settings),
            insights.routes(database, gate, sharing, settings),
            comments.routes(database, gate, threads),
            *self._alerting.routers,
        ]
        self.internal_routers: Sequence[APIRouter] = []

    async def start(self) -> None:
        await self._outbox.start()
        await self._deliveries.start()
        self._subscriptions = [
            await self._bus.subscribe(INSIGHT_PEOPLE, self.people.handle),
            await self._bus.subscribe(INSIGHT_FIGURES, self._alerting.figures.handle),
            await self._bus.subscribe(INSIGHT_SESSIONS, self._alerting.sessions.handle),
        ]
        await self._alerting.vigil.start()
        await self._detecting.start()
        for each in self._retiring:
            await each.start()

    async def drain(self) -> None:
        """Send no more from the outbox while everybody's consumers stop: it keeps what is left."""
        await self._outbox.stop()

    async def stop(self) -> None:
        for each in reversed(self._retiring):
            await each.stop()
        await self._detecting.stop()
        await self._alerting.vigil.stop()
        for subscription in reversed(self._subscriptions):
            await subscription.stop()
        await self._deliveries.stop()
        await self._outbox.stop()

    def problem(self) -> str | None:
        if not self._subscriptions:
            return "not started"
        return next((found for each in self._subscriptions if (found := each.problem())), None)
