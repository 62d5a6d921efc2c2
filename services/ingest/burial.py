"""Deletes sessions for good, and tells everybody who kept something of them."""

from collections.abc import Sequence

from services.ingest.domain.views import Row, session_view
from services.ingest.publisher import deleted, deletion_message
from services.ingest.store import departures
from services.ingest.tables import EMPTIED
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection
from services.runtime.outbox import Outbox


class Burial:
    """The messages wait in the outbox; rows stay behind as tombstones, so that nothing comes back."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock

    async def bury(self, connection: Connection, actor: TeamsCaller, rows: Sequence[Row]) -> None:
        """Empty these rows, which the transaction has locked, and tell of each."""
        now = self._clock.now()
        ids = [row["id"] for row in rows]
        await departures.bury(actor, connection, ids, {**EMPTIED, "deleted_at": now, "updated_at": now})
        for row in rows:
            session = session_view(row)
            message = deletion_message(session, session.version + 1, now)
            await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
            told = deleted(session, session.version + 1)
            await self._outbox.add_fanout(connection, told.channel, told.payload)

    def sent(self) -> None:
        """Have the messages sent now."""
        self._outbox.wake()
