"""Puts the ingest service together."""

from collections.abc import Sequence

from fastapi import APIRouter
from pydantic import SecretStr

from services.contracts.prices import load_book
from services.contracts.topology import INGEST_PEOPLE, INGEST_REPORTS
from services.ingest import tables
from services.ingest.api import agents, details, internal, sessions, sync
from services.ingest.batch import BatchWriter
from services.ingest.consumer import Failpoint, ReportConsumer, no_failpoint
from services.ingest.departures import Departures
from services.ingest.owners import Owners
from services.ingest.people import PeopleConsumer
from services.ingest.sweep import Sweep
from services.runtime.auth.gate import TokenGate
from services.runtime.bus import Bus, Subscription
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.fanout import Fanout
from services.runtime.metrics import Metrics
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings


class IngestPart:
    name = "ingest"

    def __init__(
        self,
        database: Database,
        bus: Bus,
        fanout: Fanout,
        gate: TokenGate,
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
        internal_secret: SecretStr,
        command_key: str,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._bus = bus
        self._outbox = Outbox(database, tables.outbox, bus, fanout, settings, clock)
        self._sweep = Sweep(database, self._outbox, settings, clock)
        writer = BatchWriter(load_book())
        self._reports = ReportConsumer(
            database, writer, bus, fanout, self._outbox, settings, clock, metrics, failpoint
        )
        self._people = PeopleConsumer(database, Departures(database, self._outbox, clock))
        self._subscriptions: list[Subscription] = []
        self.routers: Sequence[APIRouter] = [
            sync.routes(database, gate, bus, settings, clock),
            sessions.routes(database, gate, Owners(database, self._outbox, settings, clock)),
            details.routes(database, gate),
            agents.routes(database, gate, settings, clock, command_key),
        ]
        self.internal_routers: Sequence[APIRouter] = [
            internal.routes(database, internal_secret, settings, clock)
        ]

    async def start(self) -> None:
        await self._outbox.start()
        self._subscriptions = [
            await self._bus.subscribe(INGEST_PEOPLE, self._people.handle),
            await self._bus.subscribe(INGEST_REPORTS, self._reports.handle),
        ]
        await self._sweep.start()

    async def drain(self) -> None:
        """Send no more from the outbox while everybody's consumers stop: it keeps what is left."""
        await self._outbox.stop()

    async def stop(self) -> None:
        await self._sweep.stop()
        for subscription in reversed(self._subscriptions):
            await subscription.stop()
        await self._outbox.stop()

    def problem(self) -> str | None:
        """Name the first thing that keeps reports from being taken in."""
        found = [self._bus.problem(), *(each.problem() for each in self._subscriptions)]
        return next((problem for problem in found if problem), None)
