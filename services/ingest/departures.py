"""Deletes what belonged to a team or a person that is gone, and tells of it."""

from uuid import UUID

from services.ingest.domain.views import session_view
from services.ingest.owners import WIPED
from services.ingest.publisher import deleted, deletion_message
from services.ingest.store import departures
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.outbox import Outbox

AT_ONCE = 100


class Departures:
    """Doing it twice changes nothing. What was begun and interrupted goes on when it is told again."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    async def of_team(self, team_id: UUID) -> None:
        """Delete all sessions of a team; later reports for it are ignored."""
        actor = TeamsCaller.of({team_id})
        async with self._database.write() as connection:
            await departures.note(actor, connection, team_id, self._clock.now())
        await self._delete(actor, None)

    async def of_person(self, user_id: UUID) -> None:
        """Delete all sessions of a person in whichever team; later reports of theirs are ignored."""
        async with self._database.read() as connection:
            teams = await departures.teams_of(None, connection, user_id)
        # Names are needed no more in what is told: it is ids alone.
        async with self._database.write() as connection:
            await departures.note(TeamsCaller.of(()), connection, user_id, self._clock.now())
        await self._delete(TeamsCaller.of(teams), user_id)

    async def _delete(self, actor: TeamsCaller, user_id: UUID | None) -> None:
        while await self._some(actor, user_id):
            self._outbox.wake()

    async def _some(self, actor: TeamsCaller, user_id: UUID | None) -> int:
        now = self._clock.now()
        async with self._database.write() as connection:
            rows = await departures.living(actor, connection, user_id, AT_ONCE)
            ids = [row["id"] for row in rows]
            await departures.bury(actor, connection, ids, {**WIPED, "deleted_at": now, "updated_at": now})
            for row in rows:
                session = session_view(row)
                message = deletion_message(session, session.version + 1, now)
                await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
                told = deleted(session, session.version + 1)
                await self._outbox.add_fanout(connection, told.channel, told.payload)
        return len(rows)
