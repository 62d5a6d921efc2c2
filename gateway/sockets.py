"""The WebSocket routes of an ASGI app: each socket has its own tasks. For a process that does everything."""

import asyncio
import contextlib
from collections import deque

from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect

from gateway.admission import Admitted, RefusedError
from gateway.connection import Flow
from gateway.reception import PATHS, Call, Reception, Visit
from services.contracts.frames import CloseCode

__all__ = ["PATHS", "AsgiConnection", "Sockets", "no_head"]


def no_head(_size: int) -> bytes:
    """The server frames what it is given."""
    return b""


class AsgiConnection:
    """Sends one message after the other, and asks for no more while it does. `run` is its task."""

    def __init__(self, socket: WebSocket) -> None:
        self.flow: Flow | None = None
        self.closed = asyncio.Event()
        self._socket = socket
        self._ready = asyncio.Event()
        self._messages: deque[bytes] = deque()
        self._ending: tuple[int, str] | None = None

    def write(self, message: bytes) -> None:
        self._messages.append(message)
        self._ready.set()
        if self.flow is not None:
            self.flow.pause()

    def write_both(self, begin: bytes, end: bytes) -> None:
        self.write(begin + end)

    def close(self, code: int, reason: str) -> None:
        self._ending = self._ending or (code, reason)
        self.closed.set()

    async def run(self) -> None:
        """Send until cancelled, or until the other side is gone."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                while self._messages:
                    await self._socket.send_text(self._messages.popleft().decode())
                self._ready.clear()
                if self.flow is not None:
                    self.flow.resume()
                if not self._messages:
                    await self._ready.wait()

    async def finish(self, seconds: float) -> None:
        """Say goodbye. One who does not read cannot be told either, and is given up after a while."""
        if self._ending is not None:
            with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError):
                async with asyncio.timeout(seconds):
                    await self._socket.close(*self._ending)


class Sockets:
    """Serves each socket until its end."""

    def __init__(self, reception: Reception) -> None:
        self._reception = reception
        self._settings = reception.around.settings
        self.router = APIRouter()
        for path in PATHS:
            self.router.add_api_websocket_route(path, self.serve)

    async def serve(self, socket: WebSocket) -> None:
        call = _call(socket)
        if not self._reception.may_enter(call):
            await socket.close(CloseCode.FORBIDDEN)
            return
        await socket.accept()
        connection = AsgiConnection(socket)
        try:
            admitted = await self._reception.admit(call)
            answer = admitted is None
            visit = self._reception.enter(connection, admitted or await self._first(socket), answer=answer)
        except RefusedError as refused:
            self._reception.refuse(connection, refused)
        except WebSocketDisconnect:
            return
        else:
            await self._attend(socket, connection, visit)
        await connection.finish(self._settings.socket_send_seconds)

    async def _first(self, socket: WebSocket) -> Admitted:
        try:
            async with asyncio.timeout(self._settings.socket_auth_seconds):
                text = await self._receive(socket)
        except TimeoutError:
            raise self._reception.nobody() from None
        return await self._reception.admit_by_frame(text)

    async def _attend(self, socket: WebSocket, connection: AsgiConnection, visit: Visit) -> None:
        work = (connection.run(), self._listen(socket, visit), connection.closed.wait())
        tasks = [asyncio.ensure_future(one) for one in work]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            visit.leave()

    async def _listen(self, socket: WebSocket, visit: Visit) -> None:
        try:
            while visit.client.ending is None:
                work = visit.hear(await self._receive(socket))
                if work is not None:
                    await work
        except RefusedError as refused:
            visit.client.end(refused.code, refused.reason)
        except WebSocketDisconnect:
            return

    async def _receive(self, socket: WebSocket) -> str:
        """The next text. Raises `RefusedError` for what is no text or too big."""
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect
        text: str | None = message.get("text")
        if text is None:
            raise RefusedError(CloseCode.NOT_TEXT, "text only")
        if len(text.encode(errors="replace")) > self._settings.socket_message_bytes:
            raise RefusedError(CloseCode.TOO_BIG, "too big")
        return text


def _call(socket: WebSocket) -> Call:
    headers = socket.headers
    return Call(
        path=socket.url.path,
        origin=headers.get("origin"),
        host=headers.get("host"),
        ticket=socket.query_params.get("ticket"),
        authorization=headers.get("authorization"),
    )
