"""Who is in which team, as what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain import After, Member
from services.auth.tables import memberships, users
from services.runtime.auth import Anonymous, Caller, Role
from services.runtime.errors import conflict


async def add(
    caller: Caller | Anonymous,  # noqa: ARG001 - someone who registers is nobody yet
    connection: AsyncConnection,
    user_id: UUID,
    team_id: UUID,
    role: Role,
    at: datetime,
) -> None:
    """Add a member; their rights have changed with it, and a first team is the chosen one.

    Raises `Problem` 409 when the person, or the team, has just gone.
    """
    row = {"user_id": user_id, "team_id": team_id, "role": role, "joined_at": at}
    try:
        await connection.execute(insert(memberships).values(row))
    except IntegrityError:
        raise conflict("changed_meanwhile", "It was changed meanwhile: try again.") from None
    changed = {
        "rights_version": users.c.rights_version + 1,
        "team_id": func.coalesce(users.c.team_id, team_id),
    }
    await connection.execute(update(users).where(users.c.id == user_id).values(changed))


async def roles(_nobody: Anonymous, connection: AsyncConnection, user_id: UUID) -> Mapping[UUID, Role]:
    """The teams of a person, that of longest standing first."""
    query = (
        select(memberships.c.team_id, memberships.c.role)
        .where(memberships.c.user_id == user_id)
        .order_by(memberships.c.joined_at, memberships.c.team_id)
    )
    return {row.team_id: row.role for row in await connection.execute(query)}


async def role_in(caller: Caller, connection: AsyncConnection, team_id: UUID) -> Role | None:
    """The caller's role in a team, `None` outside of it. An API token is in its own team only."""
    if caller.via == "token" and caller.team_id != team_id:
        return None
    query = select(memberships.c.role).where(
        memberships.c.user_id == caller.user_id, memberships.c.team_id == team_id
    )
    role: Role | None = (await connection.execute(query)).scalar()
    return role


async def members(
    _caller: Caller, connection: AsyncConnection, team_id: UUID, after: After | None, limit: int
) -> Sequence[Member]:
    """A page of a team's members in the order in which they joined; ask `role_in` first."""
    query = _members(team_id).order_by(memberships.c.joined_at, memberships.c.user_id).limit(limit)
    if after:
        key = UUID(after.key)
        same = and_(memberships.c.joined_at == after.at, memberships.c.user_id > key)
        query = query.where(or_(memberships.c.joined_at > after.at, same))
    return [Member(**row) for row in (await connection.execute(query)).mappings()]


async def member(
    _caller: Caller | Anonymous, connection: AsyncConnection, team_id: UUID, user_id: UUID
) -> Member | None:
    """One member of a team; ask `role_in` first."""
    query = _members(team_id).where(memberships.c.user_id == user_id)
    row = (await connection.execute(query)).mappings().first()
    return Member(**row) if row else None


async def admins(_caller: Caller, connection: AsyncConnection, team_id: UUID) -> int:
    """How many admins a team has. Lock the team first, or it is not so any more."""
    query = select(func.count()).where(memberships.c.team_id == team_id, memberships.c.role == "admin")
    return int((await connection.execute(query)).scalar_one())


async def count(_caller: Caller, connection: AsyncConnection, team_id: UUID) -> int:
    """How many members a team has."""
    query = select(func.count()).where(memberships.c.team_id == team_id)
    return int((await connection.execute(query)).scalar_one())


async def set_role(
    _caller: Caller, connection: AsyncConnection, team_id: UUID, user_id: UUID, role: Role
) -> None:
    """Change a member's role, and with it their rights."""
    mine = and_(memberships.c.team_id == team_id, memberships.c.user_id == user_id)
    await connection.execute(update(memberships).where(mine).values(role=role))
    await _raise_version(connection, user_id)


async def remove(_caller: Caller, connection: AsyncConnection, team_id: UUID, user_id: UUID) -> None:
    """End a membership; the person's API tokens of this team go with it."""
    # Before it: of somebody who is in no team of theirs, an admin sees nothing any more.
    await _raise_version(connection, user_id)
    mine = and_(memberships.c.team_id == team_id, memberships.c.user_id == user_id)
    await connection.execute(delete(memberships).where(mine))


async def _raise_version(connection: AsyncConnection, user_id: UUID) -> None:
    raised = {"rights_version": users.c.rights_version + 1}
    await connection.execute(update(users).where(users.c.id == user_id).values(raised))


def _members(team_id: UUID) -> Select[Any]:
    return (
        select(
            users.c.id.label("user_id"),
            users.c.username,
            users.c.email,
            memberships.c.role,
            memberships.c.joined_at,
        )
        .join(users, users.c.id == memberships.c.user_id)
        .where(memberships.c.team_id == team_id)
    )
