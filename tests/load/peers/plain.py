"""FastAPI as its own documentation broadcasts: a loop over the sockets of a team for every message."""

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis

MINUTES = 60.0


class Rooms:
    """Sends every message of a channel to all who are in its room, one after the other."""

    def __init__(self, redis: Redis) -> None:
        self._listener = redis.pubsub()
        self._rooms: defaultdict[str, set[WebSocket]] = defaultdict(set)

    async def join(self, socket: WebSocket, channel: str) -> None:
        if channel not in self._rooms:
            await self._listener.subscribe(channel)
        self._rooms[channel].add(socket)

    def leave(self, socket: WebSocket) -> None:
        for room in self._rooms.values():
            room.discard(socket)

    async def run(self) -> None:
        await self._listener.subscribe("nobody")
        async for message in self._listener.listen():
            if message["type"] == "message":
                text = message["data"].decode()
                for socket in tuple(self._rooms[message["channel"].decode()]):
                    with suppress(RuntimeError):
                        await socket.send_text(text)


def make_app(url: str) -> FastAPI:
    rooms = Rooms(Redis.from_url(url))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(rooms.run())
        yield
        task.cancel()

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def alive() -> str:
        return "alive"

    @app.websocket("/ws/sessions")
    async def sessions(socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                frame = await socket.receive_json()
                if frame["type"] == "subscribe":
                    await rooms.join(socket, frame["channel"])
                    await socket.send_json({"type": "subscribed", "channel": frame["channel"]})
        except WebSocketDisconnect:
            rooms.leave(socket)

    return app


if __name__ == "__main__":
    uvicorn.run(
        make_app(os.environ["REDIS_URL"]),
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        log_level="warning",
        ws_ping_interval=10 * MINUTES,
    )
