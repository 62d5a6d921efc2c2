"""Codes that enrol a machine, as digests."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.tables import enrolment_codes, memberships, users
from services.runtime.auth import Anonymous, Caller, Role
from services.runtime.reach import find

own = enrolment_codes.c


@dataclass(frozen=True, slots=True)
class Enrolled:
    """For whom a machine reports, as what they are now."""

    user_id: UUID
    team_id: UUID
    role: Role
    username: str


async def add(
    caller: Caller, connection: AsyncConnection, digest: str, at: datetime, expires_at: datetime
) -> None:
    """Keep a code of the caller's; what has run out of the team's is forgotten."""
    row = {"code_hash": digest, "team_id": caller.team, "user_id": caller.user_id}
    await connection.execute(insert(enrolment_codes).values(**row, created_at=at, expires_at=expires_at))
    # Only now: the new code has locked the membership, which goes before its codes.
    await connection.execute(delete(enrolment_codes).where(own.team_id == caller.team, own.expires_at <= at))


async def take(_nobody: Anonymous, connection: AsyncConnection, digest: str, at: datetime) -> Enrolled | None:
    """Redeem a code: of many who try, one succeeds. `None` for one that is unknown, used or old."""
    await find(connection, "auth", "code", digest)
    query = (
        select(own.user_id, own.team_id, memberships.c.role, users.c.username)
        .join(
            memberships,
            (memberships.c.team_id == own.team_id) & (memberships.c.user_id == own.user_id),
        )
        .join(users, users.c.id == own.user_id)
        .where(own.code_hash == digest, own.expires_at > at)
        # The token that is to come locks the membership: here already, before the code, as whoever ends it.
        .with_for_update(read=True, key_share=True, of=memberships)
    )
    found = (await connection.execute(query)).mappings().first()
    gone = await connection.execute(delete(enrolment_codes).where(own.code_hash == digest))
    return Enrolled(**found) if found and gone.rowcount else None
