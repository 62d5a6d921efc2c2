"""Makes all facts anew from the states that they came from."""

from datetime import timedelta
from uuid import UUID

import orjson

from services.analytics.consumer import written
from services.analytics.domain.told import SessionKept
from services.analytics.rollups import Rollups
from services.analytics.store import facts, people, rollups
from services.analytics.store import rebuilding as store
from services.contracts.prices import PriceBook
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database, limit_statements
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

AT_ONCE = 200
NOBODYS = TeamsCaller.of(())


class Rebuilding:
    """Where nothing was wrong, it changes nothing; messages that come meanwhile are not lost."""

    def __init__(self, database: Database, book: PriceBook, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._book = book
        self._settings = settings
        self._clock = clock

    async def everything(self) -> int:
        """Make facts and sums of all teams anew; answers how many sessions were read."""
        read = 0
        for team_id in await self._teams(unread=False):
            actor = TeamsCaller.of({team_id})
            read += await self._sessions(actor, unread=False)
            async with self._database.write(actor) as connection:
                await limit_statements(connection, 0)
                await rollups.mark_all(actor, connection, self._clock.now())
        # Marks that others make meanwhile settle later than this.
        until = self._clock.now() + timedelta(seconds=self._settings.analytics_settle_seconds)
        every = Rollups(self._database, self._settings, self._clock)
        while await every.settle(until):
            pass
        return read

    async def unread(self) -> bool:
        """Make the facts of sessions that came before there were any; answers whether there are more."""
        for team_id in await self._teams(unread=True):
            await self._sessions(TeamsCaller.of({team_id}), unread=True)
        return False

    async def stale(self) -> bool:
        """Price the facts of teams anew whose prices have changed; answers whether there are more."""
        async with self._database.read(NOBODY) as connection:
            teams = await people.stale_teams(NOBODYS, connection)
        for team_id in teams:
            actor = TeamsCaller.of({team_id})
            async with self._database.read(actor) as connection:
                as_of = await people.known_at(actor, connection)
            await self._sessions(actor, unread=False)
            async with self._database.write(actor) as connection:
                await people.put_fresh(actor, connection, as_of)
        return False

    async def _teams(self, *, unread: bool) -> list[UUID]:
        async with self._database.read(NOBODY) as connection:
            return await store.teams(NOBODYS, connection, unread=unread)

    async def _sessions(self, actor: TeamsCaller, *, unread: bool) -> int:
        read, last = 0, None
        while True:
            async with self._database.write(actor) as connection:
                prices = await people.held_prices(actor, connection)
                rows = await store.states(actor, connection, last, AT_ONCE, unread=unread)
                states = [SessionKept.model_validate_json(orjson.dumps(row["body"])) for row in rows]
                books = {team_id: self._book.with_own(own) for team_id, own in prices.items()}
                made = [written(state, books.get(state.session.team_id, self._book)) for state in states]
                await facts.rewrite(actor, connection, made, self._clock.now())
            if not rows:
                return read
            read, last = read + len(rows), rows[-1]["session_id"]
