"""Notifications, how persons want them, and letters that wait."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.domain.notices import Sight
from services.insight.tables import (
    alerts,
    letters,
    members,
    notification_preferences,
    notifications,
    progress,
    sessions,
)
from services.runtime import reach
from services.runtime.auth import Actor, Caller, TeamsCaller
from services.runtime.bulk import insert_of

Row = Mapping[str, Any]


async def sight_of(actor: TeamsCaller, connection: AsyncConnection, session_id: UUID) -> Sight | None:
    """Who may see a session of these teams; `None` for one that is unknown or deleted."""
    query = select(sessions.c.user_id, sessions.c.visibility).where(
        sessions.c.session_id == session_id,
        sessions.c.team_id.in_(actor.teams),
        sessions.c.deleted.is_(False),
    )
    row = (await connection.execute(query)).first()
    return Sight(row[0], row[1] == "private") if row else None


async def left_among(
    actor: TeamsCaller, connection: AsyncConnection, ids: Collection[UUID]
) -> frozenset[UUID]:
    """Which of these persons have left the team."""
    query = select(members.c.user_id).where(
        members.c.team_id.in_(actor.teams), members.c.user_id.in_(list(ids)), members.c.present.is_(False)
    )
    return frozenset((await connection.execute(query)).scalars())


async def preferences_of(
    actor: Actor, connection: AsyncConnection, ids: Collection[UUID], *, lock: bool = False
) -> dict[UUID, Row]:
    """What these persons have chosen in the actor's team; who has chosen nothing is missing."""
    query = select(notification_preferences).where(
        notification_preferences.c.team_id.in_(actor.teams), notification_preferences.c.user_id.in_(list(ids))
    )
    if lock:
        query = query.with_for_update()
    return {row["user_id"]: dict(row) for row in (await connection.execute(query)).mappings()}


async def put_preferences(caller: Caller, connection: AsyncConnection, row: Row, seen: int) -> bool:
    """Write the caller's own choices over those of version `seen` (0: none); `False` if there are others."""
    assert (row["team_id"], row["user_id"]) == (caller.team_id, caller.user_id)
    statement = insert_of(connection, notification_preferences).values(**row)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=list(notification_preferences.primary_key),
        set_={name: new[name] for name in ("events", "quiet_hours", "version", "updated_at")},
        where=notification_preferences.c.version == seen,
    )
    return bool((await connection.execute(statement)).rowcount)


async def add(actor: TeamsCaller, connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Add notifications."""
    assert {row["team_id"] for row in rows} <= actor.teams
    if rows:
        await connection.execute(insert(notifications), [dict(row) for row in rows])


async def unread(actor: Actor, connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many notifications each of these persons has not read, of those they may see."""
    query = (
        select(notifications.c.user_id, func.count())
        .select_from(_with_session())
        .where(
            notifications.c.team_id.in_(actor.teams),
            notifications.c.user_id.in_(list(ids)),
            notifications.c.read_at.is_(None),
            _shown(),
        )
        .group_by(notifications.c.user_id)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


async def listed(
    caller: Caller,
    connection: AsyncConnection,
    before: tuple[datetime, UUID] | None,
    limit: int,
    *,
    unread_only: bool,
) -> list[dict[str, Any]]:
    """Give the caller's own, newest first; what is of a session they may not see any more is left out."""
    seen = case((_may_see(), notifications.c.session_id), else_=None)
    columns = [column for column in notifications.columns if column.name != "session_id"]
    query = (
        select(*columns, seen.label("session_id"))
        .select_from(_with_session())
        .where(notifications.c.team_id == caller.team, notifications.c.user_id == caller.user_id, _shown())
        .order_by(notifications.c.created_at.desc(), notifications.c.id.desc())
        .limit(limit)
    )
    if unread_only:
        query = query.where(notifications.c.read_at.is_(None))
    if before is not None:
        at, last = before
        same = and_(notifications.c.created_at == at, notifications.c.id < last)
        query = query.where(or_(notifications.c.created_at < at, same))
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def read(
    caller: Caller, connection: AsyncConnection, ids: Collection[UUID] | None, at: datetime
) -> int:
    """Note that the caller has read these of their own, or all; answers how many were unread."""
    mine = update(notifications).where(
        notifications.c.team_id == caller.team,
        notifications.c.user_id == caller.user_id,
        notifications.c.read_at.is_(None),
    )
    if ids is not None:
        mine = mine.where(notifications.c.id.in_(list(ids)))
    return (await connection.execute(mine.values(read_at=at))).rowcount


async def forget_insight(actor: TeamsCaller, connection: AsyncConnection, insight_id: UUID) -> None:
    """Take back what was told of an insight that is gone."""
    for table in (notifications, letters):
        own = delete(table).where(table.c.team_id.in_(actor.teams), table.c.insight_id == insight_id)
        await connection.execute(own)


async def forget_member(actor: TeamsCaller, connection: AsyncConnection, user_id: UUID) -> None:
    """Let go of what was told to somebody who has left these teams, and of how they wanted it."""
    for table in (notifications, notification_preferences, letters):
        own = delete(table).where(table.c.team_id.in_(actor.teams), table.c.user_id == user_id)
        await connection.execute(own)


async def forget_person(_nobody: None, connection: AsyncConnection, user_id: UUID) -> None:
    """Let go of what was told to, or by, somebody whose account is gone, in whichever team."""
    await reach.find(connection, "insight_notices", "person", str(user_id))
    for column in (
        notifications.c.user_id, notifications.c.actor_id, notification_preferences.c.user_id,
        letters.c.user_id, alerts.c.user_id, progress.c.user_id,
    ):  # fmt: skip
        await connection.execute(delete(column.table).where(column == user_id))


async def add_letters(actor: TeamsCaller, connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Add what is to be written to persons once their quiet hours are over."""
    assert {row["team_id"] for row in rows} <= actor.teams
    if rows:
        await connection.execute(insert(letters), [dict(row) for row in rows])


def _with_session() -> Any:
    return notifications.outerjoin(
        sessions,
        and_(
            sessions.c.session_id == notifications.c.session_id,
            sessions.c.team_id == notifications.c.team_id,
            sessions.c.deleted.is_(False),
        ),
    )


def _may_see() -> ColumnElement[bool]:
    """Whether whose notification it is may see the session it names."""
    return or_(sessions.c.visibility != "private", sessions.c.user_id == notifications.c.user_id)


def _shown() -> ColumnElement[bool]:
    """What is about an insight stands without the session that the insight is linked to."""
    return or_(notifications.c.session_id.is_(None), notifications.c.insight_id.is_not(None), _may_see())
