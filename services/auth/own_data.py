"""All that the auth service holds of a person, for themself."""

from collections.abc import AsyncIterator, Collection
from typing import Any
from uuid import UUID

from services.auth.audit import AuditLog
from services.auth.store import own_data as store
from services.runtime.auth import Caller
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.errors import unauthenticated
from services.runtime.reach import widen

ENTRIES_AT_ONCE = 500


class OwnData:
    """The account is read at once; the audit log, which may be long, in steps while it is sent."""

    def __init__(self, database: Database, audit: AuditLog, clock: Clock) -> None:
        self._database = database
        self._audit = audit
        self._clock = clock

    async def taken_by(self, caller: Caller) -> dict[str, Any]:
        """The document; that the caller took it is noted first, and is in it. Raises `Problem` 401."""
        async with self._database.write(caller) as connection:
            await self._audit.note_of_person(connection, caller.user_id, "account.exported", of="account")
            account = await store.account(caller, connection)
            if account is None:
                raise unauthenticated()
            places = await store.team_places(caller, connection)
            await widen(connection, teams=[place["team_id"] for place in places])
            held = {
                "log_ins": await store.log_ins(caller, connection),
                "api_tokens": await store.tokens(caller, connection),
                "agents_at_broker": await store.agents_at_broker(caller, connection),
                "enrolment_codes": await store.codes(caller, connection),
                "password_resets": await store.resets(caller, connection),
                "invitations_made": await store.made_invites(caller, connection),
            }
        about = self._noted(caller, [place["team_id"] for place in places])
        head = {"exported_at": self._clock.now(), "account": account, "memberships": places}
        return {**head, **held, "audit_log": about}

    async def _noted(self, caller: Caller, teams: Collection[UUID]) -> AsyncIterator[store.Row]:
        for team_id in teams:
            n = 0
            while True:
                async with self._database.read(caller) as connection:
                    await widen(connection, teams=[team_id])
                    page = await store.noted(caller, connection, team_id, n, ENTRIES_AT_ONCE)
                for row in page:
                    yield row
                if not page:
                    break
                n = page[-1]["n"]
