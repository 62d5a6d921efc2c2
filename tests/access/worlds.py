"""Worlds with one past, on time that stands still: the whole product in this process, and people in it."""

import asyncio
import json
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from services.ingest.domain.identity import session_id
from tests.support.builders import START, make_report
from tests.support.compositions import SYNC, MovableClock, Stack, open_stack, settings_for

HOME = ("ada", "olaf", "mia", "vic")
ROLES = {"olaf": "member", "mia": "member", "vic": "viewer"}
MACHINES = {"ada": 2, "olaf": 2, "mia": 1}
SHARED = ("shared-1", "shared-2")
# The private sessions that there may be, one of them from the beginning.
PRIVATE = ("private-1", "private-2", "private-3")
SECRETS = {name: secrets.token_hex(32) for name in ("jwt_secret", "internal_secret")}
# A machine that is busy with something else makes no difference.
PATIENT = {"publish_timeout_seconds": 600, "idle_in_transaction_ms": 600_000}
# Reports of a world are numbered from here: newer than all of the past.
LATER = 1_000


@dataclass(frozen=True, eq=False)
class Sleeper:
    until: datetime
    who: str
    awake: asyncio.Future[None]


class HeldClock(MovableClock):
    """Time passes in steps; whoever sleeps wakes when it has passed."""

    def __init__(self, at: datetime = START) -> None:
        super().__init__(at)
        self.sleepers: list[Sleeper] = []

    async def sleep(self, seconds: float) -> None:
        awake = asyncio.get_running_loop().create_future()
        sleeper = Sleeper(self.at + timedelta(seconds=seconds), name_of_task(), awake)
        self.sleepers.append(sleeper)
        try:
            await awake
        finally:
            self.sleepers.remove(sleeper)

    def step(self, seconds: float) -> Iterator[None]:
        """Wake who has slept long enough, one at each turn, always in the same order.

        A long step makes timers due together that would not be: which of two comes first may change what both
        do, and is not to be left to chance.
        """
        self.at += timedelta(seconds=seconds)
        for sleeper in sorted(
            (one for one in self.sleepers if one.until <= self.at), key=lambda one: one.who
        ):
            if not sleeper.awake.done():
                sleeper.awake.set_result(None)
                yield


def name_of_task() -> str:
    """The current task's own name, or else what it runs."""
    task = asyncio.current_task()
    assert task is not None
    name = task.get_name()
    return str(task.get_coro().__qualname__) if name.startswith("Task-") else name  # type: ignore[union-attr]


@dataclass(frozen=True)
class Past:
    """What two worlds have in common: who there is, what they hold, and until when it went."""

    database_url: str
    tokens: Mapping[str, str]
    agent_tokens: Mapping[str, Sequence[str]]
    agent_ids: Mapping[str, Sequence[str]]
    user_ids: Mapping[str, str]
    team_ids: Mapping[str, str]
    until: datetime

    def ids(self) -> frozenset[str]:
        """All that were made before, and those of all sessions there may be."""
        agents = [agent for held in self.agent_ids.values() for agent in held]
        sessions = [self.session(owner, name) for owner in HOME for name in (*SHARED, *PRIVATE)]
        return frozenset([*agents, *sessions, *self.user_ids.values(), *self.team_ids.values()])

    def session(self, owner: str, native_id: str) -> str:
        team, user = self.team_ids["home"], self.user_ids[owner]
        return str(session_id(team, user, "claude-code", native_id))


def settings_of(folder: Path, database_url: str) -> Any:
    folder.mkdir(parents=True, exist_ok=True)
    # Nothing waits for what comes after it: which of two services is the first to tell is nobody's doing.
    at_once = {"frame_interval_seconds": 0, "frame_gather_seconds": 0, "frame_late_seconds": 0}
    return settings_for(
        folder, database_url, **SECRETS, **at_once, **PATIENT, user_exports_per_minute=100_000
    )


async def make_past(folder: Path, database_url: str) -> Past:
    """A team at home with machines and a few sessions, and an admin of another team."""
    clock = HeldClock()
    async with open_stack(settings_of(folder, database_url), clock=clock) as stack:
        people = {"ada": await stack.person("ada", "Home"), "eve": await stack.person("eve", "Elsewhere")}
        for name, role in ROLES.items():
            people[name] = await stack.colleague(people["ada"], name, role)
        machines = {
            name: [await stack.machine(people[name], f"machine-{n}") for n in range(count)]
            for name, count in MACHINES.items()
        }
        past = Past(
            database_url,
            {name: bearer(one.browser) for name, one in people.items()},
            {name: [bearer(one.client) for one in held] for name, held in machines.items()},
            {name: [one.agent_id for one in held] for name, held in machines.items()},
            {name: str(one.user_id) for name, one in people.items()},
            {"home": str(people["ada"].team_id), "elsewhere": str(people["eve"].team_id)},
            clock.now(),
        )
        world = World(stack, clock, past)
        for name in MACHINES:
            await world.report(name, {native: {} for native in (*SHARED, "private-1")})
            for native in SHARED:
                answer = await world.ask(
                    name, "POST", f"{world.path(name, native)}/share", {"visibility": "team"}
                )
                assert answer.status_code == 200, answer.text
        await world.settle()
        return Past(**{**vars(past), "until": clock.now()})


