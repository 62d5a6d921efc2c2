"""Ingest's own projection of persons and teams."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contracts.prices import own_prices
from services.ingest.tables import ingest_teams, session_owners
from services.runtime.auth import Actor, TeamsCaller
from services.runtime.bulk import among, upsert

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


async def put_owner(
    _actor: Actor, connection: AsyncConnection, user_id: UUID, username: str, known_at: datetime
) -> None:
    """Remember a person's name; the newest knowledge wins."""
    row = {"user_id": user_id, "username": username, "known_at": known_at}
    await upsert(connection, session_owners, [row], "excluded.known_at > session_owners.known_at")


async def meet_owner(actor: Actor, connection: AsyncConnection, user_id: UUID, username: str) -> None:
    """Remember the name a token gave, until somebody tells what the person is called."""
    await put_owner(actor, connection, user_id, username, LONG_AGO)


async def put_team(
    _actor: Actor, connection: AsyncConnection, team_id: UUID, settings: Mapping[str, Any], known_at: datetime
) -> None:
    """Remember a team's settings; the newest knowledge wins. New prices make its sessions stale."""
    query = select(ingest_teams).where(ingest_teams.c.team_id == team_id).with_for_update()
    held = (await connection.execute(query)).mappings().first()
    row = {
        "team_id": team_id, "settings": dict(settings), "known_at": known_at,
        "stale": _is_stale(dict(held) if held else None, settings),
    }  # fmt: skip
    await upsert(connection, ingest_teams, [row], "excluded.known_at > ingest_teams.known_at")


async def team_settings(actor: TeamsCaller, connection: AsyncConnection) -> dict[UUID, Mapping[str, Any]]:
    query = select(ingest_teams.c.team_id, ingest_teams.c.settings).where(
        among(connection, ingest_teams.c.team_id, actor.teams)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}


def _is_stale(held: Mapping[str, Any] | None, settings: Mapping[str, Any]) -> bool:
    """Whether sessions were, or may have been, priced otherwise than these settings say."""
    if held is None:
        return bool(own_prices(settings))
    return bool(held["stale"]) or own_prices(held["settings"]) != own_prices(settings)


async def usernames(_actor: Actor, connection: AsyncConnection, ids: Iterable[UUID]) -> dict[UUID, str]:
    query = select(session_owners.c.user_id, session_owners.c.username).where(
        among(connection, session_owners.c.user_id, ids)
    )
    return {row[0]: row[1] for row in await connection.execute(query)}
