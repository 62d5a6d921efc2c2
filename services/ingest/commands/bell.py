"""Rings for machines that wait over HTTPS when there is something for them to do."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from uuid import UUID

import structlog

from services.contracts.channels import COMMANDS_WAIT, CommandsWait
from services.ingest.store import commands
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.fanout import Fanout
from services.runtime.rounds import Rounds
from services.runtime.settings import Settings
from services.runtime.tasks import end

log = structlog.get_logger(__name__)
PAUSE_SECONDS = 1.0


class Rung:
    """One machine's wait. What was rung since it began counts, too."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def ring(self) -> None:
        self._event.set()

    async def wait(self, seconds: float) -> None:
        """Return when it rings, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()


class Bell:
    """Hears of a command by the fan-out, from whichever process took it; what is lost, the database tells.

    One question a round stands for all machines that wait here, however many these are.
    """

    def __init__(self, database: Database, fanout: Fanout, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._fanout = fanout
        self._clock = clock
        self._waiting: dict[UUID, set[Rung]] = {}
        self._teams: Counter[UUID] = Counter()
        self._rounds = Rounds("commands", self._look, settings.command_check_seconds, clock)
        self._listening: asyncio.Task[None] | None = None
        self._is_open = False

    async def start(self) -> None:
        self._is_open = True
        self._listening = asyncio.create_task(self._listen())
        await self._rounds.start()

    def close(self) -> None:
        """Keep nobody waiting any more: the server is about to end."""
        self._is_open = False
        for agent_id in tuple(self._waiting):
            self.ring(agent_id)

    async def stop(self) -> None:
        self.close()
        await self._rounds.stop()
        await end(self._listening)

    def ring(self, agent_id: UUID) -> None:
        for rung in self._waiting.get(agent_id, ()):
            rung.ring()

    @contextlib.asynccontextmanager
    async def at(self, agent_id: UUID, team_id: UUID) -> AsyncIterator[Rung]:
        """Hear the bell for a machine from now on."""
        rung = Rung()
        self._waiting.setdefault(agent_id, set()).add(rung)
        self._teams[team_id] += 1
        if not self._is_open:
            rung.ring()
        try:
            yield rung
        finally:
            self._waiting[agent_id].discard(rung)
            if not self._waiting[agent_id]:
                del self._waiting[agent_id]
            self._teams[team_id] -= 1

    async def _look(self) -> bool:
        self._teams = +self._teams
        if self._teams:
            actor = TeamsCaller.of(self._teams.keys())
            async with self._database.read(actor) as connection:
                for agent_id in await commands.summoned(actor, connection, self._clock.now()):
                    self.ring(agent_id)
        return False

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (OSError, RuntimeError) as error:
                log.warning("commands not heard", error=type(error).__name__)
            await self._clock.sleep(PAUSE_SECONDS)

    async def _hear(self) -> None:
        listener = await self._fanout.listen()
        try:
            await listener.add(COMMANDS_WAIT)
            async for entry in listener:
                with contextlib.suppress(ValueError):
                    self.ring(CommandsWait.model_validate_json(entry.payload).agent_id)
        finally:
            await listener.close()
