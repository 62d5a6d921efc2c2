"""Finds the event that a factor of a session's health comes from."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.sessions import visible
from services.ingest.tables import session_events, sessions
from services.runtime.auth import Caller
from services.runtime.bulk import Row

# The latest such event explains the factor. Of the context that is the last step: it is filled by now.
LATEST: dict[str, tuple[ColumnElement[bool], ...]] = {
    "context": (),
    "activity": (),
    "tool_failures": (
        session_events.c.kind == "tool",
        session_events.c.body["outcome"].as_string() == "failed",
    ),
    "errors": (session_events.c.kind == "api_error",),
    "compactions": (session_events.c.kind == "compaction",),
}
LOOKED_AT = 500


async def evidence(
    caller: Caller, connection: AsyncConnection, session_id: UUID, names: Sequence[str]
) -> dict[str, Row]:
    """Give the row of an event for each of these factors that has one. Of loops the newest calls only."""
    found: dict[str, Row | None] = {}
    for name in names:
        if name in LATEST:
            rows = await _newest(caller, connection, session_id, LATEST[name], 1)
            found[name] = rows[0] if rows else None
        elif name == "loops":
            calls = (session_events.c.kind == "tool",)
            found[name] = _longest_run(await _newest(caller, connection, session_id, calls, LOOKED_AT))
    return {name: row for name, row in found.items() if row is not None}


async def _newest(
    caller: Caller,
    connection: AsyncConnection,
    session_id: UUID,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
) -> list[Row]:
    own = select(sessions.c.id).where(visible(caller), sessions.c.id == session_id)
    query = (
        select(session_events)
        .where(session_events.c.session_id.in_(own), *conditions)
        .order_by(session_events.c.at.desc(), session_events.c.event_id.desc())
        .limit(limit)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


def _longest_run(newest_first: Sequence[Row]) -> Row | None:
    """The last call of the longest run of like ones; a single call is no run."""
    runs = [list(run) for _, run in groupby(newest_first, key=_call)]
    longest = max(runs, key=len, default=[])
    return longest[0] if len(longest) > 1 else None


def _call(row: Row) -> tuple[Any, ...]:
    body = row["body"]
    return body.get("lane"), body.get("name"), body.get("detail")
