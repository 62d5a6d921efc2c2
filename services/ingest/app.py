"""Puts the ingest service together."""

from collections.abc import Sequence

from fastapi import APIRouter
from pydantic import SecretStr

from services.contracts.prices import load_book
from services.contracts.topology import INGEST_PEOPLE, INGEST_REPORTS
from services.ingest import tables
from services.ingest.api import (
    agents,
    collisions,
    commands,
    details,
    export,
    internal,
    orders,
    own_data,
    preview,
    sessions,
    sharing,
    sync,
)
from services.ingest.batch import BatchWriter
from services.ingest.burial import Burial
from services.ingest.changes import Changes
from services.ingest.commands.asking import Asking
from services.ingest.commands.bell import Bell
from services.ingest.commands.expiry import Expiry
from services.ingest.commands.handing import Handing
from services.ingest.commands.retention import CommandRetention
from services.ingest.commands.telling import Telling
from services.ingest.consumer import Failpoint, ReportConsumer, no_failpoint
from services.ingest.departures import Departures
from services.ingest.dossiers import Dossiers
from services.ingest.forgetting import Forgetting
from services.ingest.machines import Machines
from services.ingest.own_data import OwnData
from services.ingest.owners import Owners
from services.ingest.people import PeopleConsumer
from services.ingest.public_pages import PublicPages
from services.ingest.repricing import Repricing
from services.ingest.retention import Retention
from services.ingest.sharing import Sharing, SharingEnds
from services.ingest.sweep import Sweep
from services.ingest.thinning import Thinning
from services.runtime.auth.gate import TokenGate
from services.runtime.auth.keys import SigningKey, public_text
from services.runtime.bus import Bus, Subscription
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.fanout import Fanout
from services.runtime.metrics import Metrics
from services.runtime.outbox import Outbox
from services.runtime.rounds import Rounds
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
        command_key: SigningKey,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._bus = bus
        self._outbox = Outbox(database, tables.outbox, bus, fanout, settings, clock)
        self._sweep = Sweep(database, self._outbox, settings, clock)
        self._forgetting = Forgetting(database, settings, clock)
        book = load_book()
        writer = BatchWriter(book)
        self._reports = ReportConsumer(
            database, writer, bus, fanout, self._outbox, settings, clock, metrics, failpoint
        )
        telling = Telling(self._outbox, command_key, settings, clock, metrics)
        self._bell = Bell(database, fanout, settings, clock)
        self.expiry = Expiry(database, telling, settings, clock)
        asking = Asking(database, gate, telling, self._bell, settings, clock)
        self._people = PeopleConsumer(database, Departures(database, self._outbox, clock))
        self.retention = (
            Retention(database, Burial(self._outbox, clock), clock, metrics),
            Thinning(database, self._outbox, settings, clock, metrics),
            CommandRetention(database, settings, clock, metrics),
        )
        self._retiring = [
            Rounds(type(one).__name__, one.step, settings.retention_round_seconds, clock)
            for one in self.retention
        ]
        repricing = Repricing(database, book, self._outbox, settings, clock)
        self._pricing = Rounds("prices", repricing.step, settings.sweep_seconds, clock)
        self._subscriptions: list[Subscription] = []
        changes = Changes(self._outbox, settings, clock)
        owners = Owners(database, changes, clock)
        self.sharing_ends = SharingEnds(database, changes, settings, clock)
        machines = Machines(database, self._outbox, clock)
        handing = Handing(database, machines, gate, asking, telling, self._bell, settings, clock)
        self.routers: Sequence[APIRouter] = [
            sync.routes(database, machines, gate, bus, settings, clock),
            own_data.routes(OwnData(database, self._outbox, clock), gate),
            collisions.routes(database, gate, settings, clock),
            sessions.routes(database, gate, owners, settings),
            export.routes(Dossiers(database, changes, settings, clock), gate),
            sharing.routes(
                database,
                gate,
                Sharing(database, owners, changes, settings, clock),
                PublicPages(database, book, settings, clock),
                settings,
            ),
            details.routes(database, gate),
            preview.routes(database, gate, settings, clock),
            commands.routes(gate, asking),
            agents.routes(database, machines, gate, bus, settings, clock, public_text(command_key.public)),
            orders.routes(gate, handing, settings),
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
        await self._bell.start()
        await self._sweep.start()
        await self._pricing.start()
        await self.expiry.start()
        await self.sharing_ends.start()
        for each in self._retiring:
            await each.start()
        await self._forgetting.start()

    async def drain(self) -> None:
        """Send no more from the outbox while everybody's consumers stop: it keeps what is left."""
        self._bell.close()
        await self._outbox.stop()

    async def stop(self) -> None:
        await self._forgetting.stop()
        for each in reversed(self._retiring):
            await each.stop()
        await self.sharing_ends.stop()
        await self.expiry.stop()
        await self._bell.stop()
        await self._pricing.stop()
        await self._sweep.stop()
        for subscription in reversed(self._subscriptions):
            await subscription.stop()
        await self._outbox.stop()

    def problem(self) -> str | None:
        """Name the first thing that keeps reports from being taken in."""
        found = [self._bus.problem(), *(each.problem() for each in self._subscriptions)]
        return next((problem for problem in found if problem), None)
