"""What other services tell the auth service for the audit log."""

from typing import Literal
from uuid import UUID

from services.contracts.sessions import Instant, Shape, Visibility

SESSION_NOTED = "audit.session"


class SessionNoted(Shape):
    """Somebody changed who sees a session, or deleted it. `event_id` is one deed's, however often it is told.

    `owner_id` is whose session it is, `actor_id` who did it.
    """

    v: Literal[1] = 1
    kind: Literal["audit.session"] = "audit.session"
    event_id: UUID
    team_id: UUID
    actor_id: UUID
    owner_id: UUID
    session_id: UUID
    deed: Literal["deleted", "visibility_changed"]
    visibility: Visibility | None = None
    at: Instant
