"""Insight without its API: what it is told of sessions, and what it tells of them."""

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from services.contracts.people import MemberJoined, TeamUpdated
from services.contracts.sessions import Health, SessionDeleted, SessionState, Tokens
from services.insight import tables
from services.insight.alerting import Alerting
from services.insight.farewell import Farewell
from services.insight.newcomers import Newcomers
from services.insight.notices import Notices
from services.insight.people import PeopleConsumer
from services.insight.telling import Telling
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bus import Message
from services.runtime.db import open_database
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings
from tests.services.analytics.bench import message
from tests.services.ingest.bench import Sink
from tests.services.insight.newsroom import make_deliveries, nowhere
from tests.support.builders import ANNA, BEN, TEAM
from tests.support.compositions import MovableClock
from tests.support.states import make_state

HOME = TeamsCaller.of({TEAM})


class Desk:
    """One insight service on one database; nobody relays what it tells: it stays there to be read."""

    def __init__(self, settings: Settings, database_url: str, resolve: Any = nowhere) -> None:
        self.clock = MovableClock()
        self.database = open_database(database_url, settings)
        nobody: Any = Sink()
        self.outbox = Outbox(self.database, tables.outbox, nobody, nobody, settings, self.clock)
        self.deliveries = make_deliveries(self.database, settings, self.clock, resolve)
        self.notices = Notices(self.outbox, self.deliveries, self.clock)
        gate: Any = NoGate()
        self.alerting = Alerting(
            self.database, self.outbox, self.notices, self.deliveries, gate, settings, self.clock
        )
        farewell = Farewell(Telling(self.outbox, self.clock), self.clock)
        self.people = PeopleConsumer(self.database, farewell, Newcomers(self.notices, self.clock))
        self.versions: dict[str, int] = {}

    async def gather(self, **settings: Any) -> None:
        """Anna is admin, Ben a member of one team."""
        at = self.clock.now()
        await self.hear(TeamUpdated(team_id=TEAM, name="Harbour", settings=settings, at=at))
        for user_id, name, role in ((ANNA, "anna", "admin"), (BEN, "ben", "member")):
            told = MemberJoined(team_id=TEAM, user_id=user_id, username=name, role=role, at=at)
            await self.hear(told)
        await self.forget()

    async def hear(self, *told: Any) -> None:
        batch = [Message(one.kind, one.model_dump_json().encode()) for one in told]
        assert await self.people.handle(batch) == [None] * len(batch)

    async def figure(self, *told: Any) -> None:
        batch = [Message(one.kind, one.model_dump_json().encode()) for one in told]
        assert await self.alerting.figures.handle(batch) == [None] * len(batch)

    def state(self, native_id: str = "native-1", **changes: Any) -> SessionState:
        """A session newer than before; `score` and `percent` (of its context) are short for what they say."""
        version = self.versions[native_id] = self.versions.get(native_id, 0) + 1
        score, percent = changes.pop("score", None), changes.pop("percent", None)
        if score is not None:
            changes["health"] = Health(score=score, grade="good", top_reason="Context 60 % full")
        if percent is not None:
            changes["tokens"] = Tokens(
                input=1, output=1, cache_read=0, cache_write=0, reasoning=None, total=2,
                context_used=percent * 2_000, context_window=200_000,
            )  # fmt: skip
        known: dict[str, Any] = {"version": version, "last_activity_at": self.clock.now()}
        return make_state(native_id=native_id, **known | changes)

    async def take(self, *told: SessionState | SessionDeleted) -> None:
        """Handle what is told as one batch."""
        batch = [message(one) for one in told]
        assert await self.alerting.sessions.handle(batch) == [None] * len(batch)

    async def put(self, native_id: str = "native-1", **changes: Any) -> SessionState:
        """Tell what a session is now."""
        state = self.state(native_id, **changes)
        await self.take(state)
        return state

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        async with self.database.read(HOME) as connection:
            return [dict(row) for row in (await connection.execute(select(table))).mappings()]

    async def alerts(self) -> list[tuple[str, str]]:
        """Kind and state of all incidents."""
        return sorted((row["kind"], row["state"]) for row in await self.rows(tables.alerts))

    async def told(self) -> list[tuple[str, UUID]]:
        """Kind and person of all notifications."""
        rows = await self.rows(tables.notifications)
        return sorted((row["kind"], row["user_id"]) for row in rows)

    async def frames(self) -> list[tuple[str, str]]:
        """Channel and frame of all that open pages are told, oldest first."""
        rows = sorted(await self.rows(tables.outbox), key=lambda row: row["id"])
        return [
            (row["target"], orjson.loads(row["body"])["frame"]) for row in rows if row["kind"] == "fanout"
        ]

    async def letters(self) -> list[list[str]]:
        """The titles in each letter that is asked for."""
        rows = [row for row in await self.rows(tables.outbox) if row["routing_key"] == "letter.notices"]
        return [[item["title"] for item in orjson.loads(row["body"])["items"]] for row in rows]

    async def forget(self) -> None:
        """Empty the outbox and what was told until now."""
        async with self.database.write(HOME) as connection:
            for table in (tables.outbox, tables.notifications):
                await connection.execute(table.delete())


class NoGate:
    """Nobody asks."""

    def __getattr__(self, _name: str) -> Any:
        return lambda: None


def caller(user_id: UUID = ANNA, role: Any = "admin") -> Caller:
    return Caller(user_id, TEAM, role, "sid")
