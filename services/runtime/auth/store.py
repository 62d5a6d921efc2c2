"""Reads of the view `auth_rights`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.runtime.auth import Anonymous, Role
from services.runtime.auth.tables import auth_rights
from services.runtime.reach import find


@dataclass(frozen=True, slots=True)
class Right:
    """One log-in or API token in one team (`None`: the person is in no team)."""

    sid: str
    user_id: UUID
    team_id: UUID | None
    role: Role | None
    version: int
    scopes: str | None
    secret_hash: str | None
    expires_at: datetime
    username: str


async def rights_of(_nobody: Anonymous, connection: AsyncConnection, sid: str) -> Sequence[Right]:
    """All rights of a log-in or API token; none when it has ended."""
    await find(connection, "auth", "sid", sid)
    rows = await connection.execute(select(auth_rights).where(auth_rights.c.sid == sid))
    return [Right(**row) for row in rows.mappings()]
