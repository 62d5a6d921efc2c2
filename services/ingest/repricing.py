"""Prices sessions anew whose team has other prices now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.contracts.prices import PriceBook, own_prices
from services.contracts.sessions import Session
from services.ingest.batch import load_states
from services.ingest.domain.prices import priced_by
from services.ingest.publisher import changed, state_messages
from services.ingest.store import people, received
from services.ingest.store import prices as store
from services.ingest.tables import session_usage
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.outbox import Outbox
from services.runtime.reach import NOBODY
from services.runtime.settings import Settings

AT_ONCE = 100
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """How far one team is: by its settings of `as_of`, up to the session `last`."""

    team_id: UUID
    as_of: datetime | None
    last: UUID | None = None

    @property
    def team(self) -> TeamsCaller:
        return TeamsCaller.of({self.team_id})


class Repricing:
    """Any number of processes may do it, and begin again at any time: what is right is not written.

    Everybody who keeps a copy is told of what changed. Browsers are told of the sessions that dashboards
    show; what is older shows when it is next looked at.
    """

    def __init__(
        self, database: Database, book: PriceBook, outbox: Outbox, settings: Settings, clock: Clock
    ) -> None:
        self._database = database
        self._book = book
        self._outbox = outbox
        self._settings = settings
        self._clock = clock
        self._place: Place | None = None

    async def step(self) -> bool:
        """Price up to `AT_ONCE` sessions; answers whether there may be more."""
        if self._place is None:
            self._place = await self._begin()
        if self._place is not None:
            self._place = await self._go_on(self._place)
            return True
        return False

    async def _begin(self) -> Place | None:
        async with self._database.read(NOBODY) as connection:
            stale = await store.stale_teams(None, connection)
        if not stale:
            return None
        team = TeamsCaller.of({stale[0]})
        async with self._database.write(team) as connection:
            as_of = await store.known_at(team, connection)
            await store.outlast(connection)
        return Place(stale[0], as_of)

    async def _go_on(self, place: Place) -> Place | None:
        async with self._database.write(place.team) as connection:
            rows = await store.sessions_after(place.team, connection, place.last, AT_ONCE)
            if not rows:
                await store.put_fresh(place.team, connection, place.as_of)
                return None
            await self._tell(place.team, connection, await self._price(place.team, connection, rows))
        self._outbox.wake()
        return replace(place, last=rows[-1]["id"])

    async def _price(self, team: TeamsCaller, connection: Connection, rows: Sequence[Row]) -> list[UUID]:
        """Write what costs something else now; answers which sessions."""
        settings = await people.team_settings(team, connection)
        books = {team_id: self._book.with_own(own_prices(each)) for team_id, each in settings.items()}
        ids = [row["id"] for row in rows]
        usage: dict[UUID, list[Row]] = {each: [] for each in ids}
        for one in await received.children_of(team, connection, session_usage, ids):
            usage[one["session_id"]].append(one)
        made = [priced_by(books.get(row["team_id"], self._book), row, usage[row["id"]]) for row in rows]
        used = [one for _, uses in made for one in uses]
        await received.put_complete(team, connection, session_usage.name, ids, used)
        other = [now for (now, _), row in zip(made, rows, strict=True) if now != row]
        versions = [{**row, "version": row["version"] + 1} for row in other]
        await received.put_settled(team, connection, versions)
        return [row["id"] for row in other]

    async def _tell(self, team: TeamsCaller, connection: Connection, ids: Sequence[UUID]) -> None:
        now = self._clock.now()
        states = await load_states(team, connection, ids)
        for message in state_messages(
            states, now, self._settings.states_per_message, self._settings.states_message_bytes
        ):
            await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
        shown = (state.session for state in states if self._is_shown(state.session, now))
        for told in map(changed, shown):
            await self._outbox.add_fanout(connection, told.channel, told.payload)

    def _is_shown(self, session: Session, now: datetime) -> bool:
        since = now - timedelta(hours=self._settings.snapshot_ended_hours)
        at = session.last_activity_at or session.started_at
        return session.status != "ended" or at is None or at >= since
