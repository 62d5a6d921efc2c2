"""Codes that let a machine be enrolled without a password or a token on its command line."""

import secrets
from datetime import datetime, timedelta

from services.auth.audit import AuditLog
from services.auth.domain import TokenRecord
from services.auth.domain.audit import Note
from services.auth.grants import digest_of
from services.auth.store import enrolment, tokens
from services.runtime.auth import ANONYMOUS, Caller
from services.runtime.auth.api_token import ApiToken
from services.runtime.auth.gate import ROLE_SCOPES
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.errors import forbidden, not_found
from services.runtime.settings import Settings

# Without what people mistake for one another; 12 of 31 are 59 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GROUPS, GROUP = 3, 4


class Enrolment:
    """Raises `Problem`: 403 for who may have no agent, 404 for a code that is unknown, used or old."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock, settings: Settings) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock
        self._code_lives = timedelta(seconds=settings.enrolment_seconds)
        self._token_lives = timedelta(days=settings.api_token_days)

    async def make_code(self, caller: Caller) -> tuple[str, datetime]:
        """Make a code for the caller's team; answers it and when it ends. It works once."""
        if "agent" not in ROLE_SCOPES[caller.role]:
            raise forbidden("Your role does not allow machines.")
        now, code = self._clock.now(), _code()
        expires_at = now + self._code_lives
        async with self._database.write(caller) as connection:
            await enrolment.add(caller, connection, digest_of(_plain(code)), now, expires_at)
            note = Note("enrolment.code_made", caller.user_id)
            await self._audit.note(connection, [caller.team], note)
        return code, expires_at

    async def redeem(self, code: str, hostname: str) -> tuple[TokenRecord, ApiToken]:
        """Exchange a code for an API token of the person who made it, for agents alone."""
        now, made = self._clock.now(), ApiToken.make()
        record = TokenRecord(made.id, hostname, ("agent",), now, now + self._token_lives)
        async with self._database.write(ANONYMOUS) as connection:
            whose = await enrolment.take(ANONYMOUS, connection, digest_of(_plain(code)), now)
            if whose is not None and "agent" in ROLE_SCOPES[whose.role]:
                owner = Caller(whose.user_id, whose.team_id, whose.role, "", username=whose.username)
                await tokens.add(owner, connection, record, made.digest)
                note = Note("enrolment.redeemed", whose.user_id, made.id)
                await self._audit.note(connection, [whose.team_id], note)
                return record, made
        raise not_found("code")


def _code() -> str:
    letters = [secrets.choice(ALPHABET) for _ in range(GROUPS * GROUP)]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, GROUPS * GROUP, GROUP))


def _plain(code: str) -> str:
    return code.upper().replace("-", "").replace(" ", "")
