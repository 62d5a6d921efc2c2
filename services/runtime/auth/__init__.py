"""Who calls, and with what rights."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

Role = Literal["admin", "member", "viewer"]
Scope = Literal["agent", "read", "write"]

ALL_SCOPES: frozenset[Scope] = frozenset({"agent", "read", "write"})


@dataclass(frozen=True, slots=True)
class Caller:
    """One person in one team, as the transport proved it; every store function takes it first.

    `team_id` and `role` are `None` for a person who is in no team yet. `sid` names the log-in or the API
    token. A signed-in person has the scopes `read` and `write`; an API token has those it was made with.
    """

    user_id: UUID
    team_id: UUID | None
    role: Role | None
    sid: str
    scopes: frozenset[Scope] = field(default_factory=lambda: frozenset({"read", "write"}))
    agent_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TeamsCaller:
    """A consumer or timer at work for the teams that the transport or the rows themselves named."""

    teams: frozenset[UUID]

    @classmethod
    def of(cls, teams: Collection[UUID]) -> "TeamsCaller":
        return cls(frozenset(teams))


Actor = Caller | TeamsCaller
