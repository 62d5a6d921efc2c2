"""What people change about sessions: one transaction with the messages that tell of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.contracts.sessions import Session, SessionState
from services.ingest.batch import load_states
from services.ingest.domain.views import session_view
from services.ingest.publisher import (
    Announcement,
    changed,
    deleted,
    deletion_message,
    left,
    session_noted,
    state_messages,
)
from services.ingest.store import people, received
from services.ingest.store import sessions as store
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem, forbidden, not_found, unprocessable
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings

WIPED: Mapping[str, Any] = {
    "title": None, "own_title": None, "note": None, "tags": [], "project": None, "repository": None,
    "branch": None, "hostname": None, "tools": [], "error_categories": {}, "pull_requests": [],
    "subagents": [], "status_reason": None, "reported_reason": None,
}  # fmt: skip


class Owners:
    """Changes by the owner or, on shared sessions, an admin. Raises `Problem` as the access table says."""

    def __init__(self, database: Database, outbox: Outbox, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._settings = settings
        self._clock = clock

    async def change(
        self, caller: Caller, session_id: UUID, asked: Mapping[str, Any], if_match: str | None
    ) -> Session:
        """Apply the fields given; answers the session as it is then."""
        async with self._database.write() as connection:
            before = await self._locked(caller, connection, session_id, if_match)
            values = await self._values(caller, connection, before, asked)
            if not values:
                return session_view(before)
            values["updated_at"] = self._clock.now()
            await store.change_session(caller, connection, session_id, values)
            # Read as the team: an admin who makes another's session private sees it for the last time.
            (state,) = await load_states(TeamsCaller.of({caller.team}), connection, [session_id])
            await self._tell(connection, state, was=before["visibility"])
            if state.session.visibility != before["visibility"]:
                noted = session_noted(caller, state.session, "visibility_changed", self._clock.now())
                await self._outbox.add(connection, noted.exchange, noted.routing_key, noted.body)
        self._outbox.wake()
        return state.session

    async def delete(self, caller: Caller, session_id: UUID, if_match: str | None) -> None:
        now = self._clock.now()
        async with self._database.write() as connection:
            before = await self._locked(caller, connection, session_id, if_match)
            session = session_view(before)
            await store.change_session(
                caller, connection, session_id, {**WIPED, "deleted_at": now, "updated_at": now}
            )
            await received.wipe_children(TeamsCaller.of({caller.team}), connection, session_id)
            version = session.version + 1
            message = deletion_message(session, version, now)
            await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
            noted = session_noted(caller, session, "deleted", now)
            await self._outbox.add(connection, noted.exchange, noted.routing_key, noted.body)
            await self._announce(connection, deleted(session, version))
        self._outbox.wake()

    async def _locked(
        self, caller: Caller, connection: Connection, session_id: UUID, if_match: str | None
    ) -> dict[str, Any]:
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

    async def _values(
        self, caller: Caller, connection: Connection, row: Mapping[str, Any], asked: Mapping[str, Any]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if "title" in asked:
            values["own_title"] = asked["title"]
        if "note" in asked:
            values["note"] = asked["note"]
        if asked.get("tags") is not None:
            values["tags"] = sorted(set(asked["tags"]))
        wanted = asked.get("visibility")
        if wanted is not None and wanted != row["visibility"]:
            await self._may_show(caller, connection, row, wanted)
            values["visibility"] = wanted
            values["shared_at"] = None if wanted == "private" else self._clock.now()
        return values

    async def _may_show(
        self, caller: Caller, connection: Connection, row: Mapping[str, Any], wanted: str
    ) -> None:
        if row["user_id"] != caller.user_id and wanted != "private":
            raise forbidden("Only its owner may show a session to more people.")
        if wanted == "public":
            team = TeamsCaller.of({caller.team})
            settings = (await people.team_settings(team, connection)).get(caller.team, {})
            if not settings.get("allow_public"):
                raise unprocessable("visibility", "this team does not allow public sessions", "not_allowed")

    async def _tell(self, connection: Connection, state: SessionState, was: str) -> None:
        session = state.session
        for message in state_messages(
            [state],
            self._clock.now(),
            self._settings.states_per_message,
            self._settings.states_message_bytes,
        ):
            await self._outbox.add(connection, message.exchange, message.routing_key, message.body)
        if was != "private" and session.visibility == "private":
            await self._announce(connection, left(session))
        await self._announce(connection, changed(session))

    async def _announce(self, connection: Connection, announcement: Announcement) -> None:
        await self._outbox.add_fanout(connection, announcement.channel, announcement.payload)
