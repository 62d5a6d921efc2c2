"""Incidents, and what people do about them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.contracts.notices import Alert, AlertKind, AlertState
from services.insight.alarms import alert_of
from services.insight.api.notice_bodies import AlertPage, Snooze
from services.insight.api.paging import Cursor, Limit, after, following
from services.insight.handling import Handling
from services.insight.store import alerts as store
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Database


def routes(database: Database, gate: TokenGate, handling: Handling) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/alerts", tags=["notifications"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type
    Editor = Annotated[Caller, Depends(gate.editing)]  # noqa: N806 - a type

    @router.get("")
    async def list_alerts(
        caller: Reader,
        state: Annotated[list[AlertState] | None, Query()] = None,
        kind: Annotated[list[AlertKind] | None, Query()] = None,
        session_id: UUID | None = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> AlertPage:
        """Incidents of the team's shared sessions, of the caller's own, and of what all share."""
        before = after(cursor)
        async with database.read(caller) as connection:
            rows = await store.page(
                caller,
                connection,
                states=state or (),
                kinds=kind or (),
                session_id=session_id,
                before=before,
                limit=limit + 1,
            )
        items = [alert_of(row) for row in rows[:limit]]
        return AlertPage(items=items, next_cursor=following(rows, limit, "opened_at"))

    @router.post("/{alert_id}/acknowledge")
    async def acknowledge_alert(caller: Editor, alert_id: UUID) -> Alert:
        """Say that one knows of it: whose session it is, or an admin."""
        return await handling.acknowledge(caller, alert_id)

    @router.post("/{alert_id}/snooze")
    async def snooze_alert(caller: Editor, alert_id: UUID, body: Snooze) -> Alert:
        """Put it off for up to 30 days; if it goes on then, whom it concerns is told again."""
        return await handling.snooze(caller, alert_id, body.until)

    @router.post("/{alert_id}/resolve")
    async def resolve_alert(caller: Editor, alert_id: UUID) -> Alert:
        """Be done with it, even while it goes on."""
        return await handling.resolve(caller, alert_id)

    return router
