"""Reads what is held of one person, in every team they ever reported to, a page at a time."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Select, Table, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.tables import (
    agent_tokens,
    agents,
    commands,
    session_commits,
    session_events,
    session_files,
    session_links,
    session_memories,
    session_owners,
    session_samples,
    session_usage,
    sessions,
)
from services.runtime.auth import Caller
from services.runtime.bulk import Row
from services.runtime.reach import find

LISTS: Mapping[str, Table] = {
    table.name.removeprefix("session_"): table
    for table in (
        session_usage, session_events, session_files, session_commits, session_memories, session_samples,
        commands, session_links,
    )
}  # fmt: skip
"""What a session has lists of; its tags and words are kept a second time to find it by."""

LEFT_OUT = {"commands": {"export", "claim"}, "session_links": {"secret_hash"}}
"""Columns that are not a person's: digests of secrets, and what a machine handed out for some minutes."""

_TOMBSTONE = ("id", "team_id", "tool", "native_id", "deleted_at")


async def teams(caller: Caller, connection: AsyncConnection) -> frozenset[UUID]:
    """The teams that the caller ever reported to, those they have left included."""
    await find(connection, "ingest", "person", str(caller.user_id))
    reported = select(sessions.c.team_id).where(sessions.c.user_id == caller.user_id)
    introduced = select(agents.c.team_id).where(agents.c.user_id == caller.user_id)
    return frozenset((await connection.execute(reported.union(introduced))).scalars())


async def known_name(caller: Caller, connection: AsyncConnection) -> Row | None:
    """What sessions are signed with."""
    query = select(session_owners).where(session_owners.c.user_id == caller.user_id)
    return next(iter(await _read(connection, query)), None)


async def machines(
    caller: Caller, connection: AsyncConnection, after: UUID | None, limit: int
) -> Sequence[Row]:
    """A page of the caller's machines, by id."""
    query = select(agents).where(agents.c.user_id == caller.user_id)
    return await _page(connection, query, agents.c.id, after, limit)


async def machine_tokens(caller: Caller, connection: AsyncConnection) -> Sequence[Row]:
    """By their ids, with which tokens the caller's machines came."""
    query = select(agent_tokens).where(agent_tokens.c.user_id == caller.user_id)
    return await _read(connection, query.order_by(*agent_tokens.primary_key))


async def own_sessions(
    caller: Caller, connection: AsyncConnection, after: UUID | None, limit: int
) -> Sequence[Row]:
    """A page of the caller's sessions that are not deleted, by id."""
    query = select(sessions).where(sessions.c.user_id == caller.user_id, sessions.c.deleted_at.is_(None))
    return await _page(connection, query, sessions.c.id, after, limit)


async def own_tombstones(
    caller: Caller, connection: AsyncConnection, after: UUID | None, limit: int
) -> Sequence[Row]:
    """A page of what is left of the caller's deleted sessions, by id."""
    columns = [sessions.c[name] for name in _TOMBSTONE]
    query = select(*columns).where(sessions.c.user_id == caller.user_id, sessions.c.deleted_at.is_not(None))
    return await _page(connection, query, sessions.c.id, after, limit)


async def parts(
    caller: Caller, connection: AsyncConnection, name: str, ids: Sequence[UUID], limit: int
) -> Sequence[Row]:
    """Up to `limit` rows of the list of this name of all these sessions, session by session."""
    table = LISTS[name]
    query = _shown(table).where(table.c.session_id.in_(ids), table.c.session_id.in_(_own(caller)))
    return await _read(connection, query.order_by(table.c.session_id, *_key(table)).limit(limit))


async def parts_after(
    caller: Caller, connection: AsyncConnection, name: str, session_id: UUID, after: Row | None, limit: int
) -> Sequence[Row]:
    """A page of one session's list of this name, from behind the row `after`."""
    table = LISTS[name]
    query = _shown(table).where(table.c.session_id == session_id, table.c.session_id.in_(_own(caller)))
    if after is not None:
        query = query.where(_behind(_key(table), after))
    return await _read(connection, query.order_by(*_key(table)).limit(limit))


def _shown(table: Table) -> Select[Any]:
    left_out = LEFT_OUT.get(table.name, ())
    return select(*(column for column in table.columns if column.name not in left_out))


def _key(table: Table) -> Sequence[Column[Any]]:
    return [column for column in table.primary_key if column.name != "session_id"]


def _own(caller: Caller) -> Select[tuple[UUID]]:
    return select(sessions.c.id).where(sessions.c.user_id == caller.user_id)


def _behind(key: Sequence[Column[Any]], row: Row) -> ColumnElement[bool]:
    """Whether a row's key comes after another's, compared column by column."""
    first, *rest = key
    value = row[first.name]
    return or_(first > value, and_(first == value, _behind(rest, row))) if rest else first > value


async def _page(
    connection: AsyncConnection,
    query: Select[Any],
    key: ColumnElement[UUID],
    after: UUID | None,
    limit: int,
) -> Sequence[Row]:
    further = query if after is None else query.where(key > after)
    return await _read(connection, further.order_by(key).limit(limit))


async def _read(connection: AsyncConnection, query: Select[Any]) -> Sequence[Row]:
    # A column's name is a kind of text of its own, which no encoder knows.
    rows = (await connection.execute(query)).mappings()
    return [{str(name): value for name, value in row.items()} for row in rows]
