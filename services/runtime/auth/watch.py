"""Hears on the fan-out which rights have changed, so that nobody acts on kept ones."""

import asyncio
from uuid import UUID

import orjson
import structlog

from services.runtime.auth.rights import Rights
from services.runtime.clock import Clock
from services.runtime.fanout import Fanout
from services.runtime.tasks import end

log = structlog.get_logger(__name__)
CHANNEL = "control"
PAUSE_SECONDS = 1.0


class RightsWatch:
    """Drops kept rights as messages on `control` name them. Without the fan-out they age as usual."""

    def __init__(self, fanout: Fanout, rights: Rights, clock: Clock) -> None:
        self._fanout = fanout
        self._rights = rights
        self._clock = clock
        self._task: asyncio.Task[None] | None = None
        self.listening = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen; does not wait for a fan-out that is not there yet."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        await end(self._task)

    async def _run(self) -> None:
        while True:
            try:
                await self._listen()
            except (OSError, RuntimeError) as error:
                log.warning("rights not watched", error=type(error).__name__)
            self.listening.clear()
            await self._clock.sleep(PAUSE_SECONDS)

    async def _listen(self) -> None:
        listener = await self._fanout.listen()
        try:
            await listener.add(CHANNEL)
            self._rights.drop()
            self.listening.set()
            async for entry in listener:
                self._hear(entry.payload)
        finally:
            await listener.close()

    def _hear(self, payload: bytes) -> None:
        try:
            message = orjson.loads(payload)
            if message["type"] != "rights":
                return
            self._rights.drop(
                sid=message.get("sid"), user_id=_uuid(message, "user_id"), team_id=_uuid(message, "team_id")
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            # Whatever it meant to say, having to read all rights again is the safe understanding.
            self._rights.drop()


def _uuid(message: dict[str, str | None], name: str) -> UUID | None:
    value = message.get(name)
    return None if value is None else UUID(value)
