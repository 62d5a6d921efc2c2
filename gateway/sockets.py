"""The WebSocket routes: from the handshake to the close code."""

import asyncio
import contextlib
from collections.abc import Awaitable

import structlog
from fastapi import APIRouter
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from gateway import frames
from gateway.admission import Admission, Admitted, RefusedError
from gateway.allowance import Allowance
from gateway.client import LOST, Client
from gateway.conversation import Conversation
from gateway.hub import Hub
from gateway.origin import may_connect
from gateway.roster import Roster
from services.contracts.frames import CloseCode
from services.runtime.clock import Clock
from services.runtime.metrics import Metrics
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)

FAILED = 1011
PATHS = ("/ws/sessions", "/ws/team", "/ws/notifications")


class SocketConnection:
    """A socket as the hub wants it."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def send(self, text: str) -> None:
        try:
            await self._socket.send_text(text)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise ConnectionError("the socket is closed") from error

    async def close(self, code: int, reason: str) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):
                await self._socket.close(code, reason)


class Sockets:
    """Serves each socket until its end. All paths speak the same protocol."""

    def __init__(
        self,
        hub: Hub,
        roster: Roster,
        admission: Admission,
        settings: Settings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._hub = hub
        self._roster = roster
        self._admission = admission
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._draining = False
        self._empty = asyncio.Event()
        self.router = APIRouter()
        for path in PATHS:
            self.router.add_api_websocket_route(path, self.serve)

    async def drain(self, seconds: float) -> None:
        """Have every client come back elsewhere or later; returns when all are gone, or after `seconds`."""
        self._draining = True
        for client in self._roster:
            self._hub.restart(client)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while len(self._roster):
                    self._empty.clear()
                    await self._empty.wait()

    async def serve(self, socket: WebSocket) -> None:
        connection = SocketConnection(socket)
        if not may_connect(socket.headers.get("origin"), socket.headers.get("host"), self._settings.origins):
            await socket.close(CloseCode.FORBIDDEN)
            return
        await socket.accept()
        try:
            admitted, answer = await self._admit(socket)
        except RefusedError as refused:
            self._metrics.sockets_cut.labels(str(refused.code)).inc()
            await connection.close(refused.code, refused.reason)
        except OSError as error:
            log.warning("sockets cannot be admitted", error=str(error))
            await connection.close(CloseCode.RESTARTING, self._hub.come_back())
        except WebSocketDisconnect:
            return
        else:
            await self._attend(socket, connection, admitted, answer=answer)

    async def _admit(self, socket: WebSocket) -> tuple[Admitted, bool]:
        """Who it is, and whether the first frame said so and wants an answer."""
        if (ticket := socket.query_params.get("ticket")) is not None:
            return await self._admission.by_ticket(ticket), False
        if (header := socket.headers.get("authorization")) is not None:
            return await self._admission.by_header(header), False
        try:
            async with asyncio.timeout(self._settings.socket_auth_seconds):
                text = await self._receive(socket)
        except TimeoutError:
            raise RefusedError(CloseCode.UNAUTHENTICATED, "nothing came to say who you are") from None
        return await self._admission.by_first_frame(text), True

    async def _attend(
        self, socket: WebSocket, connection: SocketConnection, admitted: Admitted, *, answer: bool
    ) -> None:
        client = Client(
            connection, admitted.caller, admitted.expires_at, self._settings, self._clock, self._metrics
        )
        entered = self._roster.add(client)
        try:
            if self._draining:
                self._hub.restart(client)
            elif not entered:
                client.end(CloseCode.TOO_MANY, "too many sockets")
            elif answer:
                client.say(frames.authenticated(client.caller))
            await self._until_ended(client, self._listen(socket, client), client.run())
            self._hub.leave(client)
            await self._close(client)
        finally:
            self._hub.leave(client)
            self._roster.remove(client)
            self._empty.set()

    async def _until_ended(self, client: Client, *work: Awaitable[None]) -> None:
        tasks = [asyncio.ensure_future(one) for one in (*work, client.ended.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            for failure in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(failure, Exception):
                    log.error("socket failed", exc_info=failure)
                    client.end(FAILED)

    async def _listen(self, socket: WebSocket, client: Client) -> None:
        allowance = Allowance(self._settings.socket_messages_per_minute, self._settings.socket_bad_frames)
        conversation = Conversation(self._hub, self._admission, client, allowance, self._clock)
        try:
            while client.ending is None:
                await conversation.take(await self._receive(socket))
        except RefusedError as refused:
            client.end(refused.code, refused.reason)
        except WebSocketDisconnect:
            client.end(LOST)

    async def _receive(self, socket: WebSocket) -> str:
        """The next text. Raises `RefusedError` for what is no text or too big."""
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code") or LOST)
        text: str | None = message.get("text")
        if text is None:
            raise RefusedError(CloseCode.NOT_TEXT, "text only")
        if len(text.encode(errors="replace")) > self._settings.socket_message_bytes:
            raise RefusedError(CloseCode.TOO_BIG, "too big")
        return text

    async def _close(self, client: Client) -> None:
        if client.ending is None or client.ending.code == LOST:
            return
        # One who does not read cannot be told either: after a while the connection is given up.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._settings.socket_send_seconds):
                await client.connection.close(client.ending.code, client.ending.reason)
