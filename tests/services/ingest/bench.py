"""Ingest without its API: what it takes in, stores and tells, with time that is moved."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import select

from llm_session_manager.protocol import Heartbeat, Report
from services.contracts.channels import SessionChanged
from services.contracts.prices import load_book
from services.contracts.sessions import SessionState, SessionStates
from services.ingest import tables
from services.ingest.batch import BatchWriter
from services.ingest.consumer import ReportConsumer
from services.ingest.departures import Departures
from services.ingest.people import PeopleConsumer
from services.ingest.store import agents, people
from services.ingest.sweep import Sweep
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bus import Message, Rejection
from services.runtime.db import open_database
from services.runtime.metrics import Metrics
from services.runtime.migrate import migrate
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings
from tests.support.builders import AGENT, ANNA, TEAM, message
from tests.support.compositions import MovableClock
from tests.support.rows import every_row

# What says when something was received, or how often it was changed, follows from the order of receipt.
RECEIPT = {
    "version", "reported_at", "updated_at", "last_seen_at", "first_seen_at", "known_at", "shared_at", "place",
}  # fmt: skip


class Sink:
    """A bus and a fan-out that keep what they are given; `failures` are raised first."""

    def __init__(self) -> None:
        self.got: list[tuple[Any, ...]] = []
        self.failures: list[Exception] = []

    async def publish(self, *what: Any) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.got.append(what)

    async def publish_all(self, entries: Any) -> None:
        for entry in entries:
            await self.publish(*entry)


class Bench:
    """One consumer on one database."""

    def __init__(self, settings: Settings, database_url: str) -> None:
        self.settings = settings
        self.clock = MovableClock()
        self.metrics = Metrics()
        self.database = open_database(database_url, settings)
        self.bus, self.fanout = Sink(), Sink()
        self.failpoints: list[str] = []
        self.crash_at: str | None = None
        self.outbox = Outbox(self.database, tables.outbox, self.bus, self.fanout, settings, self.clock)
        self.consumer = self.make_consumer()
        self.people = PeopleConsumer(self.database, Departures(self.database, self.outbox, self.clock))
        self.sweep = Sweep(self.database, self.outbox, settings, self.clock)

    def make_consumer(self) -> ReportConsumer:
        writer = BatchWriter(load_book())
        return ReportConsumer(
            self.database, writer, self.bus, self.fanout, self.outbox, self.settings, self.clock,
            self.metrics, self._pass,
        )  # fmt: skip

    async def _pass(self, name: str) -> None:
        self.failpoints.append(name)
        if name == self.crash_at:
            raise RuntimeError(name)

    async def introduce(self, agent: UUID = AGENT, team: UUID = TEAM, user: UUID = ANNA) -> None:
        now = self.clock.now()
        row = {
            "id": agent, "team_id": team, "user_id": user, "machine_id": "m", "hostname": "h", "os": "Linux",
            "version": "1", "epoch": 0, "n": 0, "first_seen_at": now, "last_seen_at": now,
            "commands": None, "admin_commands": False,
        }  # fmt: skip
        caller = Caller(user, team, "member", "sid")
        async with self.database.write(caller) as connection:
            await agents.put_agent(caller, connection, row)

    async def set_team(self, settings: Mapping[str, Any], team: UUID = TEAM) -> None:
        actor = TeamsCaller.of({team})
        async with self.database.write(actor) as connection:
            await people.put_team(actor, connection, team, settings, self.clock.now())

    async def take(self, *contents: Report | Heartbeat | Message | bytes) -> list[Rejection | None]:
        """Handle one batch; what is no message yet was sent by Anna's agent."""
        batch = [one if isinstance(one, Message) else message(one) for one in contents]
        return list(await self.consumer.handle(batch))

    async def rows(self, table: Any) -> list[dict[str, Any]]:
        keys = list(table.primary_key)
        async with every_row(self.database) as connection:
            found = await connection.execute(select(table).order_by(*keys))
            return [dict(row) for row in found.mappings()]

    async def session(self) -> dict[str, Any]:
        (row,) = await self.rows(tables.sessions)
        return row

    async def dump(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of every table, but for what tells of receipt."""
        kept = {}
        for table in tables.metadata.sorted_tables:
            rows = await self.rows(table)
            told = [{name: _plain(name, row[name]) for name in row if name not in RECEIPT} for row in rows]
            kept[table.name] = sorted(told, key=repr)
        return kept

    def states(self) -> list[SessionState]:
        """All states told on the bus so far."""
        told = [
            SessionStates.model_validate_json(body)
            for _, key, body, *_ in self.bus.got
            if key == "session.state"
        ]
        return [state for one in told for state in one.states]

    def told(self) -> list[tuple[str, SessionChanged]]:
        """All announcements to browsers so far, each with its channel."""
        return [
            (channel, SessionChanged.model_validate_json(payload)) for channel, payload in self.fanout.got
        ]

    def forget(self) -> None:
        """Forget what was told so far."""
        self.bus.got.clear()
        self.fanout.got.clear()


@asynccontextmanager
async def open_bench(database_url: str, folder: Any, **changes: Any) -> AsyncIterator[Bench]:
    bench = Bench(Settings(data_dir=folder, **changes), database_url)
    await migrate(bench.database, "ingest")
    try:
        yield bench
    finally:
        await bench.database.close()


def _plain(name: str, value: Any) -> Any:
    """What is searched is written otherwise on each database; the words are the same."""
    return sorted(set(re.findall(r"\w+", value.lower()))) if name == "words" else value
