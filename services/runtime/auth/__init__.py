"""Who calls, and with what rights."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.runtime.errors import Problem

Role = Literal["admin", "member", "viewer"]
Scope = Literal["agent", "read", "write"]

ALL_SCOPES: frozenset[Scope] = frozenset({"agent", "read", "write"})
LOGIN_SCOPES: frozenset[Scope] = frozenset({"read", "write"})


@dataclass(frozen=True, slots=True)
class Caller:
    """One person in one team, as the transport proved it; every store function takes it first.

    `team_id` and `role` are `None` for a person who is in no team yet. `sid` names the log-in or the API
    token, `via` says which of the two it is, and `expires_at` when it ends by itself. The scopes are what
    the log-in or token was given, less what the role of now does not allow.
    """

    user_id: UUID
    team_id: UUID | None
    role: Role | None
    sid: str
    scopes: frozenset[Scope] = field(default_factory=lambda: LOGIN_SCOPES)
    agent_id: UUID | None = None
    via: Literal["login", "token"] = "login"
    username: str = ""
    expires_at: datetime | None = None

    @property
    def teams(self) -> frozenset[UUID]:
        """The team, as a set."""
        return frozenset() if self.team_id is None else frozenset({self.team_id})

    @property
    def persons(self) -> frozenset[UUID]:
        return frozenset({self.user_id})

    @property
    def team(self) -> UUID:
        """The team; raises `Problem` 403 for a person who is in none."""
        if self.team_id is None:
            raise Problem(403, "no_team", "You are in no team yet: make one, or accept an invitation.")
        return self.team_id


@dataclass(frozen=True, slots=True)
class TeamsCaller:
    """A consumer or timer at work for the teams that the transport or the rows themselves named."""

    teams: frozenset[UUID]

    @classmethod
    def of(cls, teams: Collection[UUID]) -> "TeamsCaller":
        return cls(frozenset(teams))

    @property
    def persons(self) -> frozenset[UUID]:
        return frozenset()


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody yet: what a store function does for it is find out, or make, who it is."""

    teams: frozenset[UUID] = frozenset()
    persons: frozenset[UUID] = frozenset()


ANONYMOUS = Anonymous()

Actor = Caller | TeamsCaller
