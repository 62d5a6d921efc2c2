"""Deletes all sessions of whole teams, and tells of it."""

from services.ingest.domain.views import session_view
from services.ingest.publisher import deleted, deletion_message
from services.ingest.store import removal
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.outbox import Outbox

AT_ONCE = 100


class TeamRemoval:
    """The messages wait in the outbox of whichever server runs; rows stay behind as tombstones."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    async def delete_sessions(self, actor: TeamsCaller) -> int:
        """Delete the sessions of these teams, a hundred in a transaction; answers how many there were."""
        total = 0
        while count := await self._some(actor):
            total += count
        return total

    async def _some(self, actor: TeamsCaller) -> int:
        now = self._clock.now()
        async with self._database.write(actor) as connection:
            rows = await removal.living(actor, connection, AT_ONCE)
            await removal.bury(actor, connection, rows, now)
            for row in rows:
                session = session_view(row)
                message = deletion_message(session, session.version + 1, now)
                await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
                told = deleted(session, session.version + 1)
                await self._outbox.add_fanout(connection, told.channel, told.payload)
        return len(rows)
