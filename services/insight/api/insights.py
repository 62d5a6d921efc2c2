"""What the team has learnt: shared, found, voted for."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response

from services.contracts.insights import Insight
from services.insight.api.bodies import InsightChanges, InsightPage, NewInsight, Upvotes
from services.insight.api.listing import Asked, Cursor, Limit, next_cursor, paged
from services.insight.reading import shown
from services.insight.sharing import Sharing
from services.insight.store import insights as store
from services.insight.store.listing import page
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Database, limit_statements
from services.runtime.errors import not_found
from services.runtime.settings import Settings

IfMatch = Annotated[str | None, Header(max_length=100)]


def routes(database: Database, gate: TokenGate, sharing: Sharing, settings: Settings) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/insights", tags=["insights"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type
    Editor = Annotated[Caller, Depends(gate.editing)]  # noqa: N806 - a type
    Writer = Annotated[Caller, Depends(gate.writing)]  # noqa: N806 - a type

    @router.get("")
    async def list_insights(
        caller: Reader, asked: Asked, limit: Limit = 50, cursor: Cursor = None
    ) -> InsightPage:
        """The team's insights, each as far as the caller may see what it speaks of."""
        listing = paged(asked, limit, cursor)
        async with database.read(caller) as connection:
            if listing.words is not None:
                await limit_statements(connection, settings.search_timeout_ms)
            rows = await page(caller, connection, listing)
            items = await shown(caller, connection, rows[:limit])
        return InsightPage(items=items, next_cursor=next_cursor(listing, rows))

    @router.post("", status_code=201)
    async def share_insight(caller: Writer, new: NewInsight, response: Response) -> Insight:
        """Share something with the team. A session it is linked to is one that the caller sees."""
        return tagged(await sharing.share(caller, new.model_dump()), response)

    @router.get("/{insight_id}")
    async def read_insight(caller: Reader, insight_id: UUID, response: Response) -> Insight:
        async with database.read(caller) as connection:
            row = await store.get(caller, connection, insight_id)
            if row is None:
                raise not_found("insight")
            (insight,) = await shown(caller, connection, [row])
        return tagged(insight, response)

    @router.put("/{insight_id}")
    async def change_insight(
        caller: Editor,
        insight_id: UUID,
        change: InsightChanges,
        response: Response,
        if_match: IfMatch = None,
    ) -> Insight:
        """Change an insight. Type and state of what a rule has found are any member's to decide."""
        return tagged(await sharing.change(caller, insight_id, change.given(), if_match), response)

    @router.delete("/{insight_id}", status_code=204)
    async def delete_insight(caller: Editor, insight_id: UUID) -> None:
        """Delete an insight for good, with its votes and comments."""
        await sharing.delete(caller, insight_id)

    @router.post("/{insight_id}/upvote")
    async def give_vote(caller: Editor, insight_id: UUID) -> Upvotes:
        """Vote for an insight; everybody has one vote."""
        return Upvotes(upvotes=await sharing.vote(caller, insight_id, up=True), voted=True)

    @router.delete("/{insight_id}/upvote")
    async def take_vote(caller: Editor, insight_id: UUID) -> Upvotes:
        """Take the vote back."""
        return Upvotes(upvotes=await sharing.vote(caller, insight_id, up=False), voted=False)

    return router


def tagged(insight: Insight, response: Response) -> Insight:
    """Name the version that is answered, for `If-Match`."""
    response.headers["ETag"] = f'"{insight.version}"'
    return insight
