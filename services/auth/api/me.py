"""The caller's own account, API tokens and tickets."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response

from services.auth.announcer import Announcer
from services.auth.api.models import ChangeMe, MadeToken, Me, NewToken, Ticket, Token, Tokens
from services.auth.api.pages import Limit, Place, cut, write_cursor
from services.auth.api.secrecy import unkept
from services.auth.api.versions import IfMatch, check, etag
from services.auth.domain import After, Person, TokenRecord
from services.auth.store import tokens, users
from services.runtime.auth import Caller
from services.runtime.auth.api_token import ApiToken
from services.runtime.auth.gate import ROLE_SCOPES, TokenGate
from services.runtime.auth.tickets import put_ticket
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.ephemeral import Ephemeral
from services.runtime.errors import forbidden, not_found, unauthenticated, unprocessable
from services.runtime.settings import Settings

TokenId = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,16}$")]


def routes(
    database: Database,
    ephemeral: Ephemeral,
    announcer: Announcer,
    gate: TokenGate,
    clock: Clock,
    settings: Settings,
) -> APIRouter:
    router = APIRouter(prefix="/api/auth", tags=["auth"], dependencies=[Depends(unkept)])
    anyone = Annotated[Caller, Depends(gate.caller)]
    person = Annotated[Caller, Depends(gate.person)]

    @router.get("/me")
    async def me(caller: anyone, response: Response) -> Me:
        """Give the caller's account, and their role in the team that the token names."""
        async with database.read() as connection:
            found = _still_there(await users.person(caller, connection))
        response.headers["ETag"] = etag(found.version)
        return Me.model_validate(found)

    @router.put("/me")
    async def change_me(body: ChangeMe, caller: person, response: Response, if_match: IfMatch = None) -> Me:
        """Change the caller's account."""
        async with database.write() as connection:
            check(if_match, _still_there(await users.person(caller, connection, lock=True)).version)
            await users.rename(caller, connection, body.username)
            changed = _still_there(await users.person(caller, connection))
            await announcer.user_updated(connection, caller.user_id, changed.username)
        announcer.wake()
        await announcer.rights_changed(user_id=caller.user_id)
        response.headers["ETag"] = etag(changed.version)
        return Me.model_validate(changed)

    @router.post("/tokens", status_code=201)
    async def make_token(body: NewToken, caller: person) -> MadeToken:
        """Make an API token for the team the caller is in. This answer alone shows it."""
        now = clock.now()
        expires_at = body.expires_at or now + timedelta(days=settings.api_token_days)
        _ = caller.team
        if expires_at <= now:
            raise unprocessable("expires_at", "lies in the past")
        if not set(body.scopes) <= ROLE_SCOPES[caller.role]:
            raise forbidden("Your role does not allow these scopes.")
        made = ApiToken.make()
        record = TokenRecord(made.id, body.name, tuple(body.scopes), now, expires_at)
        async with database.write() as connection:
            await tokens.add(caller, connection, record, made.digest)
        return MadeToken(**Token.model_validate(record).model_dump(), token=made.text)

    @router.get("/tokens")
    async def list_tokens(caller: person, after: Place, limit: Limit = 50) -> Tokens:
        """Give the caller's API tokens of this team, without their secrets."""
        async with database.read() as connection:
            rows = await tokens.page(caller, connection, after, limit + 1)
        page, last = cut(rows, limit)
        more = write_cursor(After(last.created_at, last.id)) if last else None
        return Tokens(items=[Token.model_validate(row) for row in page], next_cursor=more)

    @router.delete("/tokens/{token_id}", status_code=204)
    async def revoke_token(token_id: TokenId, caller: person) -> None:
        """End an API token at once."""
        async with database.write() as connection:
            if not await tokens.revoke(caller, connection, token_id, clock.now()):
                raise not_found("token")
        await announcer.rights_changed(sid=token_id)

    @router.post("/ws-ticket")
    async def ws_ticket(caller: anyone) -> Ticket:
        """Make a ticket that opens one socket, within seconds."""
        ticket = await put_ticket(ephemeral, caller, settings.ws_ticket_seconds)
        return Ticket(ticket=ticket, expires_in=settings.ws_ticket_seconds)

    return router


def _still_there(found: Person | None) -> Person:
    if found is None:
        raise unauthenticated()
    return found
