"""Invitations: a secret that brings whoever has it into a team."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.auth.domain import email_key
from services.runtime.auth import Role

InviteState = Literal["open", "expired", "used_up"]
MailState = Literal["queued", "sent", "failed"]


@dataclass(frozen=True, slots=True)
class Sending:
    """How far the letter has got; `reason` is a sentence where an attempt came to nothing."""

    state: MailState
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Invite:
    """One that was sent to an `email` is for an account with that address alone."""

    id: UUID
    team_id: UUID
    team_name: str
    role: Role
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime
    max_uses: int
    uses: int
    email: str | None = None
    mail: Sending | None = None

    def state(self, now: datetime) -> InviteState:
        """Whether it still brings anybody in."""
        if self.uses >= self.max_uses:
            return "used_up"
        return "open" if now < self.expires_at else "expired"

    def is_for(self, email: str) -> bool:
        """Whether an account with this address may use it."""
        return self.email is None or email_key(self.email) == email_key(email)
