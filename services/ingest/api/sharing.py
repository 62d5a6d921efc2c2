"""Who sees a session, public pages included, and who looked at these."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.contracts.sessions import Instant, Session, Shape, Visibility
from services.ingest.api.bodies import InstantIn
from services.ingest.api.listing import Cursor
from services.ingest.api.sessions import IfMatch, tagged
from services.ingest.domain.public import PublicSession
from services.ingest.domain.scripts import Body
from services.ingest.public_pages import PublicPages
from services.ingest.sharing import Link, Sharing
from services.ingest.store import links
from services.ingest.store import sessions as store
from services.runtime import cursors
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.bulk import Row
from services.runtime.db import Database
from services.runtime.errors import forbidden, not_found
from services.runtime.host.admission import host_of
from services.runtime.settings import Settings

SECRET_CHARACTERS = 200


class Share(Body):
    """`expires_at` ends it by itself: then the session is to others what it was before."""

    visibility: Visibility
    expires_at: InstantIn | None = None


class MadeLink(Shape):
    """`url` is shown this once; whoever has it sees the page."""

    id: UUID
    url: str
    expires_at: Instant


class SharedSession(Session):
    """The session as it is now; `link` is the address of its public page, where this made one."""

    link: MadeLink | None


class PublicLink(Shape):
    id: UUID
    made_at: Instant
    expires_at: Instant
    ended_at: Instant | None
    views: int
    last_viewed_at: Instant | None


class View(Shape):
    """How often one network looked within one hour."""

    link_id: UUID
    network: str
    views: int
    first_at: Instant
    last_at: Instant


class ViewPage(Shape):
    """The links there were, the newest first, and who looked, the last first."""

    links: list[PublicLink]
    items: list[View]
    next_cursor: str | None


def routes(
    database: Database, gate: TokenGate, sharing: Sharing, pages: PublicPages, settings: Settings
) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api", tags=["sessions"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type
    Editor = Annotated[Caller, Depends(gate.editing)]  # noqa: N806 - a type

    @router.post("/sessions/{session_id}/share")
    async def share_session(
        caller: Editor,
        session_id: UUID,
        share: Share,
        request: Request,
        response: Response,
        if_match: IfMatch = None,
    ) -> SharedSession:
        """Show a session to the team or to whoever has a link, or take it back, which ends its links at once.

        Each time it is made public it gets a new link, in this answer alone, which ends within a year.
        """
        session, link = await sharing.share(caller, session_id, share.visibility, share.expires_at, if_match)
        tagged(session, response)
        return SharedSession(**session.model_dump(), link=_made(link, request) if link else None)

    @router.get("/sessions/{session_id}/views")
    async def list_views(
        caller: Reader,
        session_id: UUID,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Cursor = None,
    ) -> ViewPage:
        """Who looked at a session's public pages, by networks; for its owner and admins."""
        before = _before(cursor)
        async with database.read(caller) as connection:
            row = await store.find_session(caller, connection, session_id)
            if row is None:
                raise not_found("session")
            if row["user_id"] != caller.user_id and caller.role != "admin":
                raise forbidden("Only its owner or an admin may see who looked at a session.")
            made = await links.of_session(caller, connection, session_id)
            rows = await links.views(caller, connection, session_id, before, limit + 1)
        return ViewPage(
            links=[_shape(PublicLink, one) for one in made],
            items=[_shape(View, one) for one in rows[:limit]],
            next_cursor=_cursor(rows[limit - 1]) if len(rows) > limit else None,
        )

    @router.get("/public/sessions/{secret}")
    async def open_page(
        request: Request, secret: Annotated[str, Path(max_length=SECRET_CHARACTERS)]
    ) -> PublicSession:
        """A session's public page, for whoever has its link. 404 for no such link, 410 once it has ended."""
        return await pages.open(secret, host_of(request.scope))

    def _made(link: Link, request: Request) -> MadeLink:
        base = settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
        # A fragment is sent to nobody: neither logs nor referrers learn the secret.
        return MadeLink(id=link.id, url=f"{base}/public#{link.secret.text}", expires_at=link.expires_at)

    return router


def _shape(shape: Any, row: Row) -> Any:
    return shape(**{name: row[name] for name in shape.model_fields})


def _cursor(row: Row) -> str:
    last_at, hour = row["last_at"].isoformat(), row["hour"].isoformat()
    return cursors.encode(last_at, hour, row["network"], str(row["link_id"]))


def _before(cursor: str | None) -> tuple[Any, ...] | None:
    if cursor is None:
        return None
    last_at, hour, network, link_id = cursors.decode(cursor, len(links.VIEW_ORDER))
    moments = cursors.as_instant(last_at), cursors.as_instant(hour)
    return *moments, cursors.as_key(network), cursors.as_uuid(link_id)
