"""The members of a team."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.auth.api.models import ChangeMember, Member, Members, NewMember
from services.auth.api.pages import Limit, UuidPlace, cut, write_cursor
from services.auth.attempts import Attempts
from services.auth.domain import After
from services.auth.roster import Roster
from services.auth.standing import Standing
from services.auth.store import memberships
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Database


def routes(
    database: Database, standing: Standing, roster: Roster, attempts: Attempts, gate: TokenGate
) -> APIRouter:
    router = APIRouter(prefix="/api/teams/{team_id}/members", tags=["teams"])
    anyone = Annotated[Caller, Depends(gate.caller)]

    @router.get("")
    async def list_members(team_id: UUID, caller: anyone, after: UuidPlace, limit: Limit = 50) -> Members:
        """Give the members of a team of the caller's, in the order in which they joined."""
        async with database.read(caller) as connection:
            team = await standing.member(caller, connection, team_id)
            rows = await memberships.members(caller, connection, team_id, after, limit + 1)
        page, last = cut(rows, limit)
        more = write_cursor(After(last.joined_at, str(last.user_id))) if last else None
        hidden = {} if team.role == "admin" else {"email": None}
        items = [Member.model_validate(row).model_copy(update=hidden) for row in page]
        return Members(items=items, next_cursor=more)

    @router.post("", status_code=201)
    async def add_member(team_id: UUID, body: NewMember, caller: anyone) -> Member:
        """Add somebody who has an account; admins only. For anybody else there are invitations."""
        await attempts.lookup(caller.user_id)
        return Member.model_validate(await roster.add(caller, team_id, body.email, body.role))

    @router.put("/{user_id}")
    async def change_member(team_id: UUID, user_id: UUID, body: ChangeMember, caller: anyone) -> Member:
        """Change a member's role; admins only. It holds at once, also in open pages."""
        return Member.model_validate(await roster.change_role(caller, team_id, user_id, body.role))

    @router.delete("/{user_id}", status_code=204)
    async def remove_member(team_id: UUID, user_id: UUID, caller: anyone) -> None:
        """Remove a member (admins only), or leave."""
        await roster.remove(caller, team_id, user_id)

    return router
