"""What people change about sessions: one transaction with the messages that tell of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.contracts.sessions import Session
from services.ingest.batch import load_states
from services.ingest.changes import Changes
from services.ingest.domain.sharing import shared
from services.ingest.domain.views import session_view
from services.ingest.store import links, received, search
from services.ingest.store import sessions as store
from services.ingest.tables import EMPTIED
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem, forbidden, not_found, unprocessable


class Owners:
    """Changes by the owner or, on shared sessions, an admin. Raises `Problem` as the access table says."""

    def __init__(self, database: Database, changes: Changes, clock: Clock) -> None:
        self._database = database
        self._changes = changes
        self._clock = clock

    async def change(
        self, caller: Caller, session_id: UUID, asked: Mapping[str, Any], if_match: str | None
    ) -> Session:
        """Apply the fields given; answers the session as it is then."""
        async with self._database.write(caller) as connection:
            before = await self.locked(caller, connection, session_id, if_match)
            values = self._values(caller, before, asked)
            if not values:
                return session_view(before)
            session = await self.write(caller, connection, before, values)
        self._changes.sent()
        return session

    async def delete(self, caller: Caller, session_id: UUID, if_match: str | None) -> None:
        """Delete for good. Of a private session nobody is told, the audit log included."""
        now = self._clock.now()
        async with self._database.write(caller) as connection:
            before = await self.locked(caller, connection, session_id, if_match)
            await store.change_session(
                caller, connection, session_id, {**EMPTIED, "deleted_at": now, "updated_at": now}
            )
            await received.wipe_children(TeamsCaller.of({caller.team}), connection, session_id)
            await self._changes.tell_deleted(connection, session_view(before), caller.user_id)
        self._changes.sent()

    async def locked(
        self, caller: Caller, connection: Connection, session_id: UUID, if_match: str | None
    ) -> dict[str, Any]:
        """The row of a session that the caller may change; nobody else does in this transaction."""
        row = await store.find_session(caller, connection, session_id, lock=True)
        if row is None:
            raise not_found("session")
        if "write" not in caller.scopes:
            raise forbidden()
        if row["user_id"] != caller.user_id and caller.role != "admin":
            raise forbidden("Only its owner or an admin may change this session.")
        if if_match not in {None, "*", f'"{row["version"]}"'}:
            raise Problem(412, "changed_meanwhile", "The session has changed since you read it.")
        return row

    async def write(
        self, caller: Caller, connection: Connection, before: Mapping[str, Any], values: Mapping[str, Any]
    ) -> Session:
        """Write columns of a session and all that follows from them; answers it as it is then."""
        session_id, now = before["id"], self._clock.now()
        after = {**before, **values, "updated_at": now}
        await store.change_session(caller, connection, session_id, {**values, "updated_at": now})
        await search.put_words(caller, connection, [after], {session_id: before})
        if "tags" in values:
            await search.put_tags(caller, connection, after)
        if before["visibility"] == "public" != after["visibility"]:
            await links.end(caller, connection, [session_id], now)
        # Read as the team: an admin who makes another's session private sees it for the last time.
        (state,) = await load_states(TeamsCaller.of({caller.team}), connection, [session_id])
        await self._changes.tell(connection, state, session_view(before), caller.user_id)
        return state.session

    def _values(self, caller: Caller, row: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if "title" in asked:
            values["own_title"] = asked["title"]
        if "note" in asked:
            values["note"] = asked["note"]
        if asked.get("tags") is not None:
            values["tags"] = sorted(set(asked["tags"]))
        wanted = asked.get("visibility")
        if wanted is not None and wanted != row["visibility"]:
            may_show(caller, row, wanted)
            if wanted == "public":
                raise unprocessable("visibility", "a public page is made by sharing it", "share_it")
            values |= shared(row, wanted, None, self._clock.now())
        return values


def may_show(caller: Caller, row: Mapping[str, Any], wanted: str) -> None:
    """Raises `Problem` 403 where an admin would show another's session to anybody."""
    if row["user_id"] != caller.user_id and wanted != "private":
        raise forbidden("Only its owner may show a session to more people.")
