"""The bodies of the auth service's API."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field

from services.auth.api.fields import Answer, Asked, Email, InstantIn, Password, Title, Username, UuidIn
from services.auth.domain.settings import TeamSettings
from services.contracts.sessions import Instant
from services.runtime.auth import Role, Scope


def _once(scopes: list[Scope]) -> list[Scope]:
    return sorted(set(scopes))


class Register(Asked):
    email: Email
    username: Username
    password: Password
    team_name: Title | None = None


class LogIn(Asked):
    email: Annotated[str, Field(min_length=1, max_length=254)]
    password: Annotated[str, Field(min_length=1, max_length=1024)]


class SwitchTeam(Asked):
    team_id: UuidIn


class ChangeMe(Asked):
    username: Username


class NewToken(Asked):
    name: Title
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=3), AfterValidator(_once)]
    expires_at: InstantIn | None = None


class NewTeam(Asked):
    name: Title


class ChangeTeam(Asked):
    """Only the settings that are named change."""

    name: Title | None = None
    settings: TeamSettings | None = None


class Me(Answer):
    id: UUID
    email: str
    username: str
    team_id: UUID | None
    role: Role | None
    created_at: Instant
    last_login: Instant | None


class SignedInAnswer(Answer):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - the name of a scheme
    expires_in: int
    user: Me


class Token(Answer):
    id: str
    name: str
    scopes: list[Scope]
    created_at: Instant
    expires_at: Instant


class MadeToken(Token):
    """`token` is shown this once."""

    token: str


class Tokens(Answer):
    items: list[Token]
    next_cursor: str | None


class Ticket(Answer):
    ticket: str
    expires_in: int


class Keys(Answer):
    keys: list[dict[str, Any]]


class TeamSummary(Answer):
    id: UUID
    name: str
    role: Role
    created_at: Instant


class TeamDetail(TeamSummary):
    settings: TeamSettings
    version: int


class Teams(Answer):
    items: list[TeamSummary]
    next_cursor: str | None


class Member(Answer):
    """`email` is given to admins."""

    user_id: UUID
    username: str
    email: str | None
    role: Role
    joined_at: Instant


class Members(Answer):
    items: list[Member]
    next_cursor: str | None
