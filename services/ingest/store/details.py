"""Reads the lists of one session, as a caller may see them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.sessions import visible
from services.ingest.tables import (
    session_commits,
    session_events,
    session_files,
    session_memories,
    session_samples,
    session_usage,
    sessions,
)
from services.runtime.auth import Caller
from services.runtime.bulk import Row

MOST = 4000


async def usage(caller: Caller, connection: AsyncConnection, session_id: UUID) -> list[Row]:
    """Give the usage of every model, tier and band, oldest bucket first."""
    return await _rows(caller, connection, session_usage, session_id, session_usage.c.at)


async def samples(caller: Caller, connection: AsyncConnection, session_id: UUID) -> list[Row]:
    """Give health and context as they were, oldest first."""
    return await _rows(caller, connection, session_samples, session_id, session_samples.c.at)


async def commits(caller: Caller, connection: AsyncConnection, session_id: UUID) -> list[Row]:
    """Give the commits, newest first."""
    return await _rows(caller, connection, session_commits, session_id, session_commits.c.at.desc())


async def files(caller: Caller, connection: AsyncConnection, session_id: UUID) -> list[Row]:
    """Give the changed files, the one changed last first."""
    return await _rows(caller, connection, session_files, session_id, session_files.c.last_at.desc())


async def memories(caller: Caller, connection: AsyncConnection, session_id: UUID) -> list[Row]:
    return await _rows(caller, connection, session_memories, session_id, session_memories.c.name)


async def events(
    caller: Caller,
    connection: AsyncConnection,
    session_id: UUID,
    kinds: Sequence[str],
    before: tuple[Any, str] | None,
    limit: int,
) -> list[Row]:
    """Give the timeline, newest first, from before `(at, event_id)`."""
    at, event_id = session_events.c.at, session_events.c.event_id
    query = _seen(caller, session_events, session_id)
    if kinds:
        query = query.where(session_events.c.kind.in_(kinds))
    if before is not None:
        query = query.where(or_(at < before[0], and_(at == before[0], event_id < before[1])))
    return await _read(connection, query.order_by(at.desc(), event_id.desc()).limit(limit))


async def _rows(
    caller: Caller, connection: AsyncConnection, table: Table, session_id: UUID, order: ColumnElement[Any]
) -> list[Row]:
    return await _read(connection, _seen(caller, table, session_id).order_by(order).limit(MOST))


def _seen(caller: Caller, table: Table, session_id: UUID) -> Select[Any]:
    own = select(sessions.c.id).where(visible(caller), sessions.c.id == session_id)
    return select(table).where(table.c.session_id.in_(own))


async def _read(connection: AsyncConnection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in (await connection.execute(query)).mappings()]
