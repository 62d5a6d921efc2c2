"""The session list, and a session as its owner changes it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response

from services.contracts.sessions import Session
from services.ingest.api.bodies import SessionChange, SessionPage
from services.ingest.api.listing import Asked, Cursor, next_cursor, paged
from services.ingest.api.references import Neighbours, reference
from services.ingest.domain.views import session_view
from services.ingest.owners import Owners
from services.ingest.store import sessions as store
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.db import Database, limit_statements
from services.runtime.errors import not_found
from services.runtime.settings import Settings

IfMatch = Annotated[str | None, Header(max_length=100)]


def routes(database: Database, gate: TokenGate, owners: Owners, settings: Settings) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/sessions", tags=["sessions"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type
    Editor = Annotated[Caller, Depends(gate.editing)]  # noqa: N806 - a type
    search_ms = settings.search_timeout_ms

    @router.get("")
    async def list_sessions(
        caller: Reader,
        asked: Asked,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Cursor = None,
    ) -> SessionPage:
        """All sessions of the team that the caller may see; ended ones too."""
        listing = paged(asked, limit, cursor)
        async with database.read(caller) as connection:
            if listing.words is not None:
                await limit_statements(connection, search_ms)
            rows = await store.list_sessions(caller, connection, listing)
        return SessionPage(
            items=[session_view(row) for row in rows[:limit]], next_cursor=next_cursor(listing, rows)
        )

    @router.get("/{session_id}")
    async def read_session(caller: Reader, session_id: UUID, response: Response) -> Session:
        async with database.read(caller) as connection:
            row = await store.find_session(caller, connection, session_id)
        if row is None:
            raise not_found("session")
        return tagged(session_view(row), response)

    @router.get("/{session_id}/neighbours")
    async def neighbours(caller: Reader, session_id: UUID, asked: Asked) -> Neighbours:
        """The sessions before and after this one in the list that these filters and this order make."""
        async with database.read(caller) as connection:
            row = await store.find_session(caller, connection, session_id)
            if row is None:
                raise not_found("session")
            if asked.words is not None:
                await limit_statements(connection, search_ms)
            before, after = await store.neighbours(caller, connection, row, asked)
        return Neighbours(
            previous=reference(before) if before else None, next=reference(after) if after else None
        )

    @router.put("/{session_id}")
    async def change_session(
        caller: Editor, session_id: UUID, change: SessionChange, response: Response, if_match: IfMatch = None
    ) -> Session:
        """Change title, tags, note or visibility. Visibility is the owner's alone to widen.

        A public page is made by sharing, which answers its address.
        """
        asked = change.model_dump(exclude_unset=True)
        return tagged(await owners.change(caller, session_id, asked, if_match), response)

    @router.delete("/{session_id}", status_code=204)
    async def delete_session(caller: Editor, session_id: UUID, if_match: IfMatch = None) -> None:
        """Delete a session for good: later reports of it are ignored."""
        await owners.delete(caller, session_id, if_match)

    return router


def tagged(session: Session, response: Response) -> Session:
    """Name the version that is answered, for `If-Match`."""
    response.headers["ETag"] = f'"{session.version}"'
    return session
