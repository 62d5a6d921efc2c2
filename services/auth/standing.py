"""What somebody is in a team, which need not be the one that their token names."""

from uuid import UUID

from services.auth.domain import Team
from services.auth.store import teams
from services.runtime.auth import Caller
from services.runtime.db import Connection
from services.runtime.errors import forbidden, not_found
from services.runtime.reach import widen


class Standing:
    """Raises `Problem`: 404 for a team that the caller is not in, 403 where their role does not allow it.

    Rights are those of the person in that very team. An API token is in its own team only, and needs `write`
    for what changes anything.
    """

    async def member(self, caller: Caller, connection: Connection, team_id: UUID) -> Team:
        return await self._known(caller, connection, team_id)

    async def admin(self, caller: Caller, connection: Connection, team_id: UUID) -> Team:
        """An admin who changes something; the team stays locked until the transaction ends."""
        team = await self.locked(caller, connection, team_id)
        if team.role != "admin" or (caller.via == "token" and "write" not in caller.scopes):
            raise forbidden("Only an admin of the team may do this.")
        return team

    async def reading_admin(self, caller: Caller, connection: Connection, team_id: UUID) -> Team:
        """An admin who reads what only admins may."""
        team = await self._known(caller, connection, team_id)
        if team.role != "admin":
            raise forbidden("Only an admin of the team may see this.")
        return team

    async def locked(self, caller: Caller, connection: Connection, team_id: UUID) -> Team:
        """A member of any role; the team stays locked until the transaction ends."""
        self._found(await teams.get(caller, connection, team_id, lock=True))
        # Whoever waited for the lock may have been waiting for the end of their own role.
        return await self._known(caller, connection, team_id)

    async def _known(self, caller: Caller, connection: Connection, team_id: UUID) -> Team:
        team = self._found(await teams.get(caller, connection, team_id))
        await widen(connection, teams=[team_id])
        return team

    def _found(self, team: Team | None) -> Team:
        if team is None:
            raise not_found("team")
        return team
