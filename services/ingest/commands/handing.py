"""Machines fetch what they are asked to do, and say what became of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from llm_session_manager.protocol import Tier
from llm_session_manager.protocol.commands import Command, CommandAnswer
from llm_session_manager.protocol.tiers import told_at
from services.contracts.commands import SessionCommand
from services.ingest.commands.asking import Asking
from services.ingest.commands.bell import Bell
from services.ingest.commands.telling import Telling
from services.ingest.domain.capture import most_of
from services.ingest.domain.commands import OPEN, after, withdrawn
from services.ingest.machines import Machines
from services.ingest.store import agents, commands, people, tokens
from services.runtime.auth import Caller, TeamsCaller
from services.runtime.auth.gate import TokenGate
from services.runtime.clock import Clock
from services.runtime.db import Database
from services.runtime.errors import conflict, not_found, unauthenticated, unprocessable
from services.runtime.settings import Settings


class Handing:
    """The rights of whoever asked are looked at again when a command is handed out, and when it starts."""

    def __init__(
        self,
        database: Database,
        machines: Machines,
        gate: TokenGate,
        asking: Asking,
        telling: Telling,
        bell: Bell,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._database = database
        self._machines = machines
        self._gate = gate
        self._asking = asking
        self._telling = telling
        self._bell = bell
        self._again = timedelta(seconds=settings.command_resend_seconds)
        self._export_bytes = settings.command_export_bytes
        self._clock = clock

    async def fetch(self, caller: Caller, agent_id: UUID | None, seconds: float) -> list[Command]:
        """What an own machine is to do; where that is nothing, wait for it as long as this.

        Without `agent_id` it is the one that came with this token. Raises `Problem` 422 for a machine that
        is not theirs, and 401 when the token has ended, be it while they waited.
        """
        machine = await self._machine(caller, agent_id)
        async with self._bell.at(machine, caller.team) as rung:
            orders = await self._take(caller, machine)
            if not orders and seconds:
                await rung.wait(seconds)
                still = await self._gate.still_valid(caller)
                if still is None or "agent" not in still.scopes:
                    raise unauthenticated()
                await self._machine(still, machine)
                orders = await self._take(still, machine)
        return orders

    async def settle(self, caller: Caller, command_id: UUID, answer: CommandAnswer) -> SessionCommand:
        """Take a machine's word. Said twice, it changes nothing the second time."""
        team = TeamsCaller.of({caller.team})
        async with self._database.read(caller) as connection:
            await self._machines.check(caller, connection)
            row = await commands.find(caller, connection, command_id)
            settings = await people.team_settings(team, connection)
        if row is None or answer.agent_id not in {None, str(row["agent_id"])}:
            raise not_found("command")
        if answer.status == "started" and row["status"] in OPEN:
            objection = await self._asking.objection(row)
            if objection is not None:
                await self._withdraw(team, row, objection)
                raise conflict("withdrawn", objection)
        export = self._encoded(answer, most_of(settings.get(caller.team, {})))
        async with self._database.write(caller) as connection:
            row = await commands.lock(team, connection, command_id)
            if row is None:
                raise not_found("command")
            changes = after(row, answer, export, self._clock.now())
            if changes:
                await commands.change(team, connection, command_id, changes)
                row |= {name: value for name, value in changes.items() if name != "export"}
                await self._telling.changed(connection, row)
        self._telling.wake()
        return self._telling.view(row)

    async def _machine(self, caller: Caller, agent_id: UUID | None) -> UUID:
        async with self._database.read(caller) as connection:
            await self._machines.check(caller, connection)
            if agent_id is not None:
                if await agents.find_agent(caller, connection, agent_id) is None:
                    detail = "no machine of yours was introduced under this id"
                    raise unprocessable("agent_id", detail, "unknown_agent")
                return agent_id
            came = await tokens.machines(caller, connection)
        if len(came) != 1:
            raise unprocessable("agent_id", "say which machine: none came with this token, or several did")
        return came[0]

    async def _take(self, caller: Caller, agent_id: UUID) -> list[Command]:
        now = self._clock.now()
        async with self._database.read(caller) as connection:
            rows = await commands.of_machine(caller, connection, agent_id, now, now - self._again)
        team = TeamsCaller.of({caller.team})
        return [self._telling.order(row) for row in rows if await self._hand_over(team, row)]

    async def _hand_over(self, team: TeamsCaller, row: dict[str, Any]) -> bool:
        objection = await self._asking.objection(row)
        if objection is not None:
            await self._withdraw(team, row, objection)
            return False
        now = self._clock.now()
        async with self._database.write(team) as connection:
            fresh = await commands.lock(team, connection, row["id"])
            if fresh is None or fresh["status"] not in {"pending", "sent"}:
                return False
            await commands.change(team, connection, row["id"], {"status": "sent", "sent_at": now})
            if fresh["status"] == "pending":
                await self._telling.changed(connection, fresh | {"status": "sent", "sent_at": now})
        self._telling.wake()
        return True

    async def _withdraw(self, team: TeamsCaller, row: dict[str, Any], reason: str) -> None:
        changes = withdrawn(reason, self._clock.now())
        async with self._database.write(team) as connection:
            fresh = await commands.lock(team, connection, row["id"])
            if fresh is None or fresh["status"] not in {"pending", "sent"}:
                return
            await commands.change(team, connection, row["id"], changes)
            await self._telling.changed(connection, fresh | changes)
        self._telling.wake()

    def _encoded(self, answer: CommandAnswer, most: Tier) -> bytes | None:
        export = answer.result.export if answer.result else None
        if export is None:
            return None
        encoded = told_at(export, most).model_dump_json(exclude_defaults=True).encode()
        if len(encoded) > self._export_bytes:
            raise unprocessable("result.export", f"has more than {self._export_bytes} bytes", "too_large")
        return encoded
