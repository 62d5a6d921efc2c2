"""The bodies of the auth service's API."""

from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from services.auth.api.fields import (
    Answer,
    Asked,
    Email,
    InstantIn,
    Mailbox,
    Password,
    Secret,
    Seen,
    Title,
    Username,
    UuidIn,
)
from services.auth.api.mail import InviteMail
from services.auth.domain.invites import InviteState
from services.auth.domain.settings import TeamSettings
from services.contracts.sessions import Instant
from services.runtime.auth import Role, Scope


def _once(scopes: list[Scope]) -> list[Scope]:
    return sorted(set(scopes))


class Register(Asked):
    """Of `team_name` and `invite` one at most."""

    email: Email
    username: Username
    password: Password
    team_name: Title | None = None
    invite: Secret | None = None

    @model_validator(mode="after")
    def _one_team(self) -> Self:
        if self.team_name is not None and self.invite is not None:
            raise ValueError("make a team or join one, not both")
        return self


class LogIn(Asked):
    email: Annotated[str, Field(min_length=1, max_length=254), Seen]
    password: Password


class SwitchTeam(Asked):
    team_id: UuidIn


class AnInvite(Asked):
    invite: Secret


class ChangeMe(Asked):
    """Only what is named changes. `email` and `password` need `current_password`."""

    username: Username | None = None
    email: Email | None = None
    password: Password | None = None
    current_password: Password | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.username is self.email is self.password is None:
            raise ValueError("name what is to change")
        return self


class DeleteMe(Asked):
    password: Password


class Enrol(Asked):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    hostname: Title


class NewMember(Asked):
    email: Email
    role: Role


class ChangeMember(Asked):
    role: Role


class NewInvite(Asked):
    """`expires_at` defaults to a week from now. With an `email` the link is sent there, for one person."""

    role: Role = "member"
    expires_at: InstantIn | None = None
    max_uses: Annotated[int, Field(ge=1, le=1_000)] = 1
    email: Mailbox | None = None

    @model_validator(mode="after")
    def _one_person(self) -> Self:
        if self.email is not None and self.max_uses != 1:
            raise ValueError("an invitation to an address is for one person")
        return self


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


class InviteView(Answer):
    """`state` says whether it still brings anybody in; `email` and `mail` are of one sent to an address."""

    id: UUID
    role: Role
    created_by: UUID | None
    created_at: Instant
    expires_at: Instant
    max_uses: int
    uses: int
    state: InviteState
    email: str | None
    mail: InviteMail | None


class MadeInvite(InviteView):
    """`invite` and `url` are shown this once."""

    invite: str
    url: str


class Invites(Answer):
    items: list[InviteView]
    next_cursor: str | None


class InvitePreview(Answer):
    """What an invitation is for; nothing of whoever is in the team already.

    An `email` is the address that it is for, while it is open.
    """

    team_name: str
    role: Role
    expires_at: Instant
    state: InviteState
    email: str | None


class EnrolmentCode(Answer):
    code: str
    expires_at: Instant


class LoginView(Answer):
    """`current` is the log-in that asks."""

    id: str
    label: str
    current: bool
    created_at: Instant
    last_at: Instant
    expires_at: Instant


class Logins(Answer):
    items: list[LoginView]
    next_cursor: str | None


class AuditEntry(Answer):
    """`actor_name` is how the person is called now; `null` when the account is gone, or nobody acted."""

    n: int
    at: Instant
    actor_id: UUID | None
    actor_name: str | None
    action: str
    target: str | None
    details: dict[str, Any]
    hash: str


class AuditEntries(Answer):
    items: list[AuditEntry]
    next_cursor: str | None
