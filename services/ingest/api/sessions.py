"""The session list, and a session as its owner changes it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response

from llm_session_manager.protocol import Status, Tool
from services.contracts.sessions import Session, Visibility
from services.ingest.api import cursors
from services.ingest.api.bodies import InstantIn, SessionChange, SessionPage, Share, SortKey
from services.ingest.domain.views import session_view
from services.ingest.owners import Owners
from services.ingest.store import sessions as store
from services.ingest.store.listing import Listing
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Database
from services.runtime.errors import not_found

KEYS: Mapping[str, Callable[[Any], Any]] = {
    "last_activity_at": cursors.as_instant,
    "updated_at": cursors.as_instant,
    "started_at": cursors.as_instant,
    "tokens": cursors.as_integer,
    "cost": cursors.as_integer,
    "health": cursors.as_number,
}


def routes(database: Database, gate: TokenGate, owners: Owners) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/sessions", tags=["sessions"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type
    Editor = Annotated[Caller, Depends(gate.editing)]  # noqa: N806 - a type

    @router.get("")
    async def list_sessions(
        caller: Reader,
        status: Annotated[list[Status] | None, Query()] = None,
        user_id: Annotated[list[UUID] | None, Query()] = None,
        tag: Annotated[list[str] | None, Query(max_length=50)] = None,
        tool: Annotated[list[Tool] | None, Query()] = None,
        project: Annotated[list[str] | None, Query(max_length=50)] = None,
        visibility: Annotated[list[Visibility] | None, Query()] = None,
        q: Annotated[str | None, Query(max_length=200)] = None,
        active_since: InstantIn | None = None,
        sort: SortKey = "-last_activity_at",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=500)] = None,
    ) -> SessionPage:
        """All sessions of the team that the caller may see; ended ones too."""
        key = sort.removeprefix("-")
        listing = Listing(
            sort=key,
            descending=sort.startswith("-"),
            limit=limit,
            after=_after(cursor, sort),
            status=status or (),
            user_id=user_id or (),
            tag=tag or (),
            tool=tool or (),
            project=project or (),
            visibility=visibility or (),
            q=q,
            active_since=active_since,
        )
        async with database.read() as connection:
            rows = await store.list_sessions(caller, connection, listing)
        page = rows[:limit]
        more = len(rows) > limit
        return SessionPage(
            items=[session_view(row) for row in page],
            next_cursor=_cursor(page[-1], sort) if more else None,
        )

    @router.get("/{session_id}")
    async def read_session(caller: Reader, session_id: UUID, response: Response) -> Session:
        async with database.read() as connection:
            row = await store.find_session(caller, connection, session_id)
        if row is None:
            raise not_found("session")
        return _tagged(session_view(row), response)

    @router.put("/{session_id}")
    async def change_session(
        caller: Editor,
        session_id: UUID,
        change: SessionChange,
        response: Response,
        if_match: Annotated[str | None, Header(max_length=100)] = None,
    ) -> Session:
        """Change title, tags, note or visibility. Visibility is the owner's alone to widen."""
        asked = change.model_dump(exclude_unset=True)
        return _tagged(await owners.change(caller, session_id, asked, if_match), response)

    @router.post("/{session_id}/share")
    async def share_session(caller: Editor, session_id: UUID, share: Share, response: Response) -> Session:
        """Show a session to the team, or take it back."""
        asked = {"visibility": share.visibility}
        return _tagged(await owners.change(caller, session_id, asked, None), response)

    @router.delete("/{session_id}", status_code=204)
    async def delete_session(
        caller: Editor, session_id: UUID, if_match: Annotated[str | None, Header(max_length=100)] = None
    ) -> None:
        """Delete a session for good: later reports of it are ignored."""
        await owners.delete(caller, session_id, if_match)

    return router


def _tagged(session: Session, response: Response) -> Session:
    response.headers["ETag"] = f'"{session.version}"'
    return session


def _cursor(row: dict[str, Any], sort: str) -> str:
    value = row["sort_key"]
    return cursors.encode(sort, value.isoformat() if isinstance(value, datetime) else value, str(row["id"]))


def _after(cursor: str | None, sort: str) -> tuple[Any, UUID] | None:
    if cursor is None:
        return None
    made_for, value, last = cursors.decode(cursor, 3)
    if made_for != sort:
        raise cursors.unknown()
    return KEYS[sort.removeprefix("-")](value), cursors.as_uuid(last)
