"""The generations of the signing key: numbers and times, never a key."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.domain.keys import Generation
from services.auth.tables import signing_keys
from services.runtime.auth import Anonymous

own = signing_keys.c


async def generations(_nobody: Anonymous, connection: AsyncConnection) -> Sequence[Generation]:
    """All there ever were, oldest first."""
    rows = await connection.execute(select(own.number, own.signs_from, own.revoked_at).order_by(own.number))
    return [Generation(*row) for row in rows]


async def add(_nobody: Anonymous, connection: AsyncConnection, signs_from: datetime) -> int:
    """Begin the next generation; answers its number."""
    last: int | None = (await connection.execute(select(func.max(own.number)))).scalar()
    number = (last or 0) + 1
    await connection.execute(insert(signing_keys).values(number=number, signs_from=signs_from))
    return number


async def revoke(_nobody: Anonymous, connection: AsyncConnection, number: int, at: datetime) -> bool:
    """End a generation; answers whether there was one to end."""
    ended = update(signing_keys).where(own.number == number, own.revoked_at.is_(None)).values(revoked_at=at)
    return bool((await connection.execute(ended)).rowcount)
