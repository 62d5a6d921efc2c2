"""Where a team's news go besides the page."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.insight.api.notice_bodies import (
    Delivery,
    DeliveryPage,
    MadeWebhook,
    NewWebhook,
    Webhook,
    WebhookChange,
    WebhookPage,
)
from services.insight.api.paging import Cursor, IfMatch, Limit, after, following
from services.insight.hooks import Webhooks, in_team
from services.insight.store import webhooks as store
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Database
from services.runtime.errors import not_found

Shown = TypeVar("Shown", bound=Webhook)


def routes(database: Database, gate: TokenGate, webhooks: Webhooks) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/teams/{team_id}/webhooks", tags=["notifications"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type
    Editor = Annotated[Caller, Depends(gate.editing)]  # noqa: N806 - a type

    @router.get("")
    async def list_webhooks(
        caller: Reader, team_id: UUID, limit: Limit = 50, cursor: Cursor = None
    ) -> WebhookPage:
        """All of the team's, the oldest first; only admins see whole addresses."""
        in_team(caller, team_id)
        begin = after(cursor)
        async with database.read(caller) as connection:
            rows = await store.page(caller, connection, begin, limit + 1)
        items = [_shown(caller, row) for row in rows[:limit]]
        return WebhookPage(items=items, next_cursor=following(rows, limit, "created_at"))

    @router.post("", status_code=201)
    async def add_webhook(caller: Editor, team_id: UUID, new: NewWebhook, response: Response) -> MadeWebhook:
        """Add one; admins only. `secret` is shown this once."""
        row = await webhooks.add(caller, team_id, new.model_dump())
        made = MadeWebhook(**_shown(caller, row).model_dump(), secret=row["secret"])
        return _tagged(made, response)

    @router.get("/{webhook_id}")
    async def read_webhook(caller: Reader, team_id: UUID, webhook_id: UUID, response: Response) -> Webhook:
        in_team(caller, team_id)
        async with database.read(caller) as connection:
            row = await store.find(caller, connection, webhook_id)
        if row is None:
            raise not_found("webhook")
        return _tagged(_shown(caller, row), response)

    @router.put("/{webhook_id}")
    async def change_webhook(
        caller: Editor,
        team_id: UUID,
        webhook_id: UUID,
        change: WebhookChange,
        response: Response,
        if_match: IfMatch = None,
    ) -> Webhook:
        """Change one; admins only."""
        asked = {name: value for name, value in change.model_dump().items() if value is not None}
        row = await webhooks.change(caller, team_id, webhook_id, asked, if_match)
        return _tagged(_shown(caller, row), response)

    @router.delete("/{webhook_id}", status_code=204)
    async def delete_webhook(caller: Editor, team_id: UUID, webhook_id: UUID) -> None:
        """Delete one with its log; admins only."""
        await webhooks.remove(caller, team_id, webhook_id)

    @router.post("/{webhook_id}/test")
    async def test_webhook(caller: Editor, team_id: UUID, webhook_id: UUID) -> Delivery:
        """Send one message there, now, and answer what became of it; admins only."""
        return _delivery(await webhooks.test(caller, team_id, webhook_id))

    @router.get("/{webhook_id}/deliveries")
    async def list_deliveries(
        caller: Reader, team_id: UUID, webhook_id: UUID, limit: Limit = 50, cursor: Cursor = None
    ) -> DeliveryPage:
        """What was, or is to be, sent there, and what came of it, the newest first."""
        in_team(caller, team_id)
        before = after(cursor)
        async with database.read(caller) as connection:
            if await store.find(caller, connection, webhook_id) is None:
                raise not_found("webhook")
            rows = await store.deliveries(caller, connection, webhook_id, before, limit + 1)
        items = [_delivery(row) for row in rows[:limit]]
        return DeliveryPage(items=items, next_cursor=following(rows, limit, "created_at"))

    return router


def _shown(caller: Caller, row: Mapping[str, Any]) -> Webhook:
    url = row["url"] if caller.role == "admin" else urlsplit(row["url"]).hostname
    return Webhook.model_validate({**row, "url": url})


def _delivery(row: Mapping[str, Any]) -> Delivery:
    next_at = row["due_at"] if row["status"] == "waiting" else None
    return Delivery.model_validate({**row, "next_at": next_at})


def _tagged(webhook: Shown, response: Response) -> Shown:
    response.headers["ETag"] = f'"{webhook.version}"'
    return webhook
