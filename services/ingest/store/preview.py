"""Sessions as their health is worked out."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.sessions import visible
from services.ingest.tables import sessions
from services.runtime.auth import Caller

VITAL = (
    "status", "last_activity_at", "context_used", "context_window", "active_seconds", "api_errors",
    "compactions", "tool_calls", "errors", "refusals", "longest_repeat", "given_health",
)  # fmt: skip


async def vital_rows(
    caller: Caller, connection: AsyncConnection, since: datetime, most: int
) -> list[dict[str, Any]]:
    """What judges the sessions that the caller sees and that were active since then, of many the newest."""
    query = (
        select(*(sessions.c[name] for name in VITAL))
        .where(visible(caller), sessions.c.sort_at >= since)
        .order_by(sessions.c.sort_at.desc(), sessions.c.id.desc())
        .limit(most)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]
