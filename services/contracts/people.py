"""What the auth service tells the others of persons and teams."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, TypeAdapter

from services.contracts.sessions import Instant, Shape

USER_UPDATED = "user.updated"
TEAM_UPDATED = "team.updated"


class UserUpdated(Shape):
    """A person as they are now. The newest `at` wins."""

    v: Literal[1] = 1
    kind: Literal["user.updated"] = "user.updated"
    user_id: UUID
    username: str
    team_ids: list[UUID]
    at: Instant


class TeamUpdated(Shape):
    """A team as it is now, its settings complete. The newest `at` wins."""

    v: Literal[1] = 1
    kind: Literal["team.updated"] = "team.updated"
    team_id: UUID
    name: str
    settings: dict[str, Any]
    at: Instant


PeopleMessage = Annotated[UserUpdated | TeamUpdated, Field(discriminator="kind")]
PEOPLE_MESSAGE: TypeAdapter[UserUpdated | TeamUpdated] = TypeAdapter(PeopleMessage)
