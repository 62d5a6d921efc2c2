"""Who is in a team, as what: changed by its admins, left by anybody."""

from uuid import UUID

from services.auth.announcer import Announcer
from services.auth.audit import AuditLog
from services.auth.domain import Member
from services.auth.domain.audit import Action, Note
from services.auth.standing import Standing
from services.auth.store import memberships, teams, users
from services.runtime.auth import ANONYMOUS, Caller, Role
from services.runtime.auth.gate import ROLE_SCOPES
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import conflict, not_found, unprocessable


class Roster:
    """Every method is one transaction, told at once to all processes; raises `Problem` for what it refuses.

    A team always keeps an admin: 409 `last_admin`.
    """

    def __init__(
        self,
        database: Database,
        standing: Standing,
        announcer: Announcer,
        audit: AuditLog,
        clock: Clock,
    ) -> None:
        self._database = database
        self._standing = standing
        self._announcer = announcer
        self._audit = audit
        self._clock = clock

    async def add(self, caller: Caller, team_id: UUID, email: str, role: Role) -> Member:
        """Add somebody who has an account. An address without one is a 422 that says to invite them."""
        async with self._database.write(caller) as connection:
            await self._standing.admin(caller, connection, team_id)
            known = await users.known(caller, connection, email)
            if known is None:
                raise unprocessable("email", "cannot be added: send an invitation", "not_addable")
            user_id, username = known
            if await memberships.member(caller, connection, team_id, user_id):
                raise conflict("already_member", "They are in this team already.")
            await memberships.add(caller, connection, user_id, team_id, role, self._clock.now())
            await self._announcer.member_joined(connection, team_id, user_id, username, role)
            await self._note(connection, caller, team_id, "member.added", user_id, role=role)
            added = await self._member(connection, team_id, user_id)
        await self._tell(user_id)
        return added

    async def change_role(self, caller: Caller, team_id: UUID, user_id: UUID, role: Role) -> Member:
        async with self._database.write(caller) as connection:
            await self._standing.admin(caller, connection, team_id)
            before = await self._member(connection, team_id, user_id)
            if before.role != role:
                await self._keep_admin(caller, connection, before, team_id)
                await memberships.set_role(caller, connection, team_id, user_id, role)
                if "agent" not in ROLE_SCOPES[role]:
                    await self._agents_ended(caller, connection, team_id, user_id)
                await self._announcer.role_changed(connection, team_id, user_id, role)
                roles = {"before": before.role, "role": role}
                await self._note(connection, caller, team_id, "member.role_changed", user_id, **roles)
            after = await self._member(connection, team_id, user_id)
        await self._tell(user_id)
        return after

    async def remove(self, caller: Caller, team_id: UUID, user_id: UUID) -> None:
        """Remove a member, or leave. What they shared stays; their API tokens of this team end."""
        leaving = user_id == caller.user_id and caller.via == "login"
        async with self._database.write(caller) as connection:
            if leaving:
                await self._standing.locked(caller, connection, team_id)
            else:
                await self._standing.admin(caller, connection, team_id)
            member = await self._member(connection, team_id, user_id)
            await self._keep_admin(caller, connection, member, team_id)
            await self._agents_ended(caller, connection, team_id, user_id)
            await memberships.remove(caller, connection, team_id, user_id)
            await self._announcer.member_left(connection, team_id, user_id)
            action: Action = "member.left" if leaving else "member.removed"
            await self._note(connection, caller, team_id, action, user_id)
        await self._tell(user_id)

    async def delete_team(self, caller: Caller, team_id: UUID) -> None:
        """Delete a team for good. Its members keep their accounts."""
        async with self._database.write(caller) as connection:
            await self._standing.admin(caller, connection, team_id)
            await self._announcer.agents_ended(caller, connection, team_id=team_id)
            await teams.remove(caller, connection, team_id)
            await self._announcer.team_deleted(connection, team_id)
        self._announcer.wake()
        await self._announcer.rights_changed(team_id=team_id)

    async def _keep_admin(
        self, caller: Caller, connection: Connection, member: Member, team_id: UUID
    ) -> None:
        if member.role == "admin" and await memberships.admins(caller, connection, team_id) == 1:
            raise conflict("last_admin", "A team keeps an admin: make somebody else one first.")

    async def _agents_ended(
        self, caller: Caller, connection: Connection, team_id: UUID, user_id: UUID
    ) -> None:
        await self._announcer.agents_ended(caller, connection, team_id=team_id, user_id=user_id)

    async def _member(self, connection: Connection, team_id: UUID, user_id: UUID) -> Member:
        found = await memberships.member(ANONYMOUS, connection, team_id, user_id)
        if found is None:
            raise not_found("member")
        return found

    async def _note(
        self,
        connection: Connection,
        caller: Caller,
        team_id: UUID,
        action: Action,
        user_id: UUID,
        **details: object,
    ) -> None:
        note = Note(action, caller.user_id, str(user_id), details)
        await self._audit.note(connection, [team_id], note)

    async def _tell(self, user_id: UUID) -> None:
        self._announcer.wake()
        await self._announcer.rights_changed(user_id=user_id)
