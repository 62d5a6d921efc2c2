"""Teams."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain import After, Team
from services.auth.tables import memberships, teams, users
from services.runtime.auth import Anonymous, Caller
from services.runtime.reach import widen


async def add(
    caller: Caller | Anonymous,  # noqa: ARG001 - someone who registers is nobody yet
    connection: AsyncConnection,
    team_id: UUID,
    name: str,
    settings: dict[str, Any],
    at: datetime,
) -> None:
    await widen(connection, teams=[team_id])
    row = {"id": team_id, "name": name, "settings": settings, "version": 1}
    await connection.execute(insert(teams).values(**row, created_at=at, updated_at=at))


async def get(
    caller: Caller, connection: AsyncConnection, team_id: UUID, *, lock: bool = False
) -> Team | None:
    """A team of the caller's; `None` for any other. `lock` keeps it as it is until the transaction ends."""
    if caller.via == "token" and caller.team_id != team_id:
        return None
    query = _own(caller).where(teams.c.id == team_id)
    row = (await connection.execute(query.with_for_update(of=teams) if lock else query)).mappings().first()
    return Team(**row) if row else None


async def lock(_nobody: Anonymous, connection: AsyncConnection, team_id: UUID) -> None:
    """Keep a team as it is until the transaction ends, members and invitations included."""
    await connection.execute(select(teams.c.id).where(teams.c.id == team_id).with_for_update())


async def keep(_caller: Caller, connection: AsyncConnection, team_id: UUID) -> None:
    """Keep a team as it is until the transaction ends, as `lock`, but many may do so at once."""
    kept = select(teams.c.id).where(teams.c.id == team_id)
    await connection.execute(kept.with_for_update(read=True, key_share=True))


async def page(
    caller: Caller, connection: AsyncConnection, after: After | None, limit: int
) -> Sequence[Team]:
    """A page of the caller's teams, oldest first. An API token sees its own alone."""
    query = _own(caller).order_by(teams.c.created_at, teams.c.id).limit(limit)
    if caller.via == "token":
        query = query.where(teams.c.id == caller.team_id)
    if after:
        same = and_(teams.c.created_at == after.at, teams.c.id > UUID(after.key))
        query = query.where(or_(teams.c.created_at > after.at, same))
    return [Team(**row) for row in (await connection.execute(query)).mappings()]


async def change(
    _caller: Caller,
    connection: AsyncConnection,
    team_id: UUID,
    name: str,
    settings: dict[str, Any],
    at: datetime,
) -> None:
    """Replace name and settings; ask for the caller's role first."""
    changed = {"name": name, "settings": settings, "version": teams.c.version + 1, "updated_at": at}
    await connection.execute(update(teams).where(teams.c.id == team_id).values(changed))


async def remove(_caller: Caller, connection: AsyncConnection, team_id: UUID) -> None:
    """Delete a team with its memberships, invitations and API tokens; ask for the caller's role first."""
    members = select(memberships.c.user_id).where(memberships.c.team_id == team_id)
    theirs = users.c.id.in_(members)
    await connection.execute(select(users.c.id).where(theirs).order_by(users.c.id).with_for_update())
    raised = {"rights_version": users.c.rights_version + 1}
    await connection.execute(update(users).where(theirs).values(raised))
    await connection.execute(delete(teams).where(teams.c.id == team_id))


def _own(caller: Caller) -> Select[Any]:
    return (
        select(
            teams.c.id,
            teams.c.name,
            teams.c.settings,
            memberships.c.role,
            teams.c.version,
            teams.c.created_at,
        )
        .join(memberships, memberships.c.team_id == teams.c.id)
        .where(memberships.c.user_id == caller.user_id)
    )
