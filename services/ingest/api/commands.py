"""What people ask of a session's machine, and what came of it."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.contracts.commands import SessionCommand
from services.ingest.api.bodies import CommandAsked, CommandPage
from services.ingest.commands.asking import Asking
from services.ingest.domain.exports import as_markdown
from services.runtime import cursors
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate

EXPORT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/markdown": {}, "application/json": {}}, "description": "The export"}
}
FILE = 'attachment; filename="session-{}.{}"'


def routes(gate: TokenGate, asking: Asking) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/sessions/{session_id}/commands", tags=["sessions"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type
    Editor = Annotated[Caller, Depends(gate.editing)]  # noqa: N806 - a type

    @router.post("", status_code=202)
    async def ask(caller: Editor, session_id: UUID, asked: CommandAsked) -> SessionCommand:
        """Ask something of the session's machine. `note` says what it waits for; it expires in ten minutes.

        What the caller has asked already, and is still to come, is not asked twice.
        """
        return await asking.ask(caller, session_id, asked.kind)

    @router.get("")
    async def list_commands(
        caller: Reader,
        session_id: UUID,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=500)] = None,
    ) -> CommandPage:
        """What was asked of the session's machine, newest first, each with its result."""
        found = await asking.listed(caller, session_id, _before(cursor), limit + 1)
        page = found[:limit]
        last = page[-1] if len(found) > limit else None
        return CommandPage(
            items=page,
            next_cursor=cursors.encode(last.created_at.isoformat(), str(last.id)) if last else None,
        )

    @router.get("/{command_id}/export", response_class=Response, responses=EXPORT)
    async def read_export(
        caller: Reader,
        session_id: UUID,
        command_id: UUID,
        format: Annotated[Literal["md", "json"], Query()] = "md",  # noqa: A002 - the name in the address
    ) -> Response:
        """What the machine sent of the session, at its own capture tier; it is kept for a day."""
        export = await asking.exported(caller, session_id, command_id)
        if format == "md":
            body, kind = as_markdown(export), "text/markdown; charset=utf-8"
        else:
            body, kind = export.model_dump_json(indent=2), "application/json"
        headers = {"Content-Disposition": FILE.format(session_id, format)}
        return Response(body, media_type=kind, headers=headers)

    return router


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    at, last = cursors.decode(cursor, 2)
    return cursors.as_instant(at), cursors.as_uuid(last)
