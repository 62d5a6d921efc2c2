"""The fan-out's channels and what travels on them.

A private session's changes go to its owner's channel only: the channel decides who hears, not a filter.
"""

from typing import Literal
from uuid import UUID

from services.contracts.sessions import Instant, Session, Shape

CONTROL = "control"


def team_channel(team_id: UUID) -> str:
    """What every member of the team may see."""
    return f"team:{team_id}"


def user_channel(team_id: UUID, user_id: UUID) -> str:
    """What only this person may see of this team."""
    return f"user:{team_id}:{user_id}"


class SessionChanged(Shape):
    """A session as it is now, on the channel of those who may see it.

    `created` and `ended` say that this change began or ended it.
    """

    type: Literal["session"] = "session"
    session: Session
    created: bool = False
    ended: bool = False


class SessionGone(Shape):
    """The session is no longer for this channel's listeners: deleted, or made private (`left`).

    `version` orders it against `SessionChanged`. For the owner, `user_id`, `left` means nothing: the session
    goes on as `SessionChanged` on the owner's own channel.
    """

    type: Literal["session_gone"] = "session_gone"
    session_id: UUID
    user_id: UUID
    version: int
    why: Literal["deleted", "left"]


class RightsChanged(Shape):
    """On `control`: whoever caches rights of these drops them; sockets of theirs are checked again."""

    type: Literal["rights"] = "rights"
    sid: str | None = None
    user_id: UUID | None = None
    team_id: UUID | None = None
    at: Instant | None = None


class Snapshot(Shape):
    """Ingest's answer to a gateway: the sessions of an audience.

    `owner_id` is `None` for the team's shared sessions, else these are that person's private ones.
    """

    team_id: UUID
    owner_id: UUID | None
    sessions: list[Session]
    truncated: bool
