"""The auth service as one app, with time that moves when told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from services.auth.app import AuthPart
from services.auth.cutoff import Cutoff
from services.auth.keyring import Keyring
from services.runtime.auth.gate import TokenGate
from services.runtime.auth.keys import open_key
from services.runtime.auth.rights import Rights
from services.runtime.db import open_database
from services.runtime.ephemeral.fallback import FallbackEphemeral
from services.runtime.ephemeral.memory import MemoryEphemeral
from services.runtime.fanout.open import open_fanout
from services.runtime.host import build_app
from services.runtime.host.admission import Turnstile
from services.runtime.mail.open import open_mailer
from services.runtime.metrics import Metrics
from services.runtime.migrate import migrate
from services.runtime.rates import Rates
from services.runtime.settings import Settings
from tests.support.servers.smtp import MailServer

PAGE = {"X-Requested-With": "dashboard", "Origin": "http://127.0.0.1:8000"}
PASSWORD = "correct horse battery"


class ManualClock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(min(seconds, 0.01))

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class KeptSubscription:
    async def stop(self) -> None:
        """Nothing was consumed."""


class KeptBus:
    """A bus that keeps what is published."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str, bytes]] = []
        self.came = asyncio.Event()
        self.handlers: dict[str, Any] = {}

    async def publish(self, exchange, routing_key, body, headers=None) -> None:
        self.published.append((exchange.name, routing_key, body))
        self.came.set()

    async def subscribe(self, queue, handler) -> "KeptSubscription":
        self.handlers[queue.name] = handler
        return KeptSubscription()

    def keys(self) -> list[str]:
        """The routing keys published so far, in order."""
        return [key for _, key, _ in self.published]

    async def until(self, count: int) -> list[tuple[str, str, bytes]]:
        async with asyncio.timeout(60):
            while len(self.published) < count:
                self.came.clear()
                await self.came.wait()
        return self.published


@dataclass
class World:
    """One running service. `browser()` opens a client with cookies of its own."""

    app: Any
    clock: ManualClock
    settings: Settings
    database: Any
    gate: TokenGate
    rights: Rights
    ephemeral: Any
    fanout: Any
    bus: KeptBus
    access_key: Any
    command_key: Any
    metrics: Metrics
    cutoff: Cutoff

    def browser(self, base_url: str = "http://127.0.0.1:8000") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=base_url)

    async def register(self, name: str = "anna", **changes) -> tuple[httpx.AsyncClient, dict[str, Any]]:
        """A browser that has just registered, its access token in its headers."""
        browser = self.browser()
        body = {"email": f"{name}@example.com", "username": name, "password": PASSWORD, "team_name": "Alpha"}
        body.update(changes)
        answer = await browser.post(
            "/api/auth/register", json={k: v for k, v in body.items() if v is not None}
        )
        assert answer.status_code == 201, answer.text
        browser.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return browser, answer.json()

    async def token(self, browser: httpx.AsyncClient, *scopes: str) -> dict[str, Any]:
        answer = await browser.post("/api/auth/tokens", json={"name": "laptop", "scopes": list(scopes)})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def bearer(self, token: str) -> httpx.AsyncClient:
        browser = self.browser()
        browser.headers["Authorization"] = f"Bearer {token}"
        return browser


def mail_by(server: MailServer) -> dict[str, Any]:
    """The settings with which letters go there; people stay signed in while days pass."""
    return {
        "access_token_seconds": 40 * 86_400,
        "smtp_url": server.url,
        "mail_from": "Team Dashboard <dashboard@example.org>",
        "public_url": "http://127.0.0.1:8000",
        "mail_poll_seconds": 0.02,
    }


@asynccontextmanager
async def open_world(database_url: str, tmp_path, *, routers=None, **changes) -> AsyncIterator[World]:
    """Open the service on a database. `routers(gate)` adds routes of a test's own."""
    cheap = {
        "hash_memory_kib": 64,
        "hash_passes": 1,
        "sign_ins_per_minute": 1000,
        "anonymous_per_minute": 1000,
        "user_writes_per_minute": 1000,
        "user_exports_per_minute": 1000,
        # A machine busy with other tests makes a question last.
        "pool_wait_seconds": 60.0,
        "statement_timeout_ms": 60_000,
        "lock_timeout_ms": 60_000,
    }
    settings = Settings(data_dir=tmp_path, database_url=database_url, **{**cheap, **changes})
    clock, metrics, bus = ManualClock(), Metrics(), KeptBus()
    database = open_database(database_url, settings)
    fanout = open_fanout("memory://", settings, clock, metrics)
    ephemeral = MemoryEphemeral(clock)
    folder = tmp_path / "keys"
    access, command = (open_key(purpose, None, folder) for purpose in ("access", "command"))
    keyring = Keyring(lambda number: open_key("access", None, folder, number), database, clock, settings)
    rights = Rights(database, clock, settings.rights_cache_seconds)
    gate = TokenGate(keyring, rights, clock, leeway_seconds=settings.token_leeway_seconds)
    counters = FallbackEphemeral(ephemeral, clock, settings.counters_wait_seconds)
    rates = Rates(counters, settings, metrics)
    part = AuthPart(
        database=database,
        bus=bus,
        ephemeral=ephemeral,
        counters=counters,
        rates=rates,
        fanout=fanout,
        rights=rights,
        gate=gate,
        keyring=keyring,
        command_key=command,
        mailer=open_mailer(settings, clock),
        metrics=metrics,
        clock=clock,
        settings=settings,
    )
    await migrate(database, "auth")
    turnstile = Turnstile(gate, rates)
    app = build_app(settings, metrics, [part], internal=part.internal_routers, turnstile=turnstile)
    if routers is not None:
        app.include_router(routers(gate))
    try:
        async with app.router.lifespan_context(app):
            yield World(
                app, clock, settings, database, gate, rights, ephemeral, fanout, bus, access, command,
                metrics, part.cutoff,
            )  # fmt: skip
    finally:
        await database.close()
