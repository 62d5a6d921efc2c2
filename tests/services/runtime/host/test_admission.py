"""Who asks is found out before anything is read; each is counted as whom they prove to be, or by address."""

import asyncio
from uuid import uuid4

import httpx
import pytest
from fastapi import APIRouter, Request

from services.runtime.auth import Caller
from services.runtime.auth.gate import SHOWN, Shown
from services.runtime.ephemeral.fallback import FallbackEphemeral
from services.runtime.ephemeral.memory import MemoryEphemeral
from services.runtime.ephemeral.redis import RedisEphemeral
from services.runtime.errors import unauthenticated, unavailable
from services.runtime.host import build_app
from services.runtime.host.admission import Turnstile
from services.runtime.metrics import Metrics
from services.runtime.rates import Rates
from services.runtime.settings import Settings
from tests.services.runtime.host.stage import Part
from tests.support.compositions import MovableClock

PEOPLE = {name: Caller(uuid4(), uuid4(), "member", name) for name in ("anna", "ben")}


class Gate:
    """Knows people by their names."""

    def __init__(self) -> None:
        self.looked = 0

    async def look(self, token):
        self.looked += 1
        if token == "away":
            return Shown(error=unavailable("Later."))
        return Shown(caller=PEOPLE[token]) if token in PEOPLE else Shown(error=unauthenticated())


class Doors(Part):
    """Remembers what reaches it."""

    def __init__(self):
        super().__init__()
        self.came = []
        router = APIRouter()

        @router.api_route("/{path:path}", methods=["GET", "POST"])
        async def door(request: Request):
            await request.body()
            self.came.append((request.url.path, getattr(request.state, SHOWN, None)))

        self.routers = [router]


@pytest.fixture
def doors():
    return Doors()


@pytest.fixture
def gate():
    return Gate()


def open_client(doors, gate, counters, address="10.0.0.1"):
    settings = Settings(anonymous_per_minute=3, user_per_minute=5, user_writes_per_minute=2)
    app = build_app(
        settings, Metrics(), [doors], turnstile=Turnstile(gate, Rates(counters, settings, Metrics()))
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://here")


@pytest.fixture
async def client(doors, gate):
    async with open_client(doors, gate, MemoryEphemeral(MovableClock())) as client:
        yield client


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


async def statuses(client, count, path="/api/thing", **request):
    return [(await client.get(path, **request)).status_code for _ in range(count)]


async def test_the_anonymous_are_counted_by_address(client, doors):
    assert await statuses(client, 5) == [200, 200, 200, 429, 429]
    answer = await client.get("/api/thing")
    assert (answer.json()["code"], answer.headers["retry-after"]) == ("too_many", "60")
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(doors.came) == 3


@pytest.mark.parametrize("header", ["Bearer bad", "Basic YTpi", "Bearer", "Bearer ", "anna", ""])
async def test_what_proves_nothing_is_anonymous(client, header):
    assert await statuses(client, 5, headers={"Authorization": header}) == [200, 200, 200, 429, 429]


async def test_nobodys_bad_requests_take_anything_from_a_neighbour(client):
    assert await statuses(client, 5, headers=bearer("bad")) == [200, 200, 200, 429, 429]
    assert await statuses(client, 5, headers=bearer("anna")) == [200] * 5
    assert await statuses(client, 2, headers=bearer("anna")) == [429] * 2
    assert await statuses(client, 5, headers=bearer("ben")) == [200] * 5


async def test_a_token_is_checked_once_and_the_route_hears_of_it(client, gate, doors):
    await client.get("/api/thing", headers=bearer("anna"))
    assert gate.looked == 1
    assert doors.came[0][1].caller == PEOPLE["anna"]


async def test_while_nobody_can_tell_nothing_is_counted(client):
    assert await statuses(client, 9, headers=bearer("away")) == [200] * 9


async def test_a_refused_body_is_not_read(client):
    sent = 0

    async def body():
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b"x" * 1000

    for expected in (200, 200, 429):
        answer = await client.post("/api/thing", content=body(), headers=bearer("anna"))
        assert answer.status_code == expected
    assert sent == 200


@pytest.mark.parametrize(
    "path", ["/", "/assets/app.js", "/healthz", "/internal/snapshot", "/api/auth/jwks.json"]
)
async def test_what_is_not_the_api_is_not_counted(client, path):
    assert await statuses(client, 9, path) == [200] * 9


async def test_refreshing_is_counted_apart(client):
    assert await statuses(client, 6, "/api/auth/refresh") == [200] * 5 + [429]
    assert await statuses(client, 4) == [200] * 3 + [429]


async def test_two_replicas_share_what_they_count(doors, gate, redis_url):
    stores = [RedisEphemeral(redis_url, Settings()) for _ in range(2)]
    clients = [open_client(doors, gate, FallbackEphemeral(store, MovableClock(), 5.0)) for store in stores]
    found = await asyncio.gather(*(statuses(client, 5, headers=bearer("anna")) for client in clients))
    assert sorted(found[0] + found[1]) == [200] * 5 + [429] * 5
    found = [await statuses(client, 2) for client in clients]
    assert found == [[200, 200], [200, 429]]
    for client, store in zip(clients, stores, strict=True):
        await client.aclose()
        await store.stop()
