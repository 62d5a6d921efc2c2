"""Letters that other services asked for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.tables import letters_heard
from services.runtime.auth import Anonymous
from services.runtime.bulk import insert_of


async def hear(
    _nobody: Anonymous, connection: AsyncConnection, event_id: UUID, at: datetime, forget_before: datetime
) -> bool:
    """Remember what was asked; `False` for what was asked before. What is long past is forgotten."""
    await connection.execute(delete(letters_heard).where(letters_heard.c.at < forget_before))
    statement = insert_of(connection, letters_heard).values(event_id=event_id, at=at).on_conflict_do_nothing()
    return bool((await connection.execute(statement)).rowcount)
