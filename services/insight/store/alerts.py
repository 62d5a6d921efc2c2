"""Incidents, and where sessions stood when they last made progress."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contracts.sessions import Session
from services.insight.domain.alerts.rules import Mark
from services.insight.store.sessions import TITLE
from services.insight.tables import (
    alerts,
    letters,
    notifications,
    progress,
    sessions,
    teams,
    webhook_deliveries,
)
from services.runtime import reach
from services.runtime.auth import Actor, Caller, TeamsCaller
from services.runtime.bulk import insert_of, upsert

Row = Mapping[str, Any]
Key = tuple[str, str]
AT_ONCE = 500


async def settings_of(actor: TeamsCaller, connection: AsyncConnection) -> dict[UUID, Mapping[str, Any]]:
    """The settings of these teams, as far as they are known."""
    query = select(teams.c.team_id, teams.c.settings).where(teams.c.team_id.in_(actor.teams))
    return {row[0]: row[1] for row in await connection.execute(query)}


async def latest(
    actor: TeamsCaller, connection: AsyncConnection, subjects: Collection[str], since: datetime
) -> dict[Key, dict[str, Any]]:
    """By kind and subject, the incident that goes on, or the last that has gone on since then; locked."""
    found: dict[Key, dict[str, Any]] = {}
    for some in _pieces(sorted(subjects)):
        query = (
            select(alerts)
            .where(
                alerts.c.team_id.in_(actor.teams),
                alerts.c.subject.in_(some),
                or_(alerts.c.firing, alerts.c.calm_at >= since),
            )
            .order_by(alerts.c.firing, alerts.c.opened_at, alerts.c.id)
            .with_for_update()
        )
        for row in (await connection.execute(query)).mappings():
            found[row["kind"], row["subject"]] = dict(row)
    return found


async def has_been(actor: TeamsCaller, connection: AsyncConnection, kind: str, subject: str) -> bool:
    """Whether there was ever an incident of this kind of this subject."""
    query = select(alerts.c.id).where(
        alerts.c.team_id.in_(actor.teams), alerts.c.subject == subject, alerts.c.kind == kind
    )
    return (await connection.execute(query.limit(1))).first() is not None


async def begin(actor: TeamsCaller, connection: AsyncConnection, row: Row) -> bool:
    """Write down a new incident; `False` where somebody else has just done so."""
    assert row["team_id"] in actor.teams
    statement = insert_of(connection, alerts).values(**row).on_conflict_do_nothing()
    return bool((await connection.execute(statement)).rowcount)


async def change(actor: Actor, connection: AsyncConnection, row: Row, values: Row) -> dict[str, Any]:
    """Write columns of an incident; answers it as it is then, one revision on."""
    mine = and_(alerts.c.id == row["id"], alerts.c.team_id.in_(actor.teams))
    changed = {**values, "revision": row["revision"] + 1}
    await connection.execute(update(alerts).where(mine).values(**changed))
    return {**row, **changed}


async def page(
    caller: Caller,
    connection: AsyncConnection,
    *,
    states: Collection[str],
    kinds: Collection[str],
    session_id: UUID | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Give the incidents that the caller may see, newest first."""
    query = _seen_by(caller).order_by(alerts.c.opened_at.desc(), alerts.c.id.desc()).limit(limit)
    if states:
        query = query.where(alerts.c.state.in_(list(states)))
    if kinds:
        query = query.where(alerts.c.kind.in_(list(kinds)))
    if session_id is not None:
        query = query.where(alerts.c.session_id == session_id)
    if before is not None:
        at, last = before
        same = and_(alerts.c.opened_at == at, alerts.c.id < last)
        query = query.where(or_(alerts.c.opened_at < at, same))
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def find(
    caller: Caller, connection: AsyncConnection, alert_id: UUID, *, lock: bool = False
) -> dict[str, Any] | None:
    """Give an incident that the caller may see, with its session's `title`, `visibility` and `version`."""
    query = _seen_by(caller).where(alerts.c.id == alert_id)
    if lock:
        query = query.with_for_update(of=alerts)
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


