"""Shows sessions to the team, or to whoever has a link, and takes them back, by hand or when it is time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from services.contracts.sessions import Session, Visibility
from services.ingest.batch import load_states
from services.ingest.changes import Changes
from services.ingest.domain.sharing import ended, shared, until_of
from services.ingest.domain.views import session_view
from services.ingest.owners import Owners, may_show
from services.ingest.store import links, people
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.auth.links import LinkSecret
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import unprocessable
from services.runtime.reach import NOBODY
from services.runtime.rounds import Rounds
from services.runtime.settings import Settings

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Link:
    """A public page's link, whose secret is in the clear this once."""

    id: UUID
    secret: LinkSecret
    expires_at: datetime


class Sharing:
    """Raises `Problem` as the access table says."""

    def __init__(
        self, database: Database, owners: Owners, changes: Changes, settings: Settings, clock: Clock
    ) -> None:
        self._database = database
        self._owners = owners
        self._changes = changes
        self._settings = settings
        self._clock = clock

    async def share(
        self,
        caller: Caller,
        session_id: UUID,
        visibility: Visibility,
        expires_at: datetime | None,
        if_match: str | None,
    ) -> tuple[Session, Link | None]:
        """Show a session to so many from now on. A public one gets a new link; those of before end.

        Raises 422 `not_allowed` for a public one where the team allows none, and for an end that cannot be.
        """
        s, now = self._settings, self._clock.now()
        async with self._database.write(caller) as connection:
            before = await self._owners.locked(caller, connection, session_id, if_match)
            may_show(caller, before, visibility)
            await self._must_allow(caller, connection, visibility)
            until = until_of(
                visibility, expires_at, now, days=s.public_link_days, most_days=s.public_link_days_max
            )
            values = shared(before, visibility, until, now)
            if visibility != "public" and not _differs(before, values):
                return session_view(before), None
            session = await self._owners.write(caller, connection, before, values)
            link = await self._link(caller, connection, session, until) if visibility == "public" else None
        self._changes.sent()
        return session, link

    async def _must_allow(self, caller: Caller, connection: Connection, visibility: Visibility) -> None:
        if visibility != "public":
            return
        settings = await people.team_settings(TeamsCaller.of({caller.team}), connection)
        if not settings.get(caller.team, {}).get("allow_public"):
            raise unprocessable("visibility", "this team does not allow public sessions", "not_allowed")

    async def _link(
        self, caller: Caller, connection: Connection, session: Session, until: datetime | None
    ) -> Link:
        assert until is not None
        now, link = self._clock.now(), Link(uuid4(), LinkSecret.make(), until)
        await links.end(caller, connection, [session.id], now)
        row = {"id": link.id, "session_id": session.id, "team_id": session.team_id, "made_at": now}
        row |= {"secret_hash": link.secret.digest, "expires_at": until, "ended_at": None}
        await links.add(caller, connection, row)
        return link


class SharingEnds:
    """A timer that takes back what is shared for long enough, or public where its team wants nothing public.

    Any number of processes may look: each session is taken back by the one that locks it.
    """

    def __init__(self, database: Database, changes: Changes, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._changes = changes
        self._clock = clock
        self._rounds = Rounds("sharing", self._take_back_due, settings.share_check_seconds, clock)

    async def start(self) -> None:
        await self._rounds.start()

    async def stop(self) -> None:
        """Finish the round in hand."""
        await self._rounds.stop()

    async def once(self) -> int:
        """Take back up to `AT_ONCE` sessions and tell of them; answers how many."""
        now = self._clock.now()
        async with self._database.write(NOBODY) as connection:
            rows = await links.ending(None, connection, now, AT_ONCE)
            for row in rows:
                await self._take_back(connection, row, now)
        if rows:
            self._changes.sent()
        return len(rows)

    async def _take_back_due(self) -> bool:
        return await self.once() == AT_ONCE

    async def _take_back(self, connection: Connection, row: Mapping[str, Any], now: datetime) -> None:
        team = TeamsCaller.of({row["team_id"]})
        await links.settle(team, connection, row["id"], ended(row) | {"updated_at": now})
        await links.end(team, connection, [row["id"]], now)
        (state,) = await load_states(team, connection, [row["id"]])
        was = state.session.model_copy(update={"visibility": row["visibility"]})
        await self._changes.tell(connection, state, was, None)


def _differs(before: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    return any(before[name] != value for name, value in values.items())
