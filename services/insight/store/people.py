"""Insight's own projection of persons, members and teams."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.insight.tables import departed, feeds, members, metadata, teams, users
from services.runtime.auth import Actor, Caller, TeamsCaller
from services.runtime.bulk import Row, insert_of, upsert
from services.runtime.erasure import erase

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
FORMER = "former member"


async def put_user(
    _actor: Actor, connection: AsyncConnection, user_id: UUID, username: str, known_at: datetime
) -> None:
    """Remember a person's name; the newest knowledge wins."""
    row = {"user_id": user_id, "username": username, "known_at": known_at}
    await upsert(connection, users, [row], "excluded.known_at > insight_users.known_at")


async def meet(caller: Caller, connection: AsyncConnection) -> None:
    """Remember the name a token gave, until somebody tells what the person is called."""
    await put_user(caller, connection, caller.user_id, caller.username, LONG_AGO)


async def put_member(
    actor: TeamsCaller,
    connection: AsyncConnection,
    user_id: UUID,
    known_at: datetime,
    *,
    present: bool,
    role: str | None = None,
) -> None:
    """Remember that a person is in these teams, or no more; the newest knowledge wins.

    Without a `role` theirs is what it was.
    """
    for team_id in sorted(actor.teams):
        row = {"team_id": team_id, "user_id": user_id, "role": role, "present": present, "known_at": known_at}
        statement = insert_of(connection, members).values(**row)
        new = statement.excluded
        statement = statement.on_conflict_do_update(
            index_elements=list(members.primary_key),
            set_={
                "role": func.coalesce(new.role, members.c.role),
                "present": new.present,
                "known_at": new.known_at,
            },
            where=new.known_at >= members.c.known_at,
        )
        await connection.execute(statement)


async def put_team(
    actor: TeamsCaller, connection: AsyncConnection, name: str, settings: Mapping[str, Any], at: datetime
) -> None:
    rows = [
        {"team_id": team_id, "name": name, "settings": dict(settings), "known_at": at}
        for team_id in sorted(actor.teams)
    ]
    await upsert(connection, teams, rows, "excluded.known_at > insight_teams.known_at")


async def note_departed(_actor: Actor, connection: AsyncConnection, gone: UUID, at: datetime) -> None:
    """Remember that a team or a person is gone."""
    await upsert(connection, departed, [{"id": gone, "at": at}])


async def departed_of(_actor: Actor, connection: AsyncConnection, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these teams and persons are gone."""
    query = select(departed.c.id).where(departed.c.id.in_(list(ids)))
    return frozenset((await connection.execute(query)).scalars())


async def forget_user(_actor: TeamsCaller, connection: AsyncConnection, user_id: UUID) -> None:
    """Forget a person's name, and that they were ever in a team. What they shared is `farewell`'s."""
    for table in (users, members):
        await connection.execute(delete(table).where(table.c.user_id == user_id))


async def end_feeds(actor: TeamsCaller, connection: AsyncConnection, user_id: UUID) -> None:
    """End the feed addresses of somebody who has left these teams."""
    own = delete(feeds).where(feeds.c.user_id == user_id, feeds.c.team_id.in_(actor.teams))
    await connection.execute(own)


async def forget_teams(actor: TeamsCaller, connection: AsyncConnection) -> None:
    """Forget all there is of these teams."""
    await erase(actor, connection, metadata, ())


async def team_of(actor: Actor, connection: AsyncConnection) -> Row | None:
    """Name and settings of the actor's one team, as far as they are known."""
    query = select(teams).where(teams.c.team_id.in_(actor.teams))
    row = (await connection.execute(query)).mappings().first()
    return dict(row) if row else None


async def present(actor: Actor, connection: AsyncConnection) -> dict[UUID, Row]:
    """The members of the actor's teams as of now: `username` and `role` by id."""
    query = (
        select(members.c.user_id, members.c.role, users.c.username)
        .join(users, users.c.user_id == members.c.user_id)
        .where(members.c.team_id.in_(actor.teams), members.c.present)
    )
    return {row["user_id"]: dict(row) for row in (await connection.execute(query)).mappings()}


async def labels(actor: Actor, connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these persons are called; those who have left the team, or are gone, are missing."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    left = select(members.c.user_id).where(members.c.team_id.in_(actor.teams), members.c.present.is_(False))
    query = select(users.c.user_id, users.c.username).where(
        users.c.user_id.in_(wanted), users.c.user_id.not_in(left)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}
