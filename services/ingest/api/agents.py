"""Machines: an agent introduces its own; the team sees which there are."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from llm_session_manager.protocol import Hello, Welcome
from services.contracts.topology import report_key
from services.ingest.api.bodies import Machine, MachinePage
from services.ingest.store import agents, people
from services.runtime.auth import Caller
from services.runtime.auth.agents import agent_id
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.settings import Settings


def routes(
    database: Database, gate: TokenGate, settings: Settings, clock: Clock, command_key: str
) -> APIRouter:
    """Make the router. `command_key` is the public key that commands to agents are signed with."""
    router = APIRouter(prefix="/api/agents", tags=["agents"])
    Agent = Annotated[Caller, Depends(gate.agent)]  # noqa: N806 - a type
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
            **hello.model_dump(),
            "epoch": 0,
            "n": 0,
            "first_seen_at": now,
            "last_seen_at": now,
        }
        async with database.write() as connection:
            await people.meet_owner(caller, connection, caller.user_id, caller.username)
            known = await agents.put_agent(caller, connection, row)
        return Welcome(
            agent_id=str(identity),
            team_id=str(caller.team),
            user_id=str(caller.user_id),
            last_report=agents.position(known),
            routing_key=report_key(caller.team, caller.user_id, identity),
            command_queue=f"commands.{identity}",
            command_key=command_key,
        )

    @router.get("")
    async def list_machines(caller: Reader, limit: Annotated[int, Query(ge=1, le=200)] = 200) -> MachinePage:
        """The team's machines, the one heard from last first."""
        async with database.read() as connection:
            rows = await agents.list_agents(caller, connection, limit)
        return MachinePage(items=[_machine(row) for row in rows])

    def _machine(row: dict[str, Any]) -> Machine:
        silent = (clock.now() - row["last_seen_at"]).total_seconds()
        shown = ("id", "hostname", "user_id", "os", "version", "last_seen_at")
        return Machine(
            **{name: row[name] for name in shown},
            username=row["username"] or "unknown",
            online=silent <= settings.agent_gone_seconds,
        )

    return router
