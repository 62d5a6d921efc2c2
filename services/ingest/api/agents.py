"""Machines: an agent introduces its own; the team sees which there are."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query

from llm_session_manager.protocol import Hello, Welcome
from services.contracts.topology import command_queue, report_key
from services.ingest.api.bodies import Machine, MachinePage
from services.ingest.api.listing import Cursor
from services.ingest.domain.capture import most_of
from services.ingest.machines import Machines
from services.ingest.store import agents, people
from services.runtime import cursors
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.auth.agents import agent_id
from services.runtime.auth.gate import TokenGate
from services.runtime.bus import Bus, NotConfirmed
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.settings import Settings

log = structlog.get_logger(__name__)


def routes(
    database: Database,
    machines: Machines,
    gate: TokenGate,
    bus: Bus,
    settings: Settings,
    clock: Clock,
    command_key: str,
) -> APIRouter:
    """Make the router. `command_key` is the public key that commands to agents are signed with."""
    router = APIRouter(prefix="/api/agents", tags=["agents"])
    Agent = Annotated[Caller, Depends(gate.agent)]  # noqa: N806 - a type
    Editor = Annotated[Caller, Depends(gate.editing)]  # noqa: N806 - a type
    Reader = Annotated[Caller, Depends(gate.reading)]  # noqa: N806 - a type

    @router.post("")
    async def introduce(caller: Agent, hello: Hello) -> Welcome:
        """Say which machine reports from now on; the same machine always gets the same id."""
        now = clock.now()
        identity = agent_id(caller.team, caller.user_id, hello.machine_id)
        row = {
            "id": identity,
            "team_id": caller.team,
            "user_id": caller.user_id,
            **hello.model_dump(mode="json"),
            "epoch": 0,
            "n": 0,
            "first_seen_at": now,
            "last_seen_at": now,
        }
        async with database.write(caller) as connection:
            await people.meet_owner(caller, connection, caller.user_id, caller.username)
            # First the machine, then its tokens, as whoever revokes it: else the two wait for each other.
            known = await agents.put_agent(caller, connection, row)
            await machines.introduced(caller, connection, identity)
            settings = await people.team_settings(TeamsCaller.of({caller.team}), connection)
        queue = command_queue(identity)
        try:
            await bus.declare(queue)
        except NotConfirmed as error:
            # Only who comes to the broker needs it, and introduces itself again where it is missing.
            log.warning("no command queue", agent=str(identity), error=str(error)[:200])
        return Welcome(
            agent_id=str(identity),
            team_id=str(caller.team),
            user_id=str(caller.user_id),
            last_report=agents.position(known),
            routing_key=report_key(caller.team, caller.user_id, identity),
            command_queue=queue.name,
            command_key=command_key,
            most=most_of(settings.get(caller.team, {})),
        )

    @router.get("")
    async def list_machines(
        caller: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 200, cursor: Cursor = None
    ) -> MachinePage:
        """The team's machines, the one heard from last first."""
        async with database.read(caller) as connection:
            rows = await agents.list_agents(caller, connection, _before(cursor), limit + 1)
        last = rows[limit - 1] if len(rows) > limit else None
        return MachinePage(
            items=[_machine(row) for row in rows[:limit]],
            next_cursor=cursors.encode(last["last_seen_at"].isoformat(), str(last["id"])) if last else None,
        )

    @router.delete("/{agent_id:uuid}", status_code=204)
    async def revoke_machine(caller: Editor, agent_id: UUID) -> None:
        """Revoke a machine: one's own, or for an admin anybody's in the team.

        The tokens it came with end, and it is listed no more until somebody connects it anew.
        """
        await machines.revoke(caller, agent_id)

    def _machine(row: dict[str, Any]) -> Machine:
        silent = (clock.now() - row["last_seen_at"]).total_seconds()
        shown = (
            "id", "hostname", "user_id", "os", "version", "last_seen_at", "commands", "admin_commands"
        )  # fmt: skip
        return Machine(
            **{name: row[name] for name in shown},
            username=row["username"] or "unknown",
            online=silent <= settings.agent_gone_seconds,
        )

    return router


def _before(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    seen, identity = cursors.decode(cursor, 2)
    return cursors.as_instant(seen), cursors.as_uuid(identity)
