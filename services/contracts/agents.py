"""What ingest tells the auth service of machines."""

from typing import Literal
from uuid import UUID

from services.contracts.sessions import Instant, Shape

AGENT_REVOKED = "agent.revoked"


class AgentRevoked(Shape):
    """A machine may report no more: whatever it signs in with is to end, and its connections with it.

    `user_id` is whose machine it is, `actor_id` who revoked it. `token_ids` are the tokens it came with over
    HTTPS; what it brought to the broker the auth service knows itself. `event_id` is one deed's, however
    often it is told.
    """

    v: Literal[1] = 1
    kind: Literal["agent.revoked"] = "agent.revoked"
    event_id: UUID
    team_id: UUID
    user_id: UUID
    agent_id: UUID
    token_ids: list[str]
    actor_id: UUID
    at: Instant
