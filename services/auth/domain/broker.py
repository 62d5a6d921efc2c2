"""What an agent may do at the broker: write one routing key, read one queue, nothing else."""

from uuid import UUID

from services.contracts.topology import AGENTS, COMMANDS, report_key


def may_use(kind: str, name: str, permission: str, agent_id: UUID) -> bool:
    """Whether the agent may use this exchange or queue so."""
    if permission == "write":
        return (kind, name) == ("exchange", AGENTS.name)
    return permission == "read" and (kind, name) == ("queue", f"{COMMANDS.name}.{agent_id}")


def may_publish(
    exchange: str, permission: str, key: str, team_id: UUID, user_id: UUID, agent_id: UUID
) -> bool:
    """Whether the agent may publish under this routing key."""
    own = report_key(team_id, user_id, agent_id)
    return permission == "write" and exchange == AGENTS.name and key == own
