"""Tells everybody of sessions that somebody, or time, has changed: in the transaction that changes them."""

from uuid import UUID

from services.contracts.audit import Deed
from services.contracts.sessions import Session, SessionState
from services.ingest.publisher import (
    Announcement,
    changed,
    deleted,
    deletion_message,
    left,
    session_noted,
    state_messages,
)
from services.runtime.clock import Clock
from services.runtime.db import Connection
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings


class Changes:
    """The messages wait in the outbox: call `sent` once the transaction is committed."""

    def __init__(self, outbox: Outbox, settings: Settings, clock: Clock) -> None:
        self._outbox = outbox
        self._settings = settings
        self._clock = clock

    async def tell(
        self, connection: Connection, state: SessionState, was: Session, actor: UUID | None
    ) -> None:
        """Tell what a session is now. Who sees it is audited; `actor` is nobody where time changed it."""
        session = state.session
        most, size = self._settings.states_per_message, self._settings.states_message_bytes
        for message in state_messages([state], self._clock.now(), most, size):
            await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
        if was.visibility != "private" and session.visibility == "private":
            await self._announce(connection, left(session))
        await self._announce(connection, changed(session))
        if session.visibility != was.visibility:
            await self.note(connection, session, "visibility_changed", actor)

    async def tell_deleted(self, connection: Connection, session: Session, actor: UUID) -> None:
        """Tell that a session, as it was, is gone. Of a private one nobody hears, the audit log included."""
        version = session.version + 1
        message = deletion_message(session, version, self._clock.now())
        await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
        if session.visibility != "private":
            await self.note(connection, session, "deleted", actor)
        await self._announce(connection, deleted(session, version))

    async def note(self, connection: Connection, session: Session, deed: Deed, actor: UUID | None) -> None:
        """Have it written into the audit log."""
        noted = session_noted(actor, session, deed, self._clock.now())
        await self._outbox.add(connection, noted.exchange, noted.routing_key, noted.body)

    def sent(self) -> None:
        """Have the messages sent now."""
        self._outbox.wake()

    async def _announce(self, connection: Connection, announcement: Announcement) -> None:
        await self._outbox.add_fanout(connection, announcement.channel, announcement.payload)