def bearer(client: httpx.AsyncClient) -> str:
    return str(client.headers["Authorization"]).removeprefix("Bearer ")


class World:
    """People ask, report and listen. Nothing goes on by itself: `settle` waits until all is done."""

    def __init__(self, stack: Stack, clock: HeldClock, past: Past, reports: int = 0) -> None:
        self.past = past
        self.clock = clock
        self._stack = stack
        self.ids = past.ids()
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._timers = 0
        self._reports = Counter(dict.fromkeys(HOME, reports))
        self._listeners: list[Listener] = []

    def path(self, owner: str, native_id: str) -> str:
        return f"/api/sessions/{self.past.session(owner, native_id)}"

    async def ask(self, who: str, method: str, path: str, body: Any = None) -> httpx.Response:
        return await self.bearing(self.past.tokens[who]).request(method, path, json=body)

    def bearing(self, token: str) -> httpx.AsyncClient:
        if token not in self._clients:
            self._clients[token] = self._stack.client(token)
        return self._clients[token]

    async def report(
        self, who: str, sessions: Mapping[str, Mapping[str, Any]], machine: int = 0
    ) -> httpx.Response:
        """One batch of one machine: native ids, and what each session is. None at all is a heartbeat."""
        reports = []
        for native_id, facts in sessions.items():
            self._reports[who] += 1
            known = {"last_activity_at": self.clock.now(), **facts}
            reports.append(make_report(self._reports[who], native_id, **known).model_dump(mode="json"))
        body = {
            "v": 1, "agent_id": self.past.agent_ids[who][machine], "sent_at": self.clock.now().isoformat(),
            "reports": reports,
        }  # fmt: skip
        return await self.bearing(self.past.agent_tokens[who][machine]).post(SYNC, json=body)

    async def pass_time(self, seconds: float) -> None:
        await self.settle()
        for _ in self.clock.step(seconds):
            await self.settle()

    async def settle(self) -> None:
        """Let everybody work until nobody has anything left to do but wait for time to pass."""
        self._timers = self._timers or len(self.clock.sleepers)
        calm = 0
        async with asyncio.timeout(120):
            while calm < 3:
                for _ in range(20):
                    await asyncio.sleep(0)
                calm = calm + 1 if await self._is_calm() else 0
                if not calm:
                    await asyncio.sleep(0.001)

    async def _is_calm(self) -> bool:
        database = self._stack.built.database
        if database.engine.pool.checkedout() or len(self.clock.sleepers) < self._timers:  # type: ignore[attr-defined]
            return False
        if not all(listener.is_answered for listener in self._listeners):
            return False
        async with database.engine.connect() as connection:
            return not (await connection.execute(WAITING)).first()

    def listen(self, who: str) -> "Listener":
        listener = Listener(self._stack.built.app, self.past.tokens[who])
        self._listeners.append(listener)
        return listener


OUTBOXES = ("auth", "ingest", "analytics", "insight")
WAITING = text(" UNION ALL ".join(f"SELECT 1 FROM {name}_outbox" for name in OUTBOXES))


@asynccontextmanager
async def open_world(past: Past, folder: Path, database_url: str) -> AsyncIterator[World]:
    """One more world with this past, of which the database is a copy."""
    clock = HeldClock(past.until + timedelta(seconds=30))
    async with open_stack(settings_of(folder, database_url), clock=clock) as stack:
        for _ in range(100):
            await asyncio.sleep(0)
        world = World(stack, clock, past, reports=LATER)
        await world.settle()
        yield world


@dataclass
class Listener:
    """One socket, without a network: each frame it was sent, those of a batch one by one."""

    app: Any
    token: str
    frames: list[dict[str, Any]] = field(default_factory=list)
    channels: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._unanswered = 0
        self._said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})
        self._serving = asyncio.create_task(self.app(self._scope(), self._said.get, self._take))

    def subscribe_again(self) -> None:
        """To all that this was ever subscribed to."""
        for channel in list(self.channels):
            self.subscribe(channel)

    def subscribe(self, channel: str, **filters: Any) -> None:
        self.channels[channel] = None
        self._unanswered += 1
        said = {"type": "subscribe", "channel": channel, "filters": filters}
        self._said.put_nowait({"type": "websocket.receive", "text": json.dumps(said)})

    @property
    def is_answered(self) -> bool:
        """Whether each subscription was taken or refused."""
        return self._unanswered <= 0

    async def close(self) -> None:
        self._said.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await self._serving

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            frame = json.loads(message["text"])
            frames = frame["frames"] if frame["type"] == "batch" else [frame]
            self._unanswered -= sum(one["type"] in {"subscribed", "error"} for one in frames)
            self.frames += frames
        elif message["type"] == "websocket.close":
            self._unanswered = 0
            self.frames.append({"closed": message.get("code")})

    def _scope(self) -> dict[str, Any]:
        headers = [(b"host", b"127.0.0.1:8000"), (b"authorization", f"Bearer {self.token}".encode())]
        return {
            "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "ws",
            "path": "/ws/sessions", "raw_path": b"/ws/sessions", "query_string": b"", "root_path": "",
            "headers": headers, "client": ("127.0.0.1", 50_000), "server": ("127.0.0.1", 8000),
            "subprotocols": [], "state": {}, "extensions": {},
        }  # fmt: skip
