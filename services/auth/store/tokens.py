"""API tokens, without their secrets."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain import After, TokenRecord
from services.auth.tables import api_tokens
from services.runtime.auth import Caller, TeamsCaller

own = api_tokens.c


async def add(caller: Caller, connection: AsyncConnection, record: TokenRecord, digest: str) -> None:
    await connection.execute(
        insert(api_tokens).values(
            id=record.id,
            team_id=caller.team,
            user_id=caller.user_id,
            name=record.name,
            scopes=" ".join(record.scopes),
            secret_hash=digest,
            created_at=record.created_at,
            expires_at=record.expires_at,
        )
    )


async def page(
    caller: Caller, connection: AsyncConnection, after: After | None, limit: int
) -> Sequence[TokenRecord]:
    """A page of the caller's tokens in this team that are not revoked, oldest first."""
    query = (
        select(own.id, own.name, own.scopes, own.created_at, own.expires_at)
        .where(own.user_id == caller.user_id, own.team_id == caller.team, own.revoked_at.is_(None))
        .order_by(own.created_at, own.id)
        .limit(limit)
    )
    if after:
        same = and_(own.created_at == after.at, own.id > after.key)
        query = query.where(or_(own.created_at > after.at, same))
    return [
        TokenRecord(row.id, row.name, tuple(row.scopes.split()), row.created_at, row.expires_at)
        for row in await connection.execute(query)
    ]


async def revoke(caller: Caller, connection: AsyncConnection, token_id: str, at: datetime) -> bool:
    """End a token of the caller's; answers whether there was one."""
    result = await connection.execute(
        update(api_tokens)
        .where(
            own.id == token_id,
            own.user_id == caller.user_id,
            own.team_id == caller.team,
            own.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )
    return bool(result.rowcount)


async def end(
    actor: TeamsCaller, connection: AsyncConnection, ids: Collection[str], user_id: UUID, at: datetime
) -> Sequence[str]:
    """End those of these tokens that are the person's in the actor's teams; answers which were live."""
    live = and_(
        own.id.in_(ids), own.user_id == user_id, own.team_id.in_(actor.teams), own.revoked_at.is_(None)
    )
    # In the order of their ids, in which an UPDATE need not come to them.
    await connection.execute(select(own.id).where(live).order_by(own.id).with_for_update())
    ended = update(api_tokens).where(live).values(revoked_at=at).returning(own.id)
    return sorted((await connection.execute(ended)).scalars())
