"""What other processes of ours may ask; never on the front door."""

import hmac
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header
from pydantic import SecretStr

from services.contracts.channels import Snapshot
from services.ingest.domain.views import session_view
from services.ingest.store import sessions
from services.runtime.auth import TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.errors import not_found
from services.runtime.settings import Settings


def inside(secret: SecretStr) -> APIRouter:
    """Make a router whose callers must know the deployment's internal secret."""
    expected = secret.get_secret_value().encode()

    def known(x_internal_secret: Annotated[str, Header()] = "") -> None:
        if not hmac.compare_digest(x_internal_secret.encode(), expected):
            raise not_found("address")

    return APIRouter(prefix="/internal", dependencies=[Depends(known)], include_in_schema=False)


def routes(database: Database, secret: SecretStr, settings: Settings, clock: Clock) -> APIRouter:
    """Make the router."""
    router = inside(secret)

    @router.get("/snapshot")
    async def snapshot(
        team_id: UUID, owner_id: UUID | None = None, session_id: UUID | None = None
    ) -> Snapshot:
        """An audience's sessions: the team's shared ones, or with `owner_id` that person's private ones.

        With `session_id` that one alone, however long ago it ended.
        """
        limit = settings.snapshot_sessions
        since = clock.now() - timedelta(hours=settings.snapshot_ended_hours)
        team = TeamsCaller.of({team_id})
        async with database.read(team) as connection:
            rows = await sessions.snapshot(
                team,
                connection,
                owner_id=owner_id,
                session_id=session_id,
                ended_since=since,
                limit=limit + 1,
            )
        return Snapshot(
            team_id=team_id,
            owner_id=owner_id,
            sessions=[session_view(row) for row in rows[:limit]],
            truncated=len(rows) > limit,
        )

    return router
