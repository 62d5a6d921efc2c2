"""Takes leave of a person whose account is gone."""

from uuid import UUID

from services.insight.domain.ranking import hot
from services.insight.store import farewell as store
from services.insight.store import insights, people
from services.insight.telling import Telling
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection


class Farewell:
    """What they shared and said stays with the team, without their name; their votes go."""

    def __init__(self, telling: Telling, clock: Clock) -> None:
        self._telling = telling
        self._clock = clock

    async def of_person(self, connection: Connection, user_id: UUID) -> None:
        """Take leave of them in all teams, those they left long ago included."""
        actor = TeamsCaller.of(await store.teams_of(None, connection, user_id))
        # First the insights, then what was said to them, as whoever deletes either: else the two wait for
        # each other.
        await store.lock_parts(actor, connection, user_id)
        await store.make_nameless(actor, connection, user_id)
        await people.forget_user(actor, connection, user_id)
        await people.end_feeds(actor, connection, user_id)
        for insight_id in await store.voted_by(actor, connection, user_id):
            row = await insights.locked(actor, connection, insight_id)
            if row is not None:
                await self._take_vote(actor, connection, row, user_id)

    def sent(self) -> None:
        """Have what is told of it sent now."""
        self._telling.sent()

    async def _take_vote(
        self, actor: TeamsCaller, connection: Connection, row: insights.Row, user_id: UUID
    ) -> None:
        upvotes = await insights.take_vote(actor, connection, row["id"], user_id)
        values = {"upvotes": upvotes, "hot": hot(upvotes, row["created_at"])}
        await self._telling.changed(connection, await insights.write(actor, connection, row, values))
