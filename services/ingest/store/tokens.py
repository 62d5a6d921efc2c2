"""The tokens that machines came with, and which of them were revoked together with a machine."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import agent_tokens
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.bulk import upsert

own = agent_tokens.c


async def is_revoked(caller: Caller, connection: AsyncConnection) -> bool:
    """Whether a machine was revoked that had come with the caller's token."""
    query = select(own.token_id).where(
        own.token_id == caller.sid, own.team_id == caller.team_id, own.revoked_at.is_not(None)
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def is_known(caller: Caller, connection: AsyncConnection, agent_id: UUID) -> bool:
    """Whether it is noted that the machine came with the caller's token."""
    query = select(own.token_id).where(
        own.agent_id == agent_id, own.token_id == caller.sid, own.team_id == caller.team_id
    )
    return (await connection.execute(query)).first() is not None


async def machines(caller: Caller, connection: AsyncConnection) -> Sequence[UUID]:
    """Which machines of the caller's came with this token, and were not revoked."""
    query = select(own.agent_id).where(
        own.token_id == caller.sid, own.team_id == caller.team_id, own.revoked_at.is_(None)
    )
    return list((await connection.execute(query)).scalars())


async def note(caller: Caller, connection: AsyncConnection, agent_id: UUID, at: datetime) -> None:
    """Note that a machine of the caller's came with this token."""
    row = {"agent_id": agent_id, "token_id": caller.sid, "brought_at": at, "revoked_at": None}
    await upsert(connection, agent_tokens, [row | {"team_id": caller.team, "user_id": caller.user_id}])


async def revoke(caller: Caller, connection: AsyncConnection, agent_id: UUID, at: datetime) -> Sequence[str]:
    """Mark all that a machine of the caller's team came with; answers their ids."""
    await connection.execute(
        update(agent_tokens)
        .where(own.agent_id == agent_id, own.team_id == caller.team_id, own.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    query = select(own.token_id).where(own.agent_id == agent_id, own.team_id == caller.team_id)
    return list((await connection.execute(query.order_by(own.brought_at, own.token_id))).scalars())


async def forget(actor: TeamsCaller, connection: AsyncConnection, gone: UUID) -> None:
    """Forget those of a team or a person that is gone."""
    mine = own.team_id == gone if gone in actor.teams else own.user_id == gone
    await connection.execute(delete(agent_tokens).where(mine))
