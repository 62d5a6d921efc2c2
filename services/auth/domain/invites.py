"""Invitations: a secret that brings whoever has it into a team."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from services.runtime.auth import Role

SECRET_BYTES = 32
InviteState = Literal["open", "expired", "used_up"]


@dataclass(frozen=True, slots=True)
class InviteSecret:
    """The secret in the clear is shown once; its digest is kept."""

    text: str

    @classmethod
    def make(cls) -> Self:
        return cls(secrets.token_urlsafe(SECRET_BYTES))

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode(errors="replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Invite:
    id: UUID
    team_id: UUID
    team_name: str
    role: Role
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime
    max_uses: int
    uses: int

    def state(self, now: datetime) -> InviteState:
        """Whether it still brings anybody in."""
        if self.uses >= self.max_uses:
            return "used_up"
        return "open" if now < self.expires_at else "expired"
