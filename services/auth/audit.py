"""Writes the audit log in the transaction of what it tells of: neither without the other."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from uuid import UUID

from services.auth.domain.audit import Action, Chain, Note, Verification, bound
from services.auth.store import audit, memberships
from services.runtime.auth import ANONYMOUS
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.reach import widen

READ_AT_ONCE = 1_000


class AuditLog:
    """One chain of entries a team; whoever appends to several locks them in the order of their ids."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def note(self, connection: Connection, teams: Collection[UUID], note: Note) -> None:
        """Append to the chains of these teams; they stay locked until the transaction ends."""
        await widen(connection, teams=teams)
        for team_id in sorted(set(teams)):
            await self._append(connection, team_id, note)

    async def note_of_person(
        self,
        connection: Connection,
        user_id: UUID,
        action: Action,
        target: str | None = None,
        **details: object,
    ) -> None:
        """Append what a person did with their account, to the chains of all their teams."""
        roles = await memberships.roles(ANONYMOUS, connection, user_id)
        await self.note(connection, roles, Note(action, user_id, target, details))

    async def forget(self, connection: Connection, team_id: UUID, before: datetime) -> int:
        """Drop a team's entries that are older; the chain begins with the next. Answers how many."""
        await audit.lock_chain(ANONYMOUS, connection, team_id)
        return await audit.drop_before(ANONYMOUS, connection, team_id, before)

    async def _append(self, connection: Connection, team_id: UUID, note: Note) -> None:
        chain = await audit.lock_chain(ANONYMOUS, connection, team_id)
        if note.event_id and await audit.is_noted(ANONYMOUS, connection, team_id, note.event_id):
            return
        await audit.add(ANONYMOUS, connection, bound(note, chain, self._clock.now()))


async def verify(database: Database) -> AsyncIterator[tuple[Chain, str | None]]:
    """Check every team's chain; yields each with what is wrong with it, `None` when it is whole."""
    async with database.read(ANONYMOUS) as connection:
        for chain in await audit.chains(ANONYMOUS, connection):
            verification, n = Verification(chain), chain.first_n
            while entries := await audit.following(ANONYMOUS, connection, chain, n, READ_AT_ONCE):
                verification.read(entries)
                n = entries[-1].n
            yield chain, verification.finish()
