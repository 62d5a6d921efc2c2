"""People ask something of the machine of a session, and see what came of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from llm_session_manager.protocol import CommandKind
from llm_session_manager.protocol.commands import AskedBy, SessionExport
from services.contracts.commands import SessionCommand
from services.ingest.commands.bell import Bell
from services.ingest.commands.telling import Telling
from services.ingest.domain.commands import check, standing
from services.ingest.store import agents, commands, people, sessions
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import Problem, not_found
from services.runtime.settings import Settings


class Asking:
    """Raises `Problem` as the access table says."""

    def __init__(
        self,
        database: Database,
        gate: TokenGate,
        telling: Telling,
        bell: Bell,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._database = database
        self._gate = gate
        self._telling = telling
        self._bell = bell
        self._lives = timedelta(seconds=settings.command_seconds)
        self._clock = clock

    async def ask(self, caller: Caller, session_id: UUID, kind: CommandKind) -> SessionCommand:
        """Ask; of what the caller has asked already and is still to come, that one is the answer."""
        now = self._clock.now()
        async with self._database.write(caller) as connection:
            session = await sessions.find_session(caller, connection, session_id, lock=True)
            if session is None:
                raise not_found("session")
            asked_as = await self._allowed(caller, connection, session, kind)
            row = await commands.open_like(caller, connection, session_id, kind, now)
            if row is None:
                row = await self._add(caller, connection, session, kind, asked_as, now)
                await self._telling.asked(connection, row)
        self._telling.wake()
        self._bell.ring(row["agent_id"])
        return self._telling.view(row)

    async def listed(
        self, caller: Caller, session_id: UUID, before: tuple[datetime, UUID] | None, limit: int
    ) -> list[SessionCommand]:
        """The commands of a session, newest first."""
        async with self._database.read(caller) as connection:
            if await sessions.find_session(caller, connection, session_id) is None:
                raise not_found("session")
            rows = await commands.listed(caller, connection, session_id, before, limit)
        return [self._telling.view(row) for row in rows]

    async def exported(self, caller: Caller, session_id: UUID, command_id: UUID) -> SessionExport:
        """What the machine sent of the session."""
        async with self._database.read(caller) as connection:
            found = await commands.export_of(caller, connection, session_id, command_id)
        if found is None:
            raise not_found("export")
        return SessionExport.model_validate_json(found)

    async def objection(self, row: Mapping[str, Any]) -> str | None:
        """Why whoever asked a command may ask it no more; `None` while they may."""
        asker = Caller(row["asked_by"], row["team_id"], None, row["asked_sid"])
        caller = await self._gate.still_valid(asker)
        if caller is None:
            return "Whoever asked this has signed out, or is no longer in the team."
        async with self._database.read(caller) as connection:
            session = await sessions.find_session(caller, connection, row["session_id"])
            if session is None:
                return "Whoever asked this does not see the session any more."
            try:
                asked_as = await self._allowed(caller, connection, session, row["kind"])
            except Problem as problem:
                return problem.detail
        return None if asked_as == row["asked_as"] else "Whoever asked this has other rights now."

    async def _allowed(
        self, caller: Caller, connection: Connection, session: Mapping[str, Any], kind: CommandKind
    ) -> AskedBy:
        team = TeamsCaller.of({caller.team})
        settings = (await people.team_settings(team, connection)).get(caller.team, {})
        asked_as = standing(caller, session, settings)
        machine = await agents.machine_of(caller, connection, session["agent_id"])
        check(kind, asked_as, settings, machine)
        return asked_as

    async def _add(
        self,
        caller: Caller,
        connection: Connection,
        session: Mapping[str, Any],
        kind: CommandKind,
        asked_as: AskedBy,
        now: datetime,
    ) -> dict[str, Any]:
        command_id = uuid4()
        row = {
            "id": command_id,
            "team_id": caller.team,
            "session_id": session["id"],
            "owner_id": session["user_id"],
            "agent_id": session["agent_id"],
            "kind": kind,
            "status": "pending",
            "asked_by": caller.user_id,
            "asked_as": asked_as,
            "asked_sid": caller.sid,
            "created_at": now,
            "expires_at": now + self._lives,
        }
        await commands.add(caller, connection, row)
        added = await commands.lock(TeamsCaller.of({caller.team}), connection, command_id)
        assert added is not None
        return added
