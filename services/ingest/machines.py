"""Takes a machine's access away, and tells the auth service to end what it signs in with."""

from typing import Any
from uuid import UUID, uuid4

from services.contracts.agents import AgentRevoked
from services.contracts.topology import EVENTS
from services.ingest.store import agents, tokens
from services.runtime.auth import Caller
from services.runtime.clock import Clock
from services.runtime.db import Connection, Database
from services.runtime.errors import forbidden, not_found, unauthenticated
from services.runtime.outbox import Outbox
from services.runtime.telemetry import HEADER, correlation_id


class Machines:
    """A machine is revoked with all tokens it came with, also where other machines use them, too."""

    def __init__(self, database: Database, outbox: Outbox, clock: Clock) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock

    async def revoke(self, caller: Caller, agent_id: UUID) -> None:
        """Revoke a machine of the caller's or, as an admin, of anybody in the team.

        What it sends over HTTPS is refused from now on; the auth service does the rest in a moment. Raises
        `Problem` 404 for a machine that is not the team's, 403 for one that is not the caller's to revoke.
        """
        now = self._clock.now()
        async with self._database.write(caller) as connection:
            machine = await agents.machine_of(caller, connection, agent_id)
            if machine is None or machine["revoked_at"] is not None:
                raise not_found("machine")
            if "write" not in caller.scopes or not _may_revoke(caller, machine):
                raise forbidden("Only its owner and admins of the team may revoke a machine.")
            await agents.mark_revoked(caller, connection, agent_id, now)
            revoked = AgentRevoked(
                event_id=uuid4(),
                team_id=caller.team,
                user_id=machine["user_id"],
                agent_id=agent_id,
                token_ids=list(await tokens.revoke(caller, connection, agent_id, now)),
                actor_id=caller.user_id,
                at=now,
            )
            body = revoked.model_dump_json().encode()
            await self._outbox.add(connection, EVENTS, revoked.kind, body, {HEADER: correlation_id()})
        self._outbox.wake()

    async def check(self, caller: Caller, connection: Connection) -> None:
        """Raise `Problem` 401 for a token whose machine was revoked, before the auth service knows."""
        if await tokens.is_revoked(caller, connection):
            raise unauthenticated("This machine was revoked.")

    async def introduced(self, caller: Caller, connection: Connection, agent_id: UUID) -> None:
        """Note with which token a machine comes. Raises `Problem` 401 for one that was revoked with it."""
        await self.check(caller, connection)
        await tokens.note(caller, connection, agent_id, self._clock.now())

    async def known(self, caller: Caller, agent_id: UUID) -> dict[str, Any] | None:
        """A machine of the caller's that is introduced and not revoked; notes a token that is new to it.

        Raises `Problem` 401 for a token that was revoked with its machine.
        """
        async with self._database.read(caller) as connection:
            await self.check(caller, connection)
            machine = await agents.find_agent(caller, connection, agent_id)
            is_new = machine is not None and not await tokens.is_known(caller, connection, agent_id)
        if machine is None or machine["revoked_at"] is not None:
            return None
        if is_new:
            async with self._database.write(caller) as connection:
                await self.introduced(caller, connection, agent_id)
        return machine


def _may_revoke(caller: Caller, machine: dict[str, Any]) -> bool:
    return caller.role == "admin" or machine["user_id"] == caller.user_id
