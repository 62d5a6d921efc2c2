"""The caller's API tokens."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.auth.announcer import Announcer
from services.auth.api.models import MadeToken, NewToken, Token, Tokens
from services.auth.api.pages import Limit, Place, cut, write_cursor
from services.auth.audit import AuditLog
from services.auth.domain import After, TokenRecord
from services.auth.domain.audit import Note
from services.auth.store import tokens
from services.runtime.auth import Caller
from services.runtime.auth.api_token import ApiToken
from services.runtime.auth.gate import ROLE_SCOPES, TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.errors import forbidden, not_found, unprocessable
from services.runtime.settings import Settings

TokenId = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,16}$")]


def routes(
    *,
    database: Database,
    announcer: Announcer,
    audit: AuditLog,
    gate: TokenGate,
    clock: Clock,
    settings: Settings,
) -> APIRouter:
    router = APIRouter(prefix="/api/auth", tags=["auth"])
    person = Annotated[Caller, Depends(gate.person)]

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
        async with database.write(caller) as connection:
            await tokens.add(caller, connection, record, made.digest)
            note = Note("token.made", caller.user_id, made.id, {"scopes": list(body.scopes)})
            await audit.note(connection, [caller.team], note)
        return MadeToken(**Token.model_validate(record).model_dump(), token=made.text)

    @router.get("/tokens")
    async def list_tokens(caller: person, after: Place, limit: Limit = 50) -> Tokens:
        """Give the caller's API tokens of this team, without their secrets."""
        async with database.read(caller) as connection:
            rows = await tokens.page(caller, connection, after, limit + 1)
        page, last = cut(rows, limit)
        more = write_cursor(After(last.created_at, last.id)) if last else None
        return Tokens(items=[Token.model_validate(row) for row in page], next_cursor=more)

    @router.delete("/tokens/{token_id}", status_code=204)
    async def revoke_token(token_id: TokenId, caller: person) -> None:
        """End an API token at once."""
        async with database.write(caller) as connection:
            if not await tokens.revoke(caller, connection, token_id, clock.now()):
                raise not_found("token")
            await announcer.agents_ended(caller, connection, token_id=token_id)
            await audit.note(connection, [caller.team], Note("token.revoked", caller.user_id, token_id))
        await announcer.rights_changed(sid=token_id)

    return router
