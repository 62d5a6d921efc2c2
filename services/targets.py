"""The composition root: the only file that knows all parts, and which of them a process hosts."""

import asyncio
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from gateway.app import GatewayPart
from gateway.snapshot import SnapshotClient
from services.analytics.app import AnalyticsPart
from services.auth.app import AuthPart
from services.auth.keyring import Keyring
from services.contracts.topology import QUEUES
from services.document import openapi_document
from services.ingest.app import IngestPart
from services.ingest.consumer import Failpoint, no_failpoint
from services.insight.app import InsightPart
from services.local.app import LocalPart
from services.runtime.auth.gate import TokenGate
from services.runtime.auth.keys import Purpose, SigningKey, open_key
from services.runtime.auth.rights import Rights
from services.runtime.auth.sources import KeptKeys, KeySource, PublishedKeys
from services.runtime.auth.tickets import take_ticket
from services.runtime.auth.watch import RightsWatch
from services.runtime.bus import Bus
from services.runtime.bus.open import open_bus
from services.runtime.clock import Clock, SystemClock
from services.runtime.db import Database, open_database
from services.runtime.ephemeral import Ephemeral
from services.runtime.ephemeral.fallback import FallbackEphemeral
from services.runtime.ephemeral.open import open_ephemeral
from services.runtime.fanout import Fanout
from services.runtime.fanout.open import open_fanout
from services.runtime.host import Step, build_app
from services.runtime.host.admission import Turnstile
from services.runtime.host.page import Page
from services.runtime.mail.open import open_mailer
from services.runtime.metrics import Metrics
from services.runtime.part import Part
from services.runtime.rates import Rates
from services.runtime.schema import Schema
from services.runtime.settings import Settings

SERVICES = ("auth", "ingest", "analytics", "insight")
TARGETS = (*SERVICES, "gateway")
ALL = "all"
TIMEOUT = httpx.Timeout(5.0)


@dataclass(frozen=True, slots=True)
class Built:
    """An app, and what a test of it may want to look at."""

    app: FastAPI
    parts: Sequence[Part]
    database: Database
    bus: Bus
    fanout: Fanout
    metrics: Metrics
    sockets: type[asyncio.Protocol] | None = None


