"""Closes what agents have open at the broker, once their tokens allow it no more."""

import asyncio
import contextlib
from datetime import timedelta
from uuid import UUID

import structlog

from services.auth.agents import Agents
from services.auth.connections import Connections, ConnectionsAway
from services.auth.store import broker
from services.auth.store.broker import Cut
from services.runtime.auth import ANONYMOUS, Anonymous, Caller, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.settings import Settings
from services.runtime.tasks import end

log = structlog.get_logger(__name__)
AT_ONCE = 100


class Cutoff:
    """What is noted in a transaction is done right after it, by this process or whichever comes first.

    An open channel remembers what it was allowed, so asking the auth service again is not enough. A cut is
    done a second time when nobody can hold on to older rights any more, for a log-in that was under way. From
    time to time all connections are looked at, which finds tokens that ended by their time, agents with more
    connections than they may have, and whatever a database brought back from a backup does not know.
    """

    def __init__(
        self,
        database: Database,
        agents: Agents,
        connections: Connections,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._database = database
        self._agents = agents
        self._connections = connections
        self._clock = clock
        self._settings = settings
        self._again = timedelta(seconds=settings.rights_cache_seconds + settings.connection_opens_seconds)
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._swept_at: float | None = None
        self._is_away = False

    async def note(
        self,
        actor: Caller | TeamsCaller | Anonymous,
        connection: Connection,
        *,
        agent_id: UUID | None = None,
        token_id: str | None = None,
        user_id: UUID | None = None,
        team_id: UUID | None = None,
    ) -> None:
        """Have this agent cut off, or those that brought tokens with all of these marks.

        It takes effect with the caller's transaction, which must not have deleted the tokens yet. Call `wake`
        once that is committed.
        """
        now = self._clock.now()
        await broker.cut(
            actor, connection, now, agent_id=agent_id, token_id=token_id, user_id=user_id, team_id=team_id
        )

    def wake(self) -> None:
        """Look now, not at the next poll."""
        self._woken.set()

    async def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """What is not done stays noted."""
        await end(self._task)
        await self._connections.stop()

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                await self.work()
            except ConnectionsAway as error:
                if not self._is_away:
                    log.warning("agents not cut off", error=str(error))
                self._is_away = True
            except Exception as error:  # noqa: BLE001 - whatever it is, the rows stay and are tried again
                log.warning("agents not cut off", error=type(error).__name__)
            else:
                self._is_away = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.cut_poll_seconds):
                    await self._woken.wait()

    async def work(self) -> None:
        """Do what is due. Raises `ConnectionsAway`."""
        while await self._some():
            pass
        now = self._clock.monotonic()
        if self._swept_at is None or now - self._swept_at >= self._settings.cut_sweep_seconds:
            await self._sweep()
            self._swept_at = now

    async def _some(self) -> bool:
        now = self._clock.now()
        async with self._database.read(ANONYMOUS) as connection:
            todo = await broker.due(ANONYMOUS, connection, now - self._again, AT_ONCE)
        for one in todo:
            await self._cut(one)
        return len(todo) == AT_ONCE

    async def _cut(self, one: Cut) -> None:
        is_last = one.noted_at <= self._clock.now() - self._again
        # Whoever came back with another token meanwhile may stay.
        if one.done_at is None or not await self._agents.known([one.agent_id]):
            await self._connections.close_all(one.agent_id)
            log.info("agent cut off", agent=str(one.agent_id), again=one.done_at is not None)
        async with self._database.write(ANONYMOUS) as connection:
            if is_last:
                await broker.forget(ANONYMOUS, connection, one)
            else:
                await broker.done(ANONYMOUS, connection, one, self._clock.now())

    async def _sweep(self) -> None:
        listed = await self._connections.listed()
        known = await self._agents.known(list(listed))
        for agent_id, names in listed.items():
            if agent_id not in known:
                await self._connections.close_all(agent_id)
                log.info("agent without rights cut off", agent=str(agent_id))
                continue
            for name in names[self._settings.connections_per_agent :]:
                await self._connections.close(name)
                log.warning("agent has too many connections", agent=str(agent_id))
