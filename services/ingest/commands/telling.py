"""Who hears of a command: its machine, the pages of those who see its session, the audit log."""

from datetime import timedelta
from typing import Any, Literal
from uuid import uuid5

from llm_session_manager.protocol.commands import Command, signed_text
from services.contracts.audit import COMMAND_NOTED, CommandNoted
from services.contracts.channels import (
    COMMANDS_WAIT,
    CommandChanged,
    CommandsWait,
    team_channel,
    user_channel,
)
from services.contracts.commands import SessionCommand
from services.contracts.topology import COMMANDS, EVENTS
from services.ingest.domain.commands import OPEN, command_view
from services.runtime.auth.keys import SigningKey, signature_text
from services.runtime.clock import Clock
from services.runtime.db import Connection
from services.runtime.metrics import Metrics
from services.runtime.outbox import Outbox
from services.runtime.settings import Settings

UNSIGNED = "A" * 86


class Telling:
    """All of it is written in the transaction that makes it true, and sent after it."""

    def __init__(
        self, outbox: Outbox, key: SigningKey, settings: Settings, clock: Clock, metrics: Metrics
    ) -> None:
        self._outbox = outbox
        self._key = key
        self._gone = timedelta(seconds=settings.agent_gone_seconds)
        self._clock = clock
        self._metrics = metrics

    def wake(self) -> None:
        """Send what is committed."""
        self._outbox.wake()

    def view(self, row: dict[str, Any]) -> SessionCommand:
        return command_view(row, self._clock.now(), self._gone)

    def order(self, row: dict[str, Any]) -> Command:
        """What the machine gets: signed, for it alone, until it expires."""
        said = Command(
            id=str(row["id"]),
            agent_id=str(row["agent_id"]),
            kind=row["kind"],
            session_id=str(row["session_id"]),
            expires_at=row["expires_at"],
            asked_by=row["asked_as"],
            signature=UNSIGNED,
        )
        return said.model_copy(update={"signature": signature_text(self._key, signed_text(said))})

    async def asked(self, connection: Connection, row: dict[str, Any]) -> None:
        """Tell the machine, over the broker and where it asks over HTTPS, and everybody else."""
        order = self.order(row).model_dump_json().encode()
        await self._outbox.add(connection, COMMANDS, str(row["agent_id"]), order)
        waits = CommandsWait(agent_id=row["agent_id"]).model_dump_json().encode()
        await self._outbox.add_fanout(connection, COMMANDS_WAIT, waits)
        await self.changed(connection, row)

    async def changed(self, connection: Connection, row: dict[str, Any]) -> None:
        """Tell the pages how a command stands now, and the audit log how it began and ended."""
        self._metrics.commands.labels(row["kind"], row["status"]).inc()
        session = row["team_id"], row["owner_id"]
        channel = user_channel(*session) if row["visibility"] == "private" else team_channel(session[0])
        message = CommandChanged(command=self.view(row))
        await self._outbox.add_fanout(connection, channel, message.model_dump_json().encode())
        if row["visibility"] == "private":
            return  # Of a private session nobody is told, the audit log included.
        if row["status"] == "pending":
            await self._note(connection, row, "asked")
        elif row["status"] not in OPEN:
            await self._note(connection, row, "ended")

    async def _note(
        self, connection: Connection, row: dict[str, Any], deed: Literal["asked", "ended"]
    ) -> None:
        noted = CommandNoted(
            event_id=uuid5(row["id"], deed),
            team_id=row["team_id"],
            actor_id=row["asked_by"],
            owner_id=row["owner_id"],
            session_id=row["session_id"],
            command=row["kind"],
            deed=deed,
            code=row["code"] if deed == "ended" else None,
            at=self._clock.now(),
        )
        await self._outbox.add(connection, EVENTS, COMMAND_NOTED, noted.model_dump_json().encode())
