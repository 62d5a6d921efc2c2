"""What the auth service tells the others of persons and teams."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from services.contracts.sessions import Instant, Shape

USER_UPDATED = "user.updated"
TEAM_UPDATED = "team.updated"
MemberRole = Literal["admin", "member", "viewer"]


class UserUpdated(Shape):
    """A person as they are now, with what they are in each of their teams. The newest `at` wins."""

    v: Literal[1] = 1
    kind: Literal["user.updated"] = "user.updated"
    user_id: UUID
    username: str
    team_ids: list[UUID]
    roles: dict[UUID, MemberRole] = Field(default_factory=dict)
    at: Instant


class TeamUpdated(Shape):
    """A team as it is now, its settings complete. The newest `at` wins."""

    v: Literal[1] = 1
    kind: Literal["team.updated"] = "team.updated"
    team_id: UUID
    name: str
    settings: dict[str, Any]
    at: Instant


class MemberJoined(Shape):
    v: Literal[1] = 1
    kind: Literal["member.joined"] = "member.joined"
    team_id: UUID
    user_id: UUID
    username: str
    role: MemberRole
    at: Instant


class MemberLeft(Shape):
    """Of their own will or not. What they shared stays the team's."""

    v: Literal[1] = 1
    kind: Literal["member.left"] = "member.left"
    team_id: UUID
    user_id: UUID
    at: Instant


class MemberRoleChanged(Shape):
    v: Literal[1] = 1
    kind: Literal["member.role_changed"] = "member.role_changed"
    team_id: UUID
    user_id: UUID
    role: MemberRole
    at: Instant


class TeamDeleted(Shape):
    """The team is gone, and everything of it is to go. Its id never comes back."""

    v: Literal[1] = 1
    kind: Literal["team.deleted"] = "team.deleted"
    team_id: UUID
    at: Instant


class UserDeleted(Shape):
    """The account is gone, and everything of the person is to go, in whichever team.

    Their id never comes back. `team_ids` are the teams they were in to the end.
    """

    v: Literal[1] = 1
    kind: Literal["user.deleted"] = "user.deleted"
    user_id: UUID
    team_ids: list[UUID]
    at: Instant


PeopleMessage = (
    UserUpdated | TeamUpdated | MemberJoined | MemberLeft | MemberRoleChanged | TeamDeleted | UserDeleted
)
PEOPLE_MESSAGE: TypeAdapter[PeopleMessage] = TypeAdapter(
    Annotated[PeopleMessage, Field(discriminator="kind")]
)
PEOPLE_KINDS = frozenset(
    {
        USER_UPDATED,
        TEAM_UPDATED,
        "member.joined",
        "member.left",
        "member.role_changed",
        "team.deleted",
        "user.deleted",
    }
)
