"""Register, log in, refresh, switch team, log out."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.auth.accounts import Accounts, Registration
from services.auth.api.cookies import RefreshCookie
from services.auth.api.models import AnInvite, LogIn, Me, Register, SignedInAnswer, SwitchTeam
from services.auth.attempts import Attempts
from services.auth.grants import SignedIn
from services.runtime.auth import Caller
from services.runtime.auth.gate import Bearer, TokenGate
from services.runtime.auth.links import LinkSecret
from services.runtime.errors import unauthenticated

LABEL_CHARACTERS = 200


def routes(accounts: Accounts, cookie: RefreshCookie, gate: TokenGate, attempts: Attempts) -> APIRouter:
    router = APIRouter(prefix="/api/auth", tags=["auth"])
    person = Annotated[Caller, Depends(gate.person)]

    @router.post("/register", status_code=201)
    async def register(body: Register, request: Request, response: Response) -> SignedInAnswer:
        """Make an account, with a team of its own (`team_name`) or a place in one (`invite`)."""
        invite = LinkSecret(body.invite) if body.invite else None
        new = Registration(body.email, body.username, body.password, body.team_name, invite)
        signed_in = await accounts.register(new, _label(request))
        cookie.write(request, response, signed_in)
        return answer(signed_in)

    @router.post("/login")
    async def login(body: LogIn, request: Request, response: Response) -> SignedInAnswer:
        """Begin a log-in; the refresh token comes as a cookie."""
        await attempts.sign_in(request)
        signed_in = await accounts.log_in(body.email, body.password, _label(request))
        cookie.write(request, response, signed_in)
        return answer(signed_in)

    @router.post("/refresh")
    async def refresh(request: Request, response: Response) -> SignedInAnswer:
        """Exchange the cookie for a new one and an access token. Needs `X-Requested-With: dashboard`."""
        async with attempts.proving(request):
            token = cookie.read(request)
            if token is None:
                raise unauthenticated("You are not signed in.")
            signed_in = await accounts.refresh(token)
        cookie.write(request, response, signed_in)
        return answer(signed_in)

    @router.post("/switch-team")
    async def switch_team(body: SwitchTeam, caller: person) -> SignedInAnswer:
        """Choose another of one's teams; the new access token names it."""
        return answer(await accounts.switch(caller, body.team_id))

    @router.post("/accept-invite")
    async def accept_invite(body: AnInvite, caller: person) -> SignedInAnswer:
        """Join the team of an invitation; the new access token names it."""
        return answer(await accounts.accept_invite(caller, LinkSecret(body.invite)))

    @router.post("/logout", status_code=204)
    async def logout(request: Request, response: Response, bearer: Bearer) -> None:
        """End the log-in of the access token, or without one that of the cookie."""
        if bearer is not None:
            await accounts.log_out(await gate.person(request, bearer))
        elif token := cookie.read(request):
            await accounts.log_out_by(token)
        cookie.clear(request, response)
        # Not "cookies": these would go for every host of the domain, and every port of one's own machine.
        response.headers["Clear-Site-Data"] = '"cache", "storage"'

    return router


def answer(signed_in: SignedIn) -> SignedInAnswer:
    return SignedInAnswer(
        access_token=signed_in.access_token,
        expires_in=signed_in.expires_in,
        user=Me.model_validate(signed_in.person),
    )


def _label(request: Request) -> str:
    """What the browser calls itself, as far as it can be shown."""
    name = request.headers.get("user-agent", "")
    return "".join(char for char in name if char.isprintable())[:LABEL_CHARACTERS]
