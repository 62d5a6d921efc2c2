"""What people say to an insight."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from services.contracts.insights import InsightComment
from services.insight.api.bodies import CommentChange, CommentPage, NewComment
from services.insight.api.insights import IfMatch
from services.insight.api.listing import Cursor, Limit
from services.insight.reading import said
from services.insight.store import comments as store
from services.insight.store import insights
from services.insight.store.comments import Row
from services.insight.threads import Threads
from services.runtime import cursors
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Database
from services.runtime.errors import not_found


def routes(database: Database, gate: TokenGate, threads: Threads) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/insights/{insight_id}/comments", tags=["insights"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type
    Editor = Annotated[Caller, Depends(gate.editing)]  # noqa: N806 - a type

    @router.get("")
    async def list_comments(
        caller: Reader, insight_id: UUID, limit: Limit = 50, cursor: Cursor = None
    ) -> CommentPage:
        """All comments, the oldest first; which answers which, their `parent_id` says."""
        after = _after(cursor)
        async with database.read(caller) as connection:
            if await insights.get(caller, connection, insight_id) is None:
                raise not_found("insight")
            rows = await store.page(caller, connection, insight_id, after, limit + 1)
            items = await said(caller, connection, rows[:limit])
        return CommentPage(items=items, next_cursor=_cursor(rows[limit - 1]) if len(rows) > limit else None)

    @router.post("", status_code=201)
    async def add_comment(
        caller: Editor, insight_id: UUID, new: NewComment, response: Response
    ) -> InsightComment:
        """Comment, or answer another comment. `@` before the name of a member tells them."""
        return tagged(await threads.add(caller, insight_id, new.content, new.parent_id), response)

    @router.put("/{comment_id}")
    async def change_comment(
        caller: Editor,
        insight_id: UUID,
        comment_id: UUID,
        change: CommentChange,
        response: Response,
        if_match: IfMatch = None,
    ) -> InsightComment:
        """Change one's own comment."""
        changed = await threads.change(caller, insight_id, comment_id, change.content, if_match)
        return tagged(changed, response)

    @router.delete("/{comment_id}", status_code=204)
    async def delete_comment(caller: Editor, insight_id: UUID, comment_id: UUID) -> None:
        """Delete a comment; where it has answers, an empty place stays."""
        await threads.delete(caller, insight_id, comment_id)

    return router


def tagged(comment: InsightComment, response: Response) -> InsightComment:
    """Name the version that is answered, for `If-Match`."""
    response.headers["ETag"] = f'"{comment.version}"'
    return comment


def _cursor(row: Row) -> str:
    return cursors.encode(row["created_at"].isoformat(), str(row["id"]))


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    at, last = cursors.decode(cursor, 2)
    return cursors.as_instant(at), cursors.as_uuid(last)
