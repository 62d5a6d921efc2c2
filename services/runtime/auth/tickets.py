"""Tickets that open one socket: taken once, bound to person, team and log-in."""

import hashlib
import secrets
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict

from services.runtime.auth import Caller, Role, Scope
from services.runtime.ephemeral import Ephemeral

TICKET_BYTES = 32
TICKET_CHARACTERS = 43


class _Bound(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    user_id: UUID
    team_id: UUID | None
    role: Role | None
    sid: str
    scopes: frozenset[Scope]
    via: Literal["login", "token"]
    username: str
    expires_at: AwareDatetime | None


async def put_ticket(ephemeral: Ephemeral, caller: Caller, seconds: float) -> str:
    """Make a ticket for the caller. Raises `ConnectionError` when it cannot be kept."""
    ticket = secrets.token_urlsafe(TICKET_BYTES)
    await ephemeral.put(_key(ticket), _Bound.model_validate(caller).model_dump_json().encode(), seconds)
    return ticket


async def take_ticket(ephemeral: Ephemeral, ticket: str) -> Caller | None:
    """Whose ticket it is; it is gone afterwards. Whoever takes it asks `still_valid` for rights of now."""
    if len(ticket) != TICKET_CHARACTERS:
        return None
    kept = await ephemeral.take(_key(ticket))
    if kept is None:
        return None
    return Caller(**dict(_Bound.model_validate_json(kept)))


def _key(ticket: str) -> str:
    return "ticket:" + hashlib.sha256(ticket.encode(errors="replace")).hexdigest()
