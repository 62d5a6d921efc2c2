"""Sees one socket through without a task of its own: what has to be waited for gets one while it lasts."""

import asyncio
from typing import Protocol

from gateway.admission import Admitted, RefusedError
from gateway.connection import Connection
from gateway.conversation import Work
from gateway.reception import Call, Reception, Visit
from services.contracts.frames import CloseCode


class Line(Connection, Protocol):
    """A connection that can be told not to bring more for now."""

    def listen(self, *, on: bool) -> None: ...


class Attendant:
    """Hears what comes in order, one message at a time. Nothing here raises."""

    __slots__ = ("_busy", "_connection", "_gone", "_heard", "_patience", "_reception", "_visit")

    def __init__(self, reception: Reception, connection: Line) -> None:
        self._reception = reception
        self._connection = connection
        self._visit: Visit | None = None
        self._heard: list[str] = []
        self._busy: asyncio.Task[None] | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._gone = False

    def greet(self, call: Call) -> None:
        """Find out who it is; who does not say so in the handshake has some seconds to say it."""
        if call.ticket is not None or call.authorization is not None:
            self._wait_for(self._admit(call))
        else:
            seconds = self._reception.around.settings.socket_auth_seconds
            self._patience = asyncio.get_running_loop().call_later(seconds, self._lose_patience)

    def hear(self, text: str) -> None:
        """Take a message."""
        if self._gone:
            return
        self._heard.append(text)
        if len(self._heard) > self._reception.around.settings.socket_messages_per_minute:
            self.refuse(RefusedError(CloseCode.TOO_MANY, "too many messages"))
        else:
            self._go_on()

    def refuse(self, refused: RefusedError) -> None:
        """Close the socket for something that is not for a conversation to judge."""
        if self._visit is not None:
            self._visit.client.end(refused.code, refused.reason)
        elif not self._gone:
            self._reception.refuse(self._connection, refused)
        self._stop()

    def lost(self) -> None:
        """The connection is gone."""
        self._stop()
        if self._visit is not None:
            self._visit.leave()
            self._visit = None

    def _go_on(self) -> None:
        while self._heard and self._busy is None:
            text = self._heard.pop(0)
            if self._visit is not None:
                work = self._visit.hear(text)
            else:
                self._calm()
                work = self._admit_by(text)
            if work is not None:
                self._wait_for(work)

    def _wait_for(self, work: Work) -> None:
        self._connection.listen(on=False)
        self._busy = asyncio.get_running_loop().create_task(self._finish(work))

    async def _finish(self, work: Work) -> None:
        try:
            await work
        except RefusedError as refused:
            self.refuse(refused)
        finally:
            self._busy = None
        self._go_on()
        if self._busy is None:
            self._connection.listen(on=True)

    async def _admit(self, call: Call) -> None:
        admitted = await self._reception.admit(call)
        assert admitted is not None, "the handshake says who it is"
        self._enter(admitted, answer=False)

    async def _admit_by(self, text: str) -> None:
        self._enter(await self._reception.admit_by_frame(text), answer=True)

    def _enter(self, admitted: Admitted, *, answer: bool) -> None:
        if not self._gone:
            self._visit = self._reception.enter(self._connection, admitted, answer=answer)

    def _lose_patience(self) -> None:
        self.refuse(self._reception.nobody())

    def _stop(self) -> None:
        self._gone = True
        self._heard = []
        self._calm()

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
