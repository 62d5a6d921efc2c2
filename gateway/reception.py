"""Where sockets come in and go out, whatever server carries them."""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass

import structlog

from gateway import frames
from gateway.admission import Admission, Admitted, RefusedError
from gateway.allowance import Allowance
from gateway.client import LOST, Client
from gateway.connection import Connection, Surroundings
from gateway.conversation import Conversation, Work
from gateway.hub import Hub
from gateway.origin import may_connect
from gateway.roster import Roster
from services.contracts.frames import CloseCode

log = structlog.get_logger(__name__)

FAILED = 1011
PATHS = ("/ws/sessions", "/ws/team", "/ws/notifications")


@dataclass(frozen=True, slots=True)
class Call:
    """What a handshake says."""

    path: str
    origin: str | None
    host: str | None
    ticket: str | None
    authorization: str | None


class Visit:
    """One socket from its admission to its end."""

    __slots__ = ("_conversation", "_reception", "client")

    def __init__(self, reception: "Reception", client: Client, conversation: Conversation) -> None:
        self._reception = reception
        self._conversation = conversation
        self.client = client

    def hear(self, text: str) -> Work | None:
        """Answer a message, at once or by the work that is returned. Raises nothing, nor does the work."""
        if self.client.ending is not None:
            return None
        try:
            work = self._conversation.hear(text)
        except RefusedError as refused:
            self.client.end(refused.code, refused.reason)
            return None
        return None if work is None else self._finish(work)

    def leave(self) -> None:
        """The connection is gone."""
        self.client.end(LOST)
        self._reception.leave(self.client)

    async def _finish(self, work: Work) -> None:
        try:
            await work
        except RefusedError as refused:
            self.client.end(refused.code, refused.reason)
        except Exception:
            log.exception("socket failed")
            self.client.end(FAILED)


class Reception:
    """Lets sockets in by who they are, and has them leave. All paths speak the same protocol."""

    def __init__(self, hub: Hub, roster: Roster, admission: Admission, around: Surroundings) -> None:
        self.around = around
        self._hub = hub
        self._roster = roster
        self._admission = admission
        self._draining = False
        self._empty = asyncio.Event()

    def may_enter(self, call: Call) -> bool:
        """Whether this is one of our addresses, and asked for by a page of ours or by no page."""
        return call.path in PATHS and may_connect(call.origin, call.host, self.around.settings.origins)

    async def admit(self, call: Call) -> Admitted | None:
        """Who it is; `None` when only the first frame can tell. Raises `RefusedError`."""
        if call.ticket is not None:
            return await self._asked(self._admission.by_ticket(call.ticket))
        if call.authorization is not None:
            return await self._asked(self._admission.by_header(call.authorization))
        return None

    async def admit_by_frame(self, text: str) -> Admitted:
        """Who it is by its first frame. Raises `RefusedError`."""
        return await self._asked(self._admission.by_first_frame(text))

    def nobody(self) -> RefusedError:
        """Make the refusal of one who says nothing."""
        return RefusedError(CloseCode.UNAUTHENTICATED, "nothing came to say who you are")

    def refuse(self, connection: Connection, refused: RefusedError) -> None:
        self.around.metrics.sockets_cut.labels(str(refused.code)).inc()
        connection.close(refused.code, refused.reason)

    def enter(self, connection: Connection, admitted: Admitted, *, answer: bool) -> Visit:
        """Begin; `answer` when the first frame said who it is. May end it at once."""
        settings, around = self.around.settings, self.around
        client = Client(connection, admitted.caller, admitted.expires_at, around, self._hub.leave)
        allowance = Allowance(settings.socket_messages_per_minute, settings.socket_bad_frames)
        conversation = Conversation(self._hub, self._admission, client, allowance, around.clock)
        entered = self._roster.add(client)
        if self._draining:
            self._hub.restart(client)
        elif not entered:
            client.end(CloseCode.TOO_MANY, "too many sockets")
        elif answer:
            client.say(frames.authenticated(client.caller))
        return Visit(self, client, conversation)

    def leave(self, client: Client) -> None:
        self._roster.remove(client)
        self._empty.set()

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

    async def _asked(self, question: Coroutine[None, None, Admitted]) -> Admitted:
        try:
            return await question
        except OSError as error:
            log.warning("sockets cannot be admitted", error=str(error))
            raise RefusedError(CloseCode.RESTARTING, self._hub.come_back()) from error