async def marks(actor: TeamsCaller, connection: AsyncConnection, ids: Collection[UUID]) -> dict[UUID, Mark]:
    """Where these sessions stood when they last made progress."""
    found: dict[UUID, Mark] = {}
    for some in _pieces(sorted(ids)):
        query = select(progress).where(progress.c.team_id.in_(actor.teams), progress.c.session_id.in_(some))
        for row in (await connection.execute(query)).mappings():
            found[row["session_id"]] = Mark(row["mark"], row["since"], row["tokens"], row["calls"])
    return found


async def put_marks(
    actor: TeamsCaller, connection: AsyncConnection, marked: Sequence[tuple[Session, Mark]]
) -> None:
    """Remember where these sessions stand."""
    assert {session.team_id for session, _ in marked} <= actor.teams
    rows = [
        {
            "session_id": session.id,
            "team_id": session.team_id,
            "user_id": session.user_id,
            "mark": mark.mark,
            "since": mark.since,
            "tokens": mark.tokens,
            "calls": mark.calls,
        }
        for session, mark in sorted(marked, key=lambda pair: pair[0].id)
    ]
    await upsert(connection, progress, rows)


async def forget_sessions(actor: TeamsCaller, connection: AsyncConnection, ids: Collection[UUID]) -> None:
    """Let go of what was told, and is to be told, of sessions that are gone."""
    for some in _pieces(sorted(ids)):
        for table in (alerts, progress, letters, notifications, webhook_deliveries):
            own = delete(table).where(table.c.team_id.in_(actor.teams), table.c.session_id.in_(some))
            # What is about an insight outlives the session that the insight is linked to.
            await connection.execute(
                own.where(table.c.insight_id.is_(None)) if "insight_id" in table.c else own
            )


async def waiting(
    _nobody: None, connection: AsyncConnection, since: datetime, until: datetime, limit: int
) -> list[dict[str, Any]]:
    """Find the sessions of all teams that have waited between these times and of which nobody was told."""
    await reach.find(connection, "insight_notices", "alerts")
    told = exists().where(
        alerts.c.team_id == sessions.c.team_id,
        alerts.c.session_id == sessions.c.session_id,
        alerts.c.kind == "waiting_long",
        alerts.c.firing,
    )
    query = (
        select(sessions)
        .where(
            sessions.c.status == "waiting",
            sessions.c.deleted.is_(False),
            sessions.c.last_activity_at >= since,
            sessions.c.last_activity_at <= until,
            ~told,
        )
        .order_by(sessions.c.last_activity_at)
        .limit(limit)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def timed(
    _nobody: None, connection: AsyncConnection, now: datetime, limit: int
) -> list[dict[str, Any]]:
    """Find and lock the incidents of all teams that have slept long enough, or whose period is over."""
    await reach.find(connection, "insight_notices", "alerts")
    due = or_(
        and_(alerts.c.state == "snoozed", alerts.c.snoozed_until <= now),
        and_(alerts.c.firing, alerts.c.ends_at <= now),
    )
    query = select(alerts).where(due, alerts.c.firing).order_by(alerts.c.id).limit(limit)
    rows = await connection.execute(query.with_for_update(skip_locked=True))
    return [dict(row) for row in rows.mappings()]


def _seen_by(caller: Caller) -> Select[Any]:
    """What is of a session is for those who may see it, the rest for whom it concerns."""
    joined = alerts.outerjoin(
        sessions,
        and_(
            sessions.c.session_id == alerts.c.session_id,
            sessions.c.team_id == alerts.c.team_id,
            sessions.c.deleted.is_(False),
        ),
    )
    theirs = or_(alerts.c.user_id.is_(None), alerts.c.user_id == caller.user_id)
    visible = or_(sessions.c.visibility != "private", sessions.c.user_id == caller.user_id)
    return (
        select(alerts, TITLE.label("session_title"), sessions.c.visibility, sessions.c.version)
        .select_from(joined)
        .where(alerts.c.team_id == caller.team, or_(and_(alerts.c.session_id.is_(None), theirs), visible))
    )


def _pieces(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))
