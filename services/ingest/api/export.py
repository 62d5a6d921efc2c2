"""A whole session as a file."""

import asyncio
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.ingest.domain.dossier import Dossier, file_name
from services.ingest.domain.dossier_text import as_markdown
from services.ingest.dossiers import Dossiers
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate

Format = Literal["md", "json"]
KINDS: dict[Format, str] = {"md": "text/markdown; charset=utf-8", "json": "application/json"}
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/markdown": {"schema": {"type": "string"}}}}
}


def routes(dossiers: Dossiers, gate: TokenGate) -> APIRouter:
    """Make the router."""
    router = APIRouter(prefix="/api/sessions", tags=["sessions"])
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type

    @router.get("/{session_id}/export", response_model=Dossier, responses=ANSWERS)
    async def export_session(
        caller: Reader, session_id: UUID, form: Annotated[Format, Query(alias="format")] = "md"
    ) -> Response:
        """The session with all of its parts, as a file to read or to work with."""
        dossier = await dossiers.exported(caller, session_id)
        # Long sessions take a while to write down, and others do not wait for that.
        text = await asyncio.to_thread(as_markdown if form == "md" else Dossier.model_dump_json, dossier)
        name = file_name(dossier.session, form)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(text, media_type=KINDS[form], headers=headers)

    return router
