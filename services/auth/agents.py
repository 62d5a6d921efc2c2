"""What agents may at the broker, which knows each by its name alone after the log-in."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.auth.store import broker
from services.runtime.auth import ANONYMOUS, Caller
from services.runtime.auth.agents import is_agent_of
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.errors import Problem

AT_ONCE = 500


class Agents:
    """An agent may what the token allows that it brought last; nothing here is older than the question."""

    def __init__(self, database: Database, gate: TokenGate, clock: Clock) -> None:
        self._database = database
        self._gate = gate
        self._clock = clock

    async def bring(self, agent_id: UUID, token: str) -> bool:
        """Note an agent's token; answers whether it is one of that agent's person."""
        try:
            cached = await self._gate.check(token)
        except Problem as problem:
            if problem.status != 401:
                raise
            return False
        caller = await self._gate.still_valid(cached)
        if caller is None or not _speaks_for(caller, agent_id):
            return False
        async with self._database.write(caller) as connection:
            await broker.note(caller, connection, agent_id, self._clock.now())
        return True

    async def known(self, agent_ids: Sequence[UUID]) -> Mapping[UUID, Caller]:
        """Those of these agents that may do anything, and in whose name."""
        found: dict[UUID, Caller] = {}
        for start in range(0, len(agent_ids), AT_ONCE):
            async with self._database.read(ANONYMOUS) as connection:
                some = await broker.rights(ANONYMOUS, connection, agent_ids[start : start + AT_ONCE])
            for agent_id, rights in some.items():
                caller = self._gate.bearer(rights)
                if caller is not None and _speaks_for(caller, agent_id):
                    found[agent_id] = caller
        return found


def _speaks_for(caller: Caller, agent_id: UUID) -> bool:
    return (
        caller.via == "token"
        and "agent" in caller.scopes
        and caller.team_id is not None
        and is_agent_of(agent_id, caller.team_id, caller.user_id)
    )
