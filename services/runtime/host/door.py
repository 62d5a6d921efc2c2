"""How the server carries HTTP: nobody may keep it waiting, or send it more head than it asks for."""

import asyncio
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from services.runtime.errors import Problem
from services.runtime.host.documents import problem_response
from services.runtime.host.headers import ALWAYS
from services.runtime.settings import Settings

# Who is refused may still be sending; an end at once would take the answer away from them.
LINGER_SECONDS = 2.0
# Between the name of a header and its value, and at its end.
HEADER_MARKS = 4
UNREADABLE = Problem(400, "bad_request", "The request could not be read.")
TOO_MUCH_HEAD = Problem(431, "headers_too_large", "The headers are too large.")
TOO_LONG = Problem(414, "url_too_long", "The address is too long.")
TOO_SLOW = Problem(408, "too_slow", "The request did not come in time.")


class _HeadError(Exception):
    """Tells the parser to stop."""


class Door(HttpToolsProtocol):
    """Uvicorn's own, which waits for ever, with the bounds of the front door.

    The head of a request comes within `header_seconds` and has at most `header_bytes`; of the body, something
    comes every `body_seconds` while it is being read. Whoever is slower is answered 408 and cut off.
    """

    header_seconds: ClassVar[float]
    body_seconds: ClassVar[float]
    header_bytes: ClassVar[int]
    url_bytes: ClassVar[int]

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._patience: asyncio.TimerHandle | None = None
        self._in_head = False
        self._head = self._unparsed = 0
        self._refusal = UNREADABLE
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        unfinished = self._in_head
        super().data_received(data)
        # Where one header goes on and on, the parser tells nothing of it.
        if unfinished and self._in_head:
            self._unparsed += len(data)
            if self._unparsed > self.header_bytes:
                self._refuse(self._of_head())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head, self._unparsed = True, 0, 0
        self._await_head()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value) + HEADER_MARKS)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._await_body()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._await_body()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._calm()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._calm()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - ours says why
        self._refuse(self._refusal)

    def _count(self, size: int) -> None:
        self._head += size
        if self._head > self.header_bytes:
            self._refusal = self._of_head()
            raise _HeadError

    def _of_head(self) -> Problem:
        return TOO_LONG if len(self.url) > self.url_bytes else TOO_MUCH_HEAD

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _await_head(self) -> None:
        self._calm()
        self._patience = self.loop.call_later(self.header_seconds, self._late_head)

    def _await_body(self) -> None:
        self._calm()
        self._patience = self.loop.call_later(self.body_seconds, self._late_body)

    def _late_head(self) -> None:
        if self._in_head:
            self._refuse(TOO_SLOW)
        else:
            self.transport.close()

    def _late_body(self) -> None:
        if self.flow.read_paused:  # it is our own route that takes its time
            self._await_body()
        else:
            self._refuse(TOO_SLOW)

    def _refuse(self, problem: Problem) -> None:
        if self._refused or self.transport.is_closing():
            return
        self._refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            if self.cycle.response_started:
                self.transport.abort()
                return
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        answer = problem_response(problem)
        headers = [*answer.raw_headers, *ALWAYS, (b"connection", b"close")]
        lines = b"".join(name + b": " + value + b"\r\n" for name, value in headers)
        self.transport.write(STATUS_LINE[problem.status] + lines + b"\r\n" + bytes(answer.body))
        self._calm()
        self._unset_keepalive_if_required()
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self._patience = self.loop.call_later(LINGER_SECONDS, self.transport.abort)
        else:
            self.transport.close()


def front_door(settings: Settings) -> type[Door]:
    """Make the protocol with the bounds of the settings."""

    class Bounded(Door):
        header_seconds = settings.client_header_seconds
        body_seconds = settings.client_body_seconds
        header_bytes = settings.header_bytes
        url_bytes = settings.url_bytes

    return Bounded
