"""Invitations, without their secrets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain import After
from services.auth.domain.invites import Invite
from services.auth.tables import invites, teams
from services.runtime.auth import Anonymous, Caller

own = invites.c


async def add(caller: Caller, connection: AsyncConnection, invite: Invite, digest: str) -> None:
    row = {"id": invite.id, "team_id": invite.team_id, "role": invite.role, "secret_hash": digest}
    times = {"created_at": invite.created_at, "expires_at": invite.expires_at}
    uses = {"max_uses": invite.max_uses, "uses": invite.uses}
    await connection.execute(insert(invites).values(**row, **times, **uses, created_by=caller.user_id))


async def page(
    _caller: Caller, connection: AsyncConnection, team_id: UUID, after: After | None, limit: int
) -> Sequence[Invite]:
    """A page of a team's invitations, oldest first; ask for the caller's role before."""
    query = _named().where(own.team_id == team_id).order_by(own.created_at, own.id).limit(limit)
    if after:
        same = and_(own.created_at == after.at, own.id > UUID(after.key))
        query = query.where(or_(own.created_at > after.at, same))
    return [Invite(**row) for row in (await connection.execute(query)).mappings()]


async def remove(_caller: Caller, connection: AsyncConnection, team_id: UUID, invite_id: UUID) -> bool:
    """Delete an invitation of the team; answers whether there was one."""
    mine = and_(own.team_id == team_id, own.id == invite_id)
    return bool((await connection.execute(delete(invites).where(mine))).rowcount)


async def by_secret(
    _nobody: Caller | Anonymous, connection: AsyncConnection, digest: str, *, lock: bool = False
) -> Invite | None:
    """The invitation of a secret. `lock` keeps it as it is until the transaction ends."""
    query = _named().where(own.secret_hash == digest)
    row = (await connection.execute(query.with_for_update(of=invites) if lock else query)).mappings().first()
    return Invite(**row) if row else None


async def use(_nobody: Caller | Anonymous, connection: AsyncConnection, invite_id: UUID) -> None:
    """Count one use; lock the invitation first."""
    await connection.execute(update(invites).where(own.id == invite_id).values(uses=own.uses + 1))


async def forget_old(_caller: Caller, connection: AsyncConnection, team_id: UUID, before: datetime) -> None:
    """Delete a team's invitations that ended before then."""
    await connection.execute(delete(invites).where(own.team_id == team_id, own.expires_at < before))


def _named() -> Select[Any]:
    columns = [column for column in own if column.name != "secret_hash"]
    return select(*columns, teams.c.name.label("team_name")).join(teams, teams.c.id == own.team_id)
