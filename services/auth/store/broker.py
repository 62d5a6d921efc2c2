"""Which token an agent logged in with at the broker."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.auth.tables import broker_logins
from services.runtime.auth import Anonymous, Caller


async def note(caller: Caller, connection: AsyncConnection, agent_id: UUID, at: datetime) -> None:
    """Remember the caller's token for the agent; the newest wins."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    values = {"token_id": caller.sid, "seen_at": at}
    row = insert(broker_logins).values(agent_id=agent_id, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=["agent_id"], set_=values))


async def token_of(_nobody: Anonymous, connection: AsyncConnection, agent_id: UUID) -> str | None:
    """The id of the token that the agent logged in with last."""
    query = select(broker_logins.c.token_id).where(broker_logins.c.agent_id == agent_id)
    found: str | None = (await connection.execute(query)).scalar()
    return found
