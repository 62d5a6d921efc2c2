"""A copy of what ingest holds of the caller."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from services.ingest.own_data import OwnData
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.host.downloads import json_download


def routes(own_data: OwnData, gate: TokenGate) -> APIRouter:
    """Make the router. It comes before that of the sessions: `mine` is no session's id."""
    router = APIRouter(prefix="/api/sessions/mine", tags=["sessions"])
    Person = Annotated[Caller, Depends(gate.person)]  # noqa: N806 - a type

    @router.get("/export")
    async def export_mine(caller: Person) -> StreamingResponse:
        """Give all that is held of the caller's machines and sessions, in every team, with all their parts.

        The other half, the account, is `/api/auth/me/export`. That it was taken is an entry of the audit log.
        """
        return json_download("sessions.json", await own_data.taken_by(caller))

    return router
