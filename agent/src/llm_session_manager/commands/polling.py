"""Fetches commands over HTTPS: one request that the dashboard answers as soon as there is something."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from llm_session_manager import protocol
from llm_session_manager.config import Limits
from llm_session_manager.pauses import pause
from llm_session_manager.transports import Failure

log = logging.getLogger(__name__)


class Commands(Protocol):
    """Where commands are fetched."""

    async def commands(self, agent_id: str, wait: float) -> Sequence[bytes] | Failure:
        """What this machine is to do, as soon as there is something, or after `wait` seconds."""


class Polling:
    """Asks again and again; with `wait` 0 once for each introduction, where a broker brings the rest.

    A broker's queue holds only what came after it was made.
    """

    def __init__(
        self, server: Commands, hear: Callable[[bytes], Awaitable[None]], limits: Limits, *, wait: float
    ) -> None:
        self._server, self._hear, self._limits, self._wait = server, hear, limits, wait
        self._welcome: protocol.Welcome | None = None
        self._introduced = asyncio.Event()

    def introduce(self, welcome: protocol.Welcome) -> None:
        """Ask as the machine that the server knows."""
        self._welcome = welcome
        self._introduced.set()

    async def run(self) -> None:
        """Ask for ever."""
        attempt, said = 0, ""
        while True:
            await self._introduced.wait()
            failure = await self._ask()
            if failure is None:
                attempt, said = 0, ""
                continue
            if failure.reason != said:
                log.info("Commands cannot be fetched now: %s", failure.reason)
            said = failure.reason
            await asyncio.sleep(pause(failure, attempt, self._limits))
            attempt += 1

    async def _ask(self) -> Failure | None:
        assert self._welcome is not None
        if not self._wait:
            self._introduced.clear()
        found = await self._server.commands(self._welcome.agent_id, self._wait)
        if isinstance(found, Failure):
            self._introduced.set()
            return found
        await asyncio.gather(*(self._hear(raw) for raw in found))
        if self._wait:
            # Whatever a server does, it is not asked without a breath.
            await asyncio.sleep(self._limits.command_pause)
        return None
