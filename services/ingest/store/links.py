"""Links to public pages: of each the digest of its secret, and who looked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, insert, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingest.store.sessions import named, visible
from services.ingest.tables import ingest_teams, session_events, session_links, session_views, sessions
from services.runtime.auth import Actor, Anonymous, Caller, TeamsCaller
from services.runtime.bulk import Row, insert_of
from services.runtime.reach import find

REACH = "ingest_sharing"
MOST_LINKS = 200
VIEW_ORDER = ("last_at", "hour", "network", "link_id")


async def add(actor: Actor, connection: AsyncConnection, row: Row) -> None:
    assert row["team_id"] in actor.teams
    await connection.execute(insert(session_links).values(**row))


async def end(actor: Actor, connection: AsyncConnection, ids: Sequence[UUID], at: datetime) -> None:
    """End all links of these sessions."""
    mine = update(session_links).where(
        session_links.c.session_id.in_(ids),
        session_links.c.team_id.in_(actor.teams),
        session_links.c.ended_at.is_(None),
    )
    await connection.execute(mine.values(ended_at=at))


async def by_secret(_nobody: Anonymous, connection: AsyncConnection, digest: str) -> Row | None:
    """Give the link that somebody has the secret of, ended as it may be; its team is then within reach."""
    await find(connection, REACH, "link", digest)
    query = select(session_links).where(session_links.c.secret_hash == digest)
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


async def public_session(actor: TeamsCaller, connection: AsyncConnection, session_id: UUID) -> Row | None:
    """Give a session that is public, if it is; it is not deleted before the transaction ends."""
    query = named().where(
        sessions.c.id == session_id, sessions.c.team_id.in_(actor.teams), sessions.c.deleted_at.is_(None)
    )
    # A look that is noted locks link and session, in this order. Whoever deletes the session has locked it
    # first: then the two wait for each other.
    kept = query.where(sessions.c.visibility == "public").with_for_update(
        read=True, key_share=True, of=sessions
    )
    row = (await connection.execute(kept)).mappings().first()
    return dict(row) if row else None


async def note_view(
    actor: TeamsCaller, connection: AsyncConnection, link: Row, network: str, at: datetime
) -> None:
    """Count one look at the page, from this network in this hour."""
    assert link["team_id"] in actor.teams
    hour = at.replace(minute=0, second=0, microsecond=0)
    row = {"link_id": link["id"], "hour": hour, "network": network, "session_id": link["session_id"]}
    row |= {"team_id": link["team_id"], "views": 1, "first_at": at, "last_at": at}
    statement = insert_of(connection, session_views).values(**row)
    more = {"views": session_views.c.views + 1, "last_at": statement.excluded.last_at}
    keys = list(session_views.primary_key)
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=more))


async def of_session(caller: Caller, connection: AsyncConnection, session_id: UUID) -> list[Row]:
    """Give a session's newest links, the last first, each with `views` and `last_viewed_at`."""
    counted = (
        select(
            session_views.c.link_id,
            func.sum(session_views.c.views).label("views"),
            func.max(session_views.c.last_at).label("last_viewed_at"),
        )
        .where(session_views.c.session_id == session_id, session_views.c.team_id == caller.team_id)
        .group_by(session_views.c.link_id)
        .subquery()
    )
    query = (
        select(session_links, func.coalesce(counted.c.views, 0).label("views"), counted.c.last_viewed_at)
        .outerjoin(counted, counted.c.link_id == session_links.c.id)
        .where(session_links.c.session_id.in_(_seen(caller, session_id)))
        .order_by(session_links.c.made_at.desc(), session_links.c.id)
        .limit(MOST_LINKS)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def views(
    caller: Caller, connection: AsyncConnection, session_id: UUID, before: tuple[Any, ...] | None, limit: int
) -> list[Row]:
    """Give who looked at a session's pages, the last first, from before a row's `VIEW_ORDER`."""
    order = [session_views.c[name] for name in VIEW_ORDER]
    query = select(session_views).where(session_views.c.session_id.in_(_seen(caller, session_id)))
    if before is not None:
        pairs = zip(before, order, strict=True)
        query = query.where(tuple_(*order) < tuple_(*(literal(value, one.type) for value, one in pairs)))
    query = query.order_by(*(one.desc() for one in order)).limit(limit)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def ending(
    _nobody: None, connection: AsyncConnection, now: datetime, limit: int
) -> list[dict[str, Any]]:
    """Find and lock sessions of any team that are shared too long, or public where their team wants none."""
    await find(connection, REACH, "ending", now.isoformat())
    allowing = select(ingest_teams.c.team_id).where(ingest_teams.c.settings["allow_public"].as_boolean())
    forbidden = and_(sessions.c.visibility == "public", sessions.c.team_id.not_in(allowing))
    query = (
        select(sessions)
        .where(sessions.c.deleted_at.is_(None), or_(sessions.c.shared_until <= now, forbidden))
        .order_by(sessions.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def settle(
    actor: TeamsCaller, connection: AsyncConnection, session_id: UUID, values: Mapping[str, Any]
) -> None:
    """Write columns of a session that `ending` gave; its version rises by one."""
    mine = update(sessions).where(sessions.c.id == session_id, sessions.c.team_id.in_(actor.teams))
    await connection.execute(mine.values(**values, version=sessions.c.version + 1))


def _seen(caller: Caller, session_id: UUID) -> Select[Any]:
    return select(sessions.c.id).where(visible(caller), sessions.c.id == session_id)


async def newest_events(
    actor: TeamsCaller, connection: AsyncConnection, session_id: UUID, limit: int
) -> list[Row]:
    """Give the end of a public session's timeline, newest first."""
    mine = select(session_events).where(
        session_events.c.session_id == session_id, session_events.c.team_id.in_(actor.teams)
    )
    query = mine.order_by(session_events.c.at.desc(), session_events.c.event_id.desc()).limit(limit)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
