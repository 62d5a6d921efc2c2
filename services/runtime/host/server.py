"""The web server of a process."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

import uvicorn

from services.runtime.part import Part


class DrainingServer(uvicorn.Server):
    """Lets the parts say goodbye while their connections are still open, and says when it is up."""

    def __init__(
        self, config: uvicorn.Config, parts: Sequence[Part], ready: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(config)
        self._parts = parts
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in self.servers:
            listening.close()
        await asyncio.gather(*(part.drain() for part in self._parts))
        await super().shutdown(sockets)
