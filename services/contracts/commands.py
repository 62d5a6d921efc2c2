"""What was asked of a machine for a session, as everybody sees it who sees the session."""

from typing import Literal
from uuid import UUID

from llm_session_manager.protocol import CommandKind
from llm_session_manager.protocol.commands import AskedBy
from services.contracts.sessions import Instant, Shape

CommandStatus = Literal["pending", "sent", "started", "done", "failed", "expired"]


class CommandOutcome(Shape):
    """`code` is for programs, `detail` for people. `export_bytes` is the size of what can be fetched."""

    code: str
    detail: str | None
    export_bytes: int | None


class SessionCommand(Shape):
    """`pending` waits for the machine, `sent` is in its hands, `started` is being done.

    `note` says in words how it stands. `result` is `null` until it has ended.
    """

    id: UUID
    session_id: UUID
    kind: CommandKind
    status: CommandStatus
    note: str
    asked_by: UUID
    asked_by_name: str
    asked_as: AskedBy
    hostname: str | None
    machine_online: bool
    created_at: Instant
    expires_at: Instant
    sent_at: Instant | None
    started_at: Instant | None
    ended_at: Instant | None
    result: CommandOutcome | None
