"""Files that several people's sessions change at the same time."""

from datetime import timedelta
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from services.contracts.sessions import Instant, Shape
from services.ingest.domain.views import Row
from services.ingest.store import collisions as store
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.settings import Settings


class CollidingChange(Shape):
    """`last_at`: when this session changed the file last."""

    session_id: UUID
    user_id: UUID
    username: str
    last_at: Instant


class Collision(Shape):
    """One file, by its path from the top of the repository, and the live sessions that change it."""

    repository: str
    path: str
    sessions: list[CollidingChange]


class CollisionList(Shape):
    """The file changed last first."""

    items: list[Collision]
    next_cursor: None = None


def routes(database: Database, gate: TokenGate, settings: Settings, clock: Clock) -> APIRouter:
    """Make the router. It comes before that of single sessions, whose ids would take its name."""
    router = APIRouter(prefix="/api/sessions", tags=["sessions"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type

    @router.get("/collisions")
    async def list_collisions(caller: Reader) -> CollisionList:
        """The files that live sessions of two people or more changed within the last four hours.

        Of sessions that the caller may see: another's private one is never among them.
        """
        since = clock.now() - timedelta(hours=settings.collision_hours)
        async with database.read(caller) as connection:
            rows = await store.collisions(caller, connection, since, settings.collision_files)
        files = groupby(rows, key=lambda row: (row["repository"], row["repository_path"]))
        return CollisionList(
            items=[
                Collision(repository=repository, path=path, sessions=[_change(row) for row in changes])
                for (repository, path), changes in files
            ]
        )

    return router


def _change(row: Row) -> CollidingChange:
    shown: dict[str, Any] = {name: row[name] for name in ("user_id", "last_at")}
    return CollidingChange(session_id=row["id"], username=row["username"] or "unknown", **shown)
