"""Who opens a socket: by a ticket, a header, or the first frame."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
from pydantic import ValidationError

from gateway.guard import Gate
from services.contracts.frames import CLIENT_FRAME, Auth, CloseCode
from services.runtime.auth import Caller
from services.runtime.errors import Problem

TakeTicket = Callable[[str], Awaitable[Caller | None]]


@dataclass(frozen=True, slots=True)
class Admitted:
    """`expires_at` is when the proof ends by itself; `None` when only a check of rights can tell."""

    caller: Caller
    expires_at: datetime | None


class RefusedError(Exception):
    """The socket is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Admission:
    """Three ways to say who opens a socket.

    Each raises `RefusedError`, with 4401 for no valid proof and 4403 for one that may open no socket, and
    `ConnectionError` while that cannot be told.
    """

    def __init__(self, gate: Gate, take_ticket: TakeTicket) -> None:
        self._gate = gate
        self._take_ticket = take_ticket

    async def by_ticket(self, ticket: str) -> Admitted:
        bearer = await self._take_ticket(ticket)
        caller = None if bearer is None else await self._asked(self._gate.still_valid(bearer))
        if caller is None:
            raise RefusedError(CloseCode.UNAUTHENTICATED, "the ticket is not valid")
        return _admit(caller, caller.expires_at)

    async def by_header(self, authorization: str) -> Admitted:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise RefusedError(CloseCode.UNAUTHENTICATED, "send a bearer token")
        return await self.by_token(token.strip())

    async def by_first_frame(self, text: str) -> Admitted:
        try:
            frame = CLIENT_FRAME.validate_json(text)
        except ValidationError:
            frame = None
        if not isinstance(frame, Auth):
            raise RefusedError(CloseCode.UNAUTHENTICATED, "the first frame must be auth")
        return await self.by_token(frame.token)

    async def by_token(self, token: str) -> Admitted:
        caller = await self._asked(self._gate.check(token))
        if caller is None:
            raise RefusedError(CloseCode.UNAUTHENTICATED, "the token is not valid")
        ends = [at for at in (caller.expires_at, expiry_of(token)) if at is not None]
        return _admit(caller, min(ends, default=None))

    async def _asked(self, question: Awaitable[Caller | None]) -> Caller | None:
        try:
            return await question
        except Problem as problem:
            if problem.status >= 500:
                raise ConnectionError(problem.detail) from problem
            return None


def _admit(caller: Caller, expires_at: datetime | None) -> Admitted:
    if "read" not in caller.scopes:
        raise RefusedError(CloseCode.FORBIDDEN, "this token may open no socket")
    return Admitted(caller, expires_at)


def expiry_of(token: str) -> datetime | None:
    """When an access token that was found valid ends; `None` for other tokens."""
    _, _, rest = token.partition(".")
    payload = rest.partition(".")[0]
    try:
        claims = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return datetime.fromtimestamp(claims["exp"], UTC)
    except (ValueError, binascii.Error, TypeError, KeyError, OverflowError, OSError):
        return None