class Composition:
    """Everything a process needs, made by plain constructors in order; nothing is opened before the start."""

    def __init__(
        self,
        settings: Settings,
        targets: Collection[str],
        clock: Clock | None = None,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self.settings = settings
        self.targets = set(TARGETS) if ALL in targets else set(targets)
        self.clock = clock or SystemClock()
        self.failpoint = failpoint
        self.metrics = Metrics()
        self.database = open_database(settings.database, settings)
        self.bus: Bus = open_bus(
            settings.bus_url, settings, self.database, self.clock, self.metrics, topology=QUEUES
        )
        self.fanout: Fanout = open_fanout(settings.fanout_url, settings, self.clock, self.metrics)
        self.ephemeral: Ephemeral = open_ephemeral(settings.fanout_url, clock=self.clock, settings=settings)
        self.counters = FallbackEphemeral(self.ephemeral, self.clock, settings.counters_wait_seconds)
        self.rates = Rates(self.counters, settings, self.metrics)
        self.secret = settings.internal_secret or SecretStr(secrets.token_urlsafe(32))
        self.rights = Rights(self.database, self.clock, settings.rights_cache_seconds)
        self.clients: list[httpx.AsyncClient] = []
        self.sockets: type[asyncio.Protocol] | None = None
        self.gate = TokenGate(
            self._key_source(), self.rights, self.clock, leeway_seconds=settings.token_leeway_seconds
        )

    @property
    def hosts_everything(self) -> bool:
        return self.targets == set(TARGETS)

    def build(self) -> Built:
        parts = self._parts()
        local = self.settings.is_local
        app = build_app(
            self.settings,
            self.metrics,
            parts,
            self._steps(),
            # In one process nobody asks from outside, so nothing internal is on its one port.
            internal=[] if local else [router for part in parts for router in part.internal_routers],
            turnstile=Turnstile(self.gate, self.rates),
            page=Page(self.settings.page_dir) if self.hosts_everything else None,
            document=openapi_document,
        )
        return Built(app, parts, self.database, self.bus, self.fanout, self.metrics, self.sockets)

    def _parts(self) -> list[Part]:
        parts: list[Part] = []
        if "auth" in self.targets:
            parts.append(self._auth())
        ingest = self._ingest() if "ingest" in self.targets else None
        if ingest is not None:
            parts.append(ingest)
        if "analytics" in self.targets:
            parts.append(self._analytics())
        if "insight" in self.targets:
            parts.append(
                InsightPart(
                    self.database,
                    self.bus,
                    self.fanout,
                    self.gate,
                    self.settings,
                    self.clock,
                    self.metrics,
                )
            )
        if "gateway" in self.targets:
            parts.append(self._gateway(ingest))
        if "ingest" in self.targets:
            parts.append(LocalPart(self.gate, self.settings, alone=self.hosts_everything))
        return parts

    def _auth(self) -> Part:
        return AuthPart(
            database=self.database,
            bus=self.bus,
            ephemeral=self.ephemeral,
            counters=self.counters,
            rates=self.rates,
            fanout=self.fanout,
            rights=self.rights,
            gate=self.gate,
            keyring=self._keyring,
            command_key=self._command_key(),
            mailer=open_mailer(self.settings, self.clock),
            metrics=self.metrics,
            clock=self.clock,
            settings=self.settings,
        )

    def _ingest(self) -> IngestPart:
        return IngestPart(
            self.database,
            self.bus,
            self.fanout,
            self.gate,
            self.settings,
            self.clock,
            self.metrics,
            self.secret,
            self._command_key(),
            self.failpoint,
        )

    def _analytics(self) -> Part:
        return AnalyticsPart(self.database, self.bus, self.fanout, self.gate, self.settings, self.clock)

    def _gateway(self, ingest: IngestPart | None) -> Part:
        client = self._client(self.settings.ingest_url) if ingest is None else _inside(ingest)
        self.clients.append(client)
        gateway = GatewayPart(
            self.settings,
            self.clock,
            self.metrics,
            self.fanout,
            SnapshotClient(client, self.secret.get_secret_value()),
            self.gate,
            partial(take_ticket, self.ephemeral),
            direct=not self.hosts_everything,
        )
        self.sockets = gateway.protocol
        return gateway

    def _key_source(self) -> KeySource:
        if "auth" in self.targets:
            return self._keyring
        client = self._client(self.settings.auth_url)
        self.clients.append(client)
        keep = self.settings.jwks_cache_seconds
        return KeptKeys(PublishedKeys(client), self.clock, self.settings, keep_seconds=keep)

    @cached_property
    def _keyring(self) -> Keyring:
        make = partial(self._key, "access", self.settings.jwt_secret)
        make(1)  # what is missing is told before anything starts
        return Keyring(make, self.database, self.clock, self.settings)

    def _command_key(self) -> SigningKey:
        return self._key("command", self.settings.command_secret or self.settings.jwt_secret)

    def _key(self, purpose: Purpose, secret: SecretStr | None, generation: int = 1) -> SigningKey:
        if secret is None and not self.settings.is_local:
            raise ValueError(f"the {purpose} key needs a secret shared by all replicas: set JWT_SECRET")
        plain = secret.get_secret_value() if secret else None
        return open_key(purpose, plain, self.settings.data_dir / "keys", generation)

    def _client(self, url: str) -> httpx.AsyncClient:
        if not url:
            raise ValueError("AUTH_URL and INGEST_URL must say where these services are")
        return httpx.AsyncClient(base_url=url, timeout=TIMEOUT)

    def _steps(self) -> list[Step]:
        schema = Schema(self.database, self._services(), self.clock, migrates=self.settings.is_local)
        watch = RightsWatch(self.fanout, self.rights, self.clock)
        return [
            Step("database", schema.start, self.database.close),
            Step("bus", self.bus.start, self.bus.stop),
            Step("fanout", self.fanout.start, self.fanout.stop),
            Step("ephemeral", self.ephemeral.start, self.ephemeral.stop),
            Step("clients", _nothing, self._close_clients),
            Step("rights", watch.start, watch.stop),
        ]

    def _services(self) -> list[str]:
        # Everybody reads the rights that the auth service keeps, and the runtime's own tables.
        return ["runtime", "auth", *(name for name in SERVICES[1:] if name in self.targets)]

    async def _close_clients(self) -> None:
        for client in self.clients:
            await client.aclose()


async def _nothing() -> None:
    return


def _inside(ingest: IngestPart) -> httpx.AsyncClient:
    """Speak to ingest in this very process, by the same client that speaks to it elsewhere."""
    app = FastAPI(openapi_url=None)
    for router in ingest.internal_routers:
        app.include_router(router)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ingest")
