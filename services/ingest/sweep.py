"""A timer that notices machines fallen silent (see `domain/presence.py`)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from services.ingest.batch import load_states
from services.ingest.domain.presence import silence_for
from services.ingest.domain.rows import settle
from services.ingest.publisher import changed, state_messages
from services.ingest.store import agents, people, received
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.outbox import Outbox
from services.runtime.reach import NOBODY
from services.runtime.rounds import Rounds
from services.runtime.settings import Settings

AT_ONCE = 200


class Sweep:
    """Any number of processes may sweep: each session is settled by the one that locks it."""

    def __init__(self, database: Database, outbox: Outbox, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._settings = settings
        self._clock = clock
        self._rounds = Rounds("sweep", self._settle_due, settings.sweep_seconds, clock)

    async def start(self) -> None:
        await self._rounds.start()

    async def stop(self) -> None:
        """Finish the round in hand."""
        await self._rounds.stop()

    async def _settle_due(self) -> bool:
        return await self.once() == AT_ONCE

    async def once(self) -> int:
        """Settle up to `AT_ONCE` silent sessions and tell of them; answers how many."""
        now = self._clock.now()
        async with self._database.write(NOBODY) as connection:
            rows = await self._due(connection, now)
            if rows:
                await self._settle(connection, rows, now)
        if rows:
            self._outbox.wake()
        return len(rows)

    async def _due(self, connection: Connection, now: datetime) -> list[dict[str, Any]]:
        s = self._settings
        return await agents.quiet_sessions(
            None,
            connection,
            unheard=now - timedelta(seconds=s.agent_gone_seconds),
            given_up=now - timedelta(seconds=s.agent_gone_end_seconds),
            script_unheard=now - timedelta(seconds=s.scripted_idle_seconds),
            script_given_up=now - timedelta(seconds=s.scripted_end_seconds),
            limit=AT_ONCE,
        )

    async def _settle(self, connection: Connection, rows: list[dict[str, Any]], now: datetime) -> None:
        actor = TeamsCaller.of({row["team_id"] for row in rows})
        settings = await people.team_settings(actor, connection)
        before = {row["id"]: row["status"] for row in rows}
        settled = [self._silent(row, settings.get(row["team_id"], {}), now) for row in rows]
        await received.put_settled(actor, connection, settled)
        states = await load_states(actor, connection, before)
        for message in state_messages(
            states, now, self._settings.states_per_message, self._settings.states_message_bytes
        ):
            await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
        for state in states:
            session = state.session
            ended = session.status == "ended" and before[session.id] != "ended"
            told = changed(session, ended=ended)
            await self._outbox.add_fanout(connection, told.channel, told.payload)

    def _silent(self, row: dict[str, Any], settings: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        s = self._settings
        heard_at = row.pop("heard_at")
        scripted = row["agent_id"] is None
        idle, end = (
            (s.scripted_idle_seconds, s.scripted_end_seconds)
            if scripted
            else (s.agent_gone_seconds, s.agent_gone_end_seconds)
        )
        silence = silence_for((now - heard_at).total_seconds(), idle, end)
        return settle({**row, "version": row["version"] + 1}, silence, None, settings, now)
