"""Ids that nobody can choose: worked out from what the transport proved."""

from dataclasses import dataclass
from uuid import UUID

from llm_session_manager.protocol import commands

SCRIPT = "script"


def session_id(team_id: UUID, user_id: UUID, tool: str, native_id: str) -> UUID:
    return commands.session_id(team_id, user_id, tool, native_id)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a report; `agent_id` is `None` for a script that has no agent."""

    team_id: UUID
    user_id: UUID
    agent_id: UUID | None


def sender_of(routing_key: str) -> Sender | None:
    """Read `report.<team>.<user>.<agent>`; `None` when it is anything else."""
    parts = routing_key.split(".")
    if len(parts) != 4 or parts[0] != "report":
        return None
    try:
        agent = None if parts[3] == SCRIPT else UUID(parts[3])
        return Sender(UUID(parts[1]), UUID(parts[2]), agent)
    except ValueError:
        return None
