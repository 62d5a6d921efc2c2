"""The fan-out's channels and what travels on them.

A private session's changes go to its owner's channel only: the channel decides who hears, not a filter.
"""

from typing import Any, Literal
from uuid import UUID

from services.contracts.commands import SessionCommand
from services.contracts.people import MemberRole
from services.contracts.sessions import Instant, Session, Shape

CONTROL = "control"
COMMANDS_WAIT = "commands"


def team_channel(team_id: UUID) -> str:
    """What every member of the team may see."""
    return f"team:{team_id}"


def user_channel(team_id: UUID, user_id: UUID) -> str:
    """What only this person may see of this team."""
    return f"user:{team_id}:{user_id}"


def presence_channel(team_id: UUID) -> str:
    """Between gateways: who of this team looks at which session."""
    return f"presence:{team_id}"


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


class MemberChanged(Shape):
    """On a team's channel: somebody has joined, has another role, or has left (`role` is then `None`)."""

    type: Literal["member_joined", "member_role_changed", "member_left"]
    user_id: UUID
    username: str | None = None
    role: MemberRole | None = None
    at: Instant


class CommandChanged(Shape):
    """How something asked of a machine stands now, on the channel of those who see its session."""

    type: Literal["command"] = "command"
    command: SessionCommand


TidingsFrame = Literal[
    "insight_shared", "insight_updated", "insight_deleted", "comment_added",
    "notification", "notifications_read", "health_alert", "token_warning", "team_updated",
]  # fmt: skip


class Tidings(Shape):
    """Something for open pages that is no session: `data` goes out as a frame of the type `frame`, as it is.

    Of those with the same `id` the one of the highest `rank` holds, and may take an earlier one's place.
    On a team's channel it is for everybody who follows the team, on a person's for that person alone, and if
    it is `personal`, only for who listens to the person and not to the team as they see it. What is about a
    session is for those who have it open, too, and for its owner `owner_id` on their own channel; it was true
    at the session's `version`, and once that has gone from this channel it is told no more.
    """

    type: Literal["tidings"] = "tidings"
    frame: TidingsFrame
    id: str
    rank: int
    data: dict[str, Any]
    session_id: UUID | None = None
    version: int = 0
    owner_id: UUID | None = None
    personal: bool = False


class CommandsWait(Shape):
    """On `commands`: something waits for this agent, if it asks over HTTPS."""

    type: Literal["commands_wait"] = "commands_wait"
    agent_id: UUID


class Looker(Shape):
    """A person who has a session open."""

    user_id: UUID
    username: str


class PresenceTold(Shape):
    """Who looks at these sessions through one gateway; others of its sessions are as they were.

    It holds for some seconds and is said again. `asks`: the others are to say whom they have in these.
    """

    type: Literal["presence"] = "presence"
    gateway: str
    rooms: dict[str, tuple[Looker, ...]]
    asks: bool = False


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
