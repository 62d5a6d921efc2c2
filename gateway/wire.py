"""WebSockets straight on their transports: no task, no queue and no copy of a message a socket.

The web server reads the handshake and hands its connection over. From there on the rules of RFC 6455 are
those of the `websockets` library; only messages to the browser are framed by ourselves, once for everybody.
"""

import asyncio
import logging
import struct
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from gateway.admission import RefusedError
from gateway.attendant import Attendant
from gateway.connection import Flow
from gateway.keeper import Keeper
from gateway.reception import Call, Reception
from services.contracts.frames import CloseCode

TEXT = 0x81
SHORT, MEDIUM = 126, 65_536
NOT_UTF8, NO_PONG = 1007, 1011


def frame_head(size: int) -> bytes:
    """What a server's text message of so many bytes begins with."""
    if size < SHORT:
        return bytes((TEXT, size))
    if size < MEDIUM:
        return struct.pack("!BBH", TEXT, 126, size)
    return struct.pack("!BBQ", TEXT, 127, size)


class Wire(asyncio.Protocol):
    """One socket, made by uvicorn when a connection asks to be upgraded.

    What the kernel does not take at once is all that is ever buffered for one who does not read: the flow is
    paused until that has left.
    """

    __slots__ = (
        "_ask_at", "_asked", "_attendant", "_is_open", "_is_text", "_linger", "_parts", "_server",
        "_transport", "_wire", "flow",
    )  # fmt: skip

    reception: ClassVar[Reception]
    keeper: ClassVar[Keeper]

    def __init__(self, *, server_state: Any, **_: Any) -> None:
        self.flow: Flow | None = None
        self._server = server_state
        self._attendant = Attendant(self.reception, self)
        self._wire = ServerProtocol(
            max_size=self.reception.around.settings.socket_message_bytes,
            # Its lines hold the address, and that may hold a ticket.
            logger=logging.getLogger("gateway.wire"),
        )
        self._transport: asyncio.Transport
        self._parts: list[bytes] = []
        self._is_open = False
        self._is_text = True
        self._linger: asyncio.TimerHandle | None = None
        self._ask_at = 0.0
        self._asked: bytes | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        transport.set_write_buffer_limits(0)
        self._server.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the interface's
        self._server.connections.discard(self)
        self.keeper.remove(self)
        if self._linger is not None:
            self._linger.cancel()
        self._attendant.lost()
        self.flow = None

    def data_received(self, data: bytes) -> None:
        self._wire.receive_data(data)
        for event in self._wire.events_received():
            if isinstance(event, Request):
                self._greet(event)
            elif isinstance(event, Frame):
                self._take(event)
        self._answer()
        if self._wire.eof_sent:
            self._attendant.lost()

    def pause_writing(self) -> None:
        if self.flow is not None:
            self.flow.pause()

    def resume_writing(self) -> None:
        if self.flow is not None:
            self.flow.resume()

    def write(self, message: bytes) -> None:
        if self._is_open:
            self._transport.write(message)

    def write_both(self, begin: bytes, end: bytes) -> None:
        if self._is_open:
            self._transport.writelines((begin, end))

    def close(self, code: int, reason: str) -> None:
        if self._wire.state is State.OPEN:
            self._wire.send_close(code, reason)
            self._answer()

    def listen(self, *, on: bool) -> None:
        """Read on, or do not for now."""
        if not self._transport.is_closing():
            (self._transport.resume_reading if on else self._transport.pause_reading)()

    def shutdown(self) -> None:
        """The server stops."""
        self.close(CloseCode.RESTARTING, "")
        self._transport.close()

    def keep(self, now: float) -> None:
        """Ask for a sign of life; without an answer to the last question, give up."""
        settings = self.reception.around.settings
        if now < self._ask_at or self._wire.state is not State.OPEN:
            return
        if self._asked is not None:
            self._wire.fail(NO_PONG, "no pong")
            self._answer()
            return
        self._asked = struct.pack("!d", now)
        self._ask_at = now + settings.socket_pong_seconds
        self._wire.send_ping(self._asked)
        self._answer()

    def _greet(self, request: Request) -> None:
        response = self._wire.accept(request)
        call = _call(request)
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS and not self.reception.may_enter(call):
            response = self._wire.reject(HTTPStatus.FORBIDDEN, "")
        self._wire.send_response(response)
        self._answer()
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS:
            around = self.reception.around
            self._ask_at = around.clock.monotonic() + around.settings.socket_ping_seconds
            self.keeper.add(self)
            self._attendant.greet(call)

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PONG:
            self._hear_pong(bytes(frame.data))
        elif frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT}:
            if frame.opcode is not Opcode.CONT:
                self._is_text = frame.opcode is Opcode.TEXT
            self._parts.append(bytes(frame.data))
            if frame.fin:
                self._finish_message()

    def _finish_message(self) -> None:
        data, self._parts = b"".join(self._parts), []
        if not self._is_text:
            self._attendant.refuse(RefusedError(CloseCode.NOT_TEXT, "text only"))
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self._attendant.refuse(RefusedError(NOT_UTF8, "not UTF-8"))
            return
        self._attendant.hear(text)

    def _hear_pong(self, data: bytes) -> None:
        if data == self._asked:
            around = self.reception.around
            self._asked = None
            self._ask_at = around.clock.monotonic() + around.settings.socket_ping_seconds

    def _answer(self) -> None:
        """Put on the transport what the library has to say, and see a connection that is over to its end."""
        self._is_open = self._wire.state is State.OPEN
        for data in self._wire.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()
            else:
                self._transport.close()
        if self._wire.state is State.CLOSED or self._wire.close_expected():
            self._end()

    def _end(self) -> None:
        """One who does not read, or does not hang up, is cut off after a while."""
        if self._linger is None:
            seconds = self.reception.around.settings.socket_send_seconds
            self._linger = asyncio.get_running_loop().call_later(seconds, self._transport.abort)


def wired(reception: Reception, keeper: Keeper) -> type[Wire]:
    """Make the protocol of one gateway's sockets."""

    class Wired(Wire):
        __slots__ = ()

    Wired.reception, Wired.keeper = reception, keeper
    return Wired


def _call(request: Request) -> Call:
    address, headers = urlsplit(request.path), request.headers
    tickets = parse_qs(address.query, keep_blank_values=True).get("ticket", [None])
    return Call(
        path=address.path,
        origin=_first(headers.get_all("Origin")),
        host=_first(headers.get_all("Host")),
        ticket=tickets[-1],
        authorization=_first(headers.get_all("Authorization")),
    )


def _first(values: list[str]) -> str | None:
    return values[0] if values else None
