"""The caller's own account, and tickets for sockets."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import StreamingResponse

from services.auth.api.cookies import RefreshCookie
from services.auth.api.models import ChangeMe, DeleteMe, Me, Ticket
from services.auth.api.versions import IfMatch, check, etag
from services.auth.domain import Person
from services.auth.own_data import OwnData
from services.auth.profile import Profile, Wish
from services.runtime.auth import Caller
from services.runtime.auth.gate import TokenGate
from services.runtime.auth.tickets import put_ticket
from services.runtime.ephemeral import Ephemeral
from services.runtime.host.downloads import json_download
from services.runtime.settings import Settings


def routes(
    *,
    profile: Profile,
    own_data: OwnData,
    ephemeral: Ephemeral,
    cookie: RefreshCookie,
    gate: TokenGate,
    settings: Settings,
) -> APIRouter:
    router = APIRouter(prefix="/api/auth", tags=["auth"])
    anyone = Annotated[Caller, Depends(gate.caller)]
    person = Annotated[Caller, Depends(gate.person)]

    @router.get("/me")
    async def me(caller: anyone, response: Response) -> Me:
        """Give the caller's account, and their role in the team that the token names."""
        return _shown(await profile.read(caller), response)

    @router.put("/me")
    async def change_me(body: ChangeMe, caller: person, response: Response, if_match: IfMatch = None) -> Me:
        """Change the caller's account. A new e-mail address or password ends all other log-ins."""
        wish = Wish(body.username, body.email, body.password, body.current_password)
        return _shown(await profile.change(caller, wish, partial(check, if_match)), response)

    @router.delete("/me", status_code=204)
    async def delete_me(body: DeleteMe, caller: person, request: Request, response: Response) -> None:
        """Delete the account, its sessions, and the teams that nobody else is in, for good."""
        await profile.delete(caller, body.password)
        cookie.clear(request, response)

    @router.get("/me/export")
    async def export_me(caller: person) -> StreamingResponse:
        """Give all that is held of the caller: account, teams, log-ins, tokens, and who did what to them.

        The other half, what their agents reported, is `/api/sessions/mine/export`.
        """
        return json_download("account.json", await own_data.taken_by(caller))

    @router.post("/ws-ticket")
    async def ws_ticket(caller: anyone) -> Ticket:
        """Make a ticket that opens one socket, within seconds."""
        ticket = await put_ticket(ephemeral, caller, settings.ws_ticket_seconds)
        return Ticket(ticket=ticket, expires_in=settings.ws_ticket_seconds)

    return router


def _shown(found: Person, response: Response) -> Me:
    response.headers["ETag"] = etag(found.version)
    return Me.model_validate(found)
