"""A copy of what insight holds of the caller."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from services.insight.own_data import OwnData
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.host.downloads import json_download


def routes(own_data: OwnData, gate: TokenGate) -> APIRouter:
    """Make the router. It comes before that of the insights: `mine` is no insight's id."""
    router = APIRouter(prefix="/api/insights/mine", tags=["insights"])
    Person = Annotated[Caller, Depends(gate.person)]  # noqa: N806 - a type

    @router.get("/export")
    async def export_mine(caller: Person) -> StreamingResponse:
        """Give all that the caller shared, said and voted for, and all they were told, in every team.

        The other parts are `/api/auth/me/export` and `/api/sessions/mine/export`. That it was taken is an
        entry of the audit log.
        """
        return json_download("insights.json", await own_data.taken_by(caller))

    return router
