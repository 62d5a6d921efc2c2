"""Secrets that let somebody choose a new password, as digests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.tables import password_resets
from services.runtime.auth import Anonymous, Caller

own = password_resets.c


async def add(
    _nobody: Anonymous,
    connection: AsyncConnection,
    digest: str,
    user_id: UUID,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keep a secret of a person's, beside those they have; what has run out of anybody's is forgotten."""
    row = {"secret_hash": digest, "user_id": user_id, "made_at": at, "expires_at": expires_at}
    await connection.execute(insert(password_resets).values(row))
    # Only now: the new secret has locked the person, who is locked before what they have.
    await connection.execute(delete(password_resets).where(own.expires_at <= at))


async def whose(_nobody: Anonymous, connection: AsyncConnection, digest: str, at: datetime) -> UUID | None:
    """Whom a secret is for; `None` for one that is unknown, used or old."""
    query = select(own.user_id).where(own.secret_hash == digest, own.expires_at > at)
    found: UUID | None = (await connection.execute(query)).scalar()
    return found


async def take(_nobody: Anonymous, connection: AsyncConnection, digest: str, at: datetime) -> UUID | None:
    """Use a secret up: of many who try, one succeeds."""
    gone = delete(password_resets).where(own.secret_hash == digest, own.expires_at > at)
    taken: UUID | None = (await connection.execute(gone.returning(own.user_id))).scalar()
    return taken


async def forget(_nobody: Anonymous | Caller, connection: AsyncConnection, user_id: UUID) -> None:
    """End all secrets of a person."""
    await connection.execute(delete(password_resets).where(own.user_id == user_id))
