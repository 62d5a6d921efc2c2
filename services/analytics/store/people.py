"""Analytics' own projection of persons, members and teams."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, literal, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.analytics.tables import crossings, departed, insights, members, metadata, teams, users
from services.contracts.prices import OwnPrices, own_prices
from services.runtime.auth import Actor, Caller, TeamsCaller
from services.runtime.bulk import among, upsert
from services.runtime.erasure import erase
from services.runtime.reach import find

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def put_user(
    _actor: Actor, connection: AsyncConnection, user_id: UUID, username: str, known_at: datetime
) -> None:
    """Remember a person's name; the newest knowledge wins."""
    row = {"user_id": user_id, "username": username, "known_at": known_at}
    await upsert(connection, users, [row], "excluded.known_at > analytics_users.known_at")


async def meet_users(actor: Actor, connection: AsyncConnection, names: Mapping[UUID, str]) -> None:
    """Remember the names that sessions bear, of persons that nobody told of yet."""
    known = select(users.c.user_id).where(among(connection, users.c.user_id, names))
    found = set((await connection.execute(known)).scalars())
    gone = await departed_of(actor, connection, names.keys())
    rows = [
        {"user_id": user_id, "username": name, "known_at": LONG_AGO}
        for user_id, name in sorted(names.items())
        if user_id not in found | gone
    ]
    await upsert(connection, users, rows, "excluded.known_at > analytics_users.known_at")


async def put_member(
    actor: TeamsCaller, connection: AsyncConnection, user_id: UUID, known_at: datetime, *, present: bool
) -> None:
    """Remember that a person is in these teams, or no more; the newest knowledge wins."""
    rows = [
        {"team_id": team_id, "user_id": user_id, "present": present, "known_at": known_at}
        for team_id in sorted(actor.teams)
    ]
    await upsert(connection, members, rows, "excluded.known_at >= analytics_members.known_at")


async def put_team(
    actor: TeamsCaller, connection: AsyncConnection, settings: Mapping[str, Any], known_at: datetime
) -> None:
    """Remember a team's settings; the newest knowledge wins. New prices make its facts stale."""
    query = select(teams).where(teams.c.team_id.in_(actor.teams)).with_for_update()
    held = {row["team_id"]: dict(row) for row in (await connection.execute(query)).mappings()}
    rows = [
        {
            "team_id": team_id, "settings": dict(settings), "known_at": known_at,
            "stale": _is_stale(held.get(team_id), settings),
        }
        for team_id in sorted(actor.teams)
    ]  # fmt: skip
    await upsert(connection, teams, rows, "excluded.known_at > analytics_teams.known_at")


def _is_stale(held: Mapping[str, Any] | None, settings: Mapping[str, Any]) -> bool:
    """Whether facts were, or may have been, priced otherwise than these settings say."""
    if held is None:
        return bool(own_prices(settings))
    return bool(held["stale"]) or own_prices(held["settings"]) != own_prices(settings)


async def note_departed(_actor: Actor, connection: AsyncConnection, gone: UUID, at: datetime) -> None:
    """Remember that a team or a person is gone."""
    await upsert(connection, departed, [{"id": gone, "at": at}])


async def forget_user(_actor: TeamsCaller, connection: AsyncConnection, user_id: UUID) -> None:
    """Forget a person's name, that they were ever in a team, and what is kept of them there."""
    await find(connection, "analytics", "person", str(user_id))
    for own in (users.c.user_id, insights.c.user_id, crossings.c.subject, members.c.user_id):
        await connection.execute(delete(own.table).where(own == user_id))


async def forget_teams(actor: TeamsCaller, connection: AsyncConnection) -> None:
    """Forget all there is of these teams."""
    await erase(actor, connection, metadata, ())


async def departed_of(_actor: Actor, connection: AsyncConnection, ids: Collection[UUID]) -> frozenset[UUID]:
    """Which of these teams and persons are gone."""
    query = select(departed.c.id).where(among(connection, departed.c.id, ids))
    return frozenset((await connection.execute(query)).scalars())


async def settings_of(caller: Caller, connection: AsyncConnection) -> Mapping[str, Any]:
    """The team's settings, as far as they are known."""
    query = select(teams.c.settings).where(teams.c.team_id == caller.team)
    return (await connection.execute(query)).scalar_one_or_none() or {}


async def settings_by_team(
    _actor: TeamsCaller, connection: AsyncConnection, ids: Iterable[UUID]
) -> Mapping[UUID, Mapping[str, Any]]:
    """The settings of those of these teams that are known, of which the transaction may touch rows."""
    query = select(teams.c.team_id, teams.c.settings).where(among(connection, teams.c.team_id, ids))
    return {row[0]: row[1] for row in await connection.execute(query)}


async def held_prices(actor: TeamsCaller, connection: AsyncConnection) -> Mapping[UUID, OwnPrices]:
    """The own prices of these teams that have some; they stay what they are to the transaction's end."""
    query = (
        select(teams.c.team_id, teams.c.settings)
        .where(among(connection, teams.c.team_id, actor.teams))
        .order_by(teams.c.team_id)
        .with_for_update(read=True)
    )
    found = {row[0]: own_prices(row[1]) for row in await connection.execute(query)}
    return {team_id: prices for team_id, prices in found.items() if prices}


async def stale_teams(_actor: TeamsCaller, connection: AsyncConnection) -> list[UUID]:
    """The teams whose facts were priced otherwise than they would be now."""
    await find(connection, "analytics", "stale")
    return sorted((await connection.execute(select(teams.c.team_id).where(teams.c.stale))).scalars())


async def known_at(actor: TeamsCaller, connection: AsyncConnection) -> datetime | None:
    """Of when the settings of the actor's one team are."""
    query = select(teams.c.known_at).where(teams.c.team_id.in_(actor.teams))
    return (await connection.execute(query)).scalar_one_or_none()


async def put_fresh(actor: TeamsCaller, connection: AsyncConnection, as_of: datetime | None) -> None:
    """Note that the actor's one team has facts priced by its settings of then, if these are its newest."""
    mine = teams.c.team_id.in_(actor.teams) & (teams.c.known_at == as_of)
    await connection.execute(update(teams).where(mine).values(stale=False))


async def labels(caller: Caller, connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What these persons are called; whoever has left the team is a former member."""
    wanted = list(ids)
    if not wanted:
        return {}
    named = select(users.c.user_id, users.c.username, literal(0)).where(
        among(connection, users.c.user_id, wanted)
    )
    left = select(members.c.user_id, literal("former member"), literal(1)).where(
        members.c.team_id == caller.team,
        among(connection, members.c.user_id, wanted),
        members.c.present.is_(False),
    )
    rows = (await connection.execute(union_all(named, left))).all()
    # That somebody has left goes before their name.
    found = {row[0]: row[1] for row in sorted(rows, key=lambda row: int(row[2]))}
    return {each: found.get(each, "unknown") for each in wanted}


async def is_member(caller: Caller, connection: AsyncConnection, user_id: UUID) -> bool:
    query = select(members.c.present).where(members.c.team_id == caller.team, members.c.user_id == user_id)
    return bool((await connection.execute(query)).scalar_one_or_none())
