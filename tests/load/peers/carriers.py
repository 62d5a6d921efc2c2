"""The same tight loop over the sockets of a team, under one web server or another: `carriers.py uvicorn`.

No framework and no protocol but the one frame that subscribes, so that what differs is the server alone.
"""

import asyncio
import json
import os
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
import uvloop
from granian.constants import Interfaces
from granian.server.embed import Server
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server
from redis.asyncio import Redis

ONE_PROCESSOR = {0}
HOUR = 3600.0
Send = Callable[[str], Awaitable[None] | None]
Message = dict[str, Any]


class Rooms:
    """Sends every message of a channel to all who are in its room, one after the other."""

    def __init__(self, redis: Redis) -> None:
        self._listener = redis.pubsub()
        self._rooms: defaultdict[str, dict[object, Send]] = defaultdict(dict)

    async def take(self, who: object, text: str, send: Send) -> None:
        """Do what a frame of a socket asks for."""
        frame = json.loads(text)
        if frame["type"] != "subscribe":
            return
        channel = frame["channel"]
        if channel not in self._rooms:
            await self._listener.subscribe(channel)
        self._rooms[channel][who] = send
        if done := send(json.dumps({"type": "subscribed", "channel": channel})):
            await done

    def leave(self, who: object) -> None:
        for room in self._rooms.values():
            room.pop(who, None)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        await self._listener.subscribe("nobody")
        task = asyncio.create_task(self._run())
        yield
        task.cancel()

    async def _run(self) -> None:
        async for message in self._listener.listen():
            if message["type"] == "message":
                text = message["data"].decode()
                for send in tuple(self._rooms[message["channel"].decode()].values()):
                    if done := send(text):
                        await done


class Application:
    """The rooms as an ASGI application."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"alive"})
        elif scope["type"] == "websocket":
            await self._converse(receive, send)

    async def _converse(self, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        async def say(text: str) -> None:
            await send({"type": "websocket.send", "text": text})

        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await self._rooms.take(say, message["text"], say)
        self._rooms.leave(say)


class Listener(WSListener):
    """One socket of picows, which knows no ASGI."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._asked: set[asyncio.Task[None]] = set()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        def say(text: str) -> None:
            transport.send(WSMsgType.TEXT, text.encode())

        if frame.msg_type == WSMsgType.TEXT:
            task = asyncio.create_task(self._rooms.take(self, frame.get_payload_as_utf8_text(), say))
            self._asked.add(task)
            task.add_done_callback(self._asked.discard)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._rooms.leave(self)


async def uvicorn_carries(rooms: Rooms, port: int) -> None:
    config = uvicorn.Config(
        Application(rooms), host="127.0.0.1", port=port, log_level="warning", lifespan="off",
        ws="websockets-sansio", ws_ping_interval=HOUR, ws_per_message_deflate=False,
    )  # fmt: skip
    await uvicorn.Server(config).serve()


async def granian_carries(rooms: Rooms, port: int) -> None:
    await Server(Application(rooms), port=port, interface=Interfaces.ASGINL, log_enabled=False).serve()


async def picows_carries(rooms: Rooms, port: int) -> None:
    def listener(_request: WSUpgradeRequest) -> Listener:
        return Listener(rooms)

    server = await ws_create_server(listener, "127.0.0.1", port, websocket_handshake_timeout=HOUR)
    await server.serve_forever()


CARRIERS = {"uvicorn": uvicorn_carries, "granian": granian_carries, "picows": picows_carries}


async def main(name: str) -> None:
    rooms = Rooms(Redis.from_url(os.environ["REDIS_URL"]))
    async with rooms.open():
        await CARRIERS[name](rooms, int(os.environ["PORT"]))


if __name__ == "__main__":
    # Before any thread is made: granian has some, and each of them inherits it.
    if os.sched_getaffinity(0) >= ONE_PROCESSOR:
        os.sched_setaffinity(0, ONE_PROCESSOR)
    uvloop.run(main(sys.argv[1]))
