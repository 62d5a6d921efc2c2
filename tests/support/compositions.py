"""The whole product in this process, asked as browsers and agents ask it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from llm_session_manager.protocol import Report
from services.auth.store import memberships
from services.ingest.consumer import Failpoint, no_failpoint
from services.runtime.auth import ANONYMOUS, Role
from services.runtime.migrate import migrate
from services.runtime.settings import Settings
from services.targets import SERVICES, Built, Composition
from tests.support.builders import MACHINE, START
from tests.support.rows import every_row

PASSWORD = "correct horse battery"
SYNC = "/api/sessions/sync"
NOBODY_THERE = "http://nobody:nothing@127.0.0.1:9"


class MovableClock:
    """Tells the time it is set to; a sleep is a real one."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def advance(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


@dataclass
class Person:
    """Somebody signed in: `browser` bears their access token."""

    name: str
    user_id: UUID
    team_id: UUID | None
    browser: httpx.AsyncClient


@dataclass
class Machine:
    """An agent's side: `client` bears an API token, `agent_id` is what its machine was introduced as."""

    client: httpx.AsyncClient
    agent_id: str
    clock: MovableClock

    async def send(self, *reports: Report | dict[str, Any]) -> httpx.Response:
        plain = [one.model_dump(mode="json") if isinstance(one, Report) else one for one in reports]
        return await self.client.post(SYNC, json=self.batch(plain))

    def batch(self, reports: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "v": 1,
            "agent_id": self.agent_id,
            "sent_at": self.clock.now().isoformat(),
            "reports": reports,
        }


class Stack:
    """A running composition. Every client it opened is closed with it."""

    def __init__(self, settings: Settings, built: Built, clock: MovableClock) -> None:
        self.settings = settings
        self.built = built
        self.clock = clock
        self._clients: list[httpx.AsyncClient] = []

    def client(self, bearer: str | None = None) -> httpx.AsyncClient:
        """A client without a proxy or a network: each request goes straight to the app."""
        transport = httpx.ASGITransport(self.built.app, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")
        if bearer:
            client.headers["Authorization"] = f"Bearer {bearer}"
        self._clients.append(client)
        return client

    async def person(self, name: str, team_name: str | None = "Alpha") -> Person:
        """Register somebody with a team of their own, or with none."""
        body = {"email": f"{name}@example.com", "username": name, "password": PASSWORD}
        if team_name:
            body["team_name"] = team_name
        answer = await self.client().post("/api/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        user = answer.json()["user"]
        team = UUID(user["team_id"]) if user["team_id"] else None
        return Person(name, UUID(user["id"]), team, self.client(answer.json()["access_token"]))

    async def colleague(self, of: Person, name: str, role: Role = "member") -> Person:
        """Register somebody into the team of another person."""
        person = await self.person(name, team_name=None)
        assert of.team_id is not None
        async with every_row(self.built.database) as connection:
            await memberships.add(ANONYMOUS, connection, person.user_id, of.team_id, role, self.clock.now())
        # What is kept of a person's rights is a few seconds old at most.
        self.clock.advance(seconds=self.settings.rights_cache_seconds + 1)
        person.team_id = of.team_id
        return person

    async def token(self, person: Person, *scopes: str) -> httpx.AsyncClient:
        body = {"name": "laptop", "scopes": list(scopes)}
        answer = await person.browser.post("/api/auth/tokens", json=body)
        assert answer.status_code == 201, answer.text
        return self.client(answer.json()["token"])

    async def machine(self, person: Person, machine_id: str = MACHINE) -> Machine:
        """Make a token for an agent and introduce its machine."""
        client = await self.token(person, "agent")
        hello = {
            "machine_id": machine_id,
            "hostname": f"{person.name}-mbp",
            "os": "Linux",
            "version": "0.1.0",
        }
        answer = await client.post("/api/agents", json=hello)
        assert answer.status_code == 200, answer.text
        return Machine(client, answer.json()["agent_id"], self.clock)

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()


def settings_for(
    folder: Path,
    database_url: str = "",
    bus_url: str = "memory://",
    fanout_url: str = "memory://",
    **changes: Any,
) -> Settings:
    """Production's settings, with cheap passwords and quick retries."""
    quick: dict[str, Any] = {
        "hash_memory_kib": 64, "hash_passes": 1, "retry_min_seconds": 0.001, "retry_max_seconds": 0.01,
        "reconnect_max_seconds": 0.2, "drain_seconds": 5.0,
        "access_token_seconds": 864_000, "sign_ins_per_minute": 10_000, "anonymous_per_minute": 10_000,
        "user_per_minute": 100_000, "user_writes_per_minute": 100_000, "agent_syncs_per_minute": 100_000,
        "user_searches_per_minute": 100_000, "user_exports_per_minute": 100_000,
        "jwt_secret": secrets.token_hex(32), "internal_secret": secrets.token_hex(32),
        "management_url": NOBODY_THERE,
        # A machine busy with other tests makes a question last.
        "pool_wait_seconds": 60.0, "statement_timeout_ms": 60_000, "lock_timeout_ms": 60_000,
        "search_timeout_ms": 60_000, "publish_timeout_seconds": 60.0,
    }  # fmt: skip
    urls = {"database_url": database_url, "bus_url": bus_url, "fanout_url": fanout_url}
    return Settings(data_dir=folder, **urls | quick | changes)


@asynccontextmanager
async def open_stack(
    settings: Settings,
    targets: Collection[str] = ("all",),
    clock: MovableClock | None = None,
    failpoint: Failpoint = no_failpoint,
) -> AsyncIterator[Stack]:
    """Start the parts of these targets, on whatever the settings name, with all tables made."""
    clock = clock or MovableClock()
    composition = Composition(settings, targets, clock, failpoint)
    for service in ("runtime", *SERVICES):
        await migrate(composition.database, service)
    built = composition.build()
    stack = Stack(settings, built, clock)
    async with built.app.router.lifespan_context(built.app):
        try:
            yield stack
        finally:
            await stack.close()
