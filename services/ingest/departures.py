"""Deletes what belonged to a team or a person that is gone, and tells of it."""

from datetime import datetime
from uuid import UUID

from services.ingest.burial import Burial
from services.ingest.store import departures
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.outbox import Outbox
from services.runtime.reach import NOBODY

AT_ONCE = 100


class Departures:
    """Doing it twice changes nothing. What was begun and interrupted goes on when it is told again."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self._burial = Burial(outbox, clock)
        self._clock = clock

    async def of_team(self, team_id: UUID) -> None:
        """Delete all sessions of a team; later reports for it are ignored."""
        actor = TeamsCaller.of({team_id})
        async with self._database.write(actor) as connection:
            await departures.note(actor, connection, team_id, self._clock.now())
        await self._delete(actor, None)

    async def of_member(self, team_id: UUID, user_id: UUID, at: datetime) -> None:
        """Delete what somebody who left a team kept private in it; what they shared stays.

        `at` is when they left, or a moment later: what they have done since they came back is not touched.
        """
        await self._delete(TeamsCaller.of({team_id}), user_id, private_until=at)

    async def of_person(self, user_id: UUID) -> None:
        """Delete all sessions of a person in whichever team; later reports of theirs are ignored."""
        async with self._database.read(NOBODY) as connection:
            teams = await departures.teams_of(None, connection, user_id)
        # Names are needed no more in what is told: it is ids alone.
        async with self._database.write(NOBODY) as connection:
            await departures.note(TeamsCaller.of(()), connection, user_id, self._clock.now())
        await self._delete(TeamsCaller.of(teams), user_id)

    async def _delete(
        self, actor: TeamsCaller, user_id: UUID | None, private_until: datetime | None = None
    ) -> None:
        while await self._some(actor, user_id, private_until):
            self._burial.sent()

    async def _some(self, actor: TeamsCaller, user_id: UUID | None, private_until: datetime | None) -> int:
        async with self._database.write(actor) as connection:
            rows = await departures.living(actor, connection, user_id, AT_ONCE, private_until)
            await self._burial.bury(connection, actor, rows)
        return len(rows)
