"""A team's sessions with what each used in a range, as pages and as files."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from starlette.responses import StreamingResponse

from services.analytics.answers.listing import page
from services.analytics.api.asking import Cursor, Filters, asked, filters
from services.analytics.api.bodies import SessionFiguresPage
from services.analytics.api.listing import SortKey, listing, next_cursor
from services.analytics.exports import Exports
from services.contracts.audit import FileForm
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database

Filtered = Annotated[Filters, Depends(filters)]
FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/json": {
                "schema": {"type": "array", "items": {"$ref": "#/components/schemas/SessionFigures"}}
            },
            "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
        }
    }
}


def routes(database: Database, gate: TokenGate, exports: Exports, clock: Clock) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/analytics", tags=["analytics"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type

    @router.get("/sessions")
    async def list_figures(
        caller: Reader,
        which: Filtered,
        sort: SortKey = "-tokens",
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Cursor = None,
    ) -> SessionFiguresPage:
        """All sessions that began or were used in a range, with what they used in it."""
        async with database.read(caller, plans_anew=True) as connection:
            question = await asked(caller, connection, clock, which.range, which.narrowing)
            wanted = listing(question, sort, limit, cursor)
            items, rows = await page(caller, connection, wanted)
        return SessionFiguresPage(items=items, next_cursor=next_cursor(wanted, rows), excludes_private=True)

    @router.get("/export", response_class=StreamingResponse, responses=FILES)
    async def export_figures(
        caller: Reader,
        which: Filtered,
        form: Annotated[FileForm, Query(alias="format")] = "csv",
        sort: SortKey = "-tokens",
    ) -> Response:
        """The same list as a file, one row a session, written while it is read; the audit log is told."""
        async with database.read(caller, plans_anew=True) as connection:
            question = await asked(caller, connection, clock, which.range, which.narrowing)
        return await exports.file(caller, listing(question, sort), form)

    return router
