"""The whole product with the demo beside it, in a time that runs as fast as it is lived."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import inspect, text

from services.commands.demo import make_removal, make_stage
from services.demo.keeping import Keeping
from services.demo.play import Play
from services.demo.removal import Removal
from services.demo.stage import Stage
from services.demo.team import DEMO_EMAIL
from services.runtime.clock import Clock, SystemClock
from services.runtime.reach import NOBODY
from tests.support.compositions import MovableClock, Stack, open_stack, settings_for
from tests.support.waiting import eventually

NOON = datetime(2026, 11, 18, 12, 3, tzinfo=UTC)


class LivedClock(MovableClock):
    """Sleeping makes the time pass, at once."""

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        self._clock.advance(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class Theatre:
    """A running product; each `stage` is what one start of the demo puts beside it."""

    stack: Stack
    clock: LivedClock
    stages: list[Stage] = field(default_factory=list)

    @property
    def folder(self):
        return self.stack.settings.data_dir

    def stage(self) -> tuple[Stage, Keeping]:
        keeping = Keeping(self.folder)
        assert keeping.take()
        stage = make_stage(self.stack.built, keeping, self.clock)
        self.stages.append(stage)
        return stage, keeping

    async def start(self, days: int = 0) -> Play:
        """Start the demo as `services demo` does, but play nothing yet."""
        stage, self.keeping = self.stage()
        return await stage.open(days)

    def removal(self, clock: Clock | None = None) -> Removal:
        """What `services demo remove` does, waiting for others in their own time unless a clock is given."""
        return make_removal(self.stack.settings, self.stack.built, clock or SystemClock())

    async def sign_in(self, email: str = DEMO_EMAIL) -> httpx.AsyncClient:
        password = (self.folder / "demo.password").read_text().strip()
        client = self.stack.client()
        answer = await client.post("/api/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return client

    async def sessions(self, client: httpx.AsyncClient) -> list[dict]:
        found, cursor = [], None
        while True:
            asked = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            page = (await client.get("/api/sessions", params=asked)).json()
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    async def close(self) -> None:
        for stage in self.stages:
            await stage.drain()
            await stage.leave()
        await eventually(self._all_told)

    async def _all_told(self) -> bool:
        """Whether no message waits: one that is under way holds up the end of the product."""
        async with self.stack.built.database.read(NOBODY) as connection:
            names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
            counts = [
                (await connection.execute(text(f'SELECT count(*) FROM "{name}"'))).scalar()
                for name in names
                if name.endswith("outbox")
            ]
        return not any(counts)


@asynccontextmanager
async def open_theatre(folder) -> AsyncIterator[Theatre]:
    clock = MovableClock(NOON)
    async with open_stack(settings_for(folder), clock=clock) as stack:
        theatre = Theatre(stack, LivedClock(clock))
        try:
            yield theatre
        finally:
            await theatre.close()


@pytest.fixture
async def theatre(tmp_path) -> AsyncIterator[Theatre]:
    async with open_theatre(tmp_path) as opened:
        yield opened
