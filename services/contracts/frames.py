"""What a browser and the gateway say to each other, one JSON object a message."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from llm_session_manager.protocol import Name, Status, Tool
from services.contracts.channels import Looker
from services.contracts.commands import SessionCommand
from services.contracts.insights import CommentAdded, Insight, InsightChange, InsightGone
from services.contracts.notices import Alert, Notification
from services.contracts.sessions import Session, Shape
from services.runtime.auth import Role

Channel = Annotated[str, Field(min_length=1, max_length=120)]
Cursor = Annotated[str, Field(min_length=1, max_length=512)]
Values = Annotated[list[Name], Field(max_length=50)]


class Asked(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Filters(Asked):
    """Conditions that all hold; within one, any of its values. An absent one lets everything through."""

    status: Annotated[list[Status], Field(max_length=50)] | None = None
    users: Values | None = None
    tools: Annotated[list[Tool], Field(max_length=50)] | None = None
    tags: Values | None = None


class Auth(Asked):
    type: Literal["auth"]
    token: Annotated[str, Field(min_length=1, max_length=8192)]


class Subscribe(Asked):
    type: Literal["subscribe"]
    channel: Channel
    filters: Filters = Filters()
    since: Cursor | None = None


class Unsubscribe(Asked):
    type: Literal["unsubscribe"]
    channel: Channel


class Ping(Asked):
    type: Literal["ping"]


ClientFrame = Annotated[Auth | Subscribe | Unsubscribe | Ping, Field(discriminator="type")]
CLIENT_FRAME: TypeAdapter[Auth | Subscribe | Unsubscribe | Ping] = TypeAdapter(ClientFrame)


class SessionData(Session):
    """The whole session as the API gives it, and its three headline figures under the wire's own names."""

    session_id: UUID
    health_score: float | None
    token_count: int | None


class FrameAuthenticated(Shape):
    """Who the socket is; said again when `role`, the one of now, changes while it is open."""

    type: Literal["authenticated"] = "authenticated"
    protocol: int = 1
    user_id: UUID
    team_id: UUID | None
    role: Role | None


class FrameSubscribed(Shape):
    """`resumed`: what the client holds stays, what it missed follows, and `sessions` is empty."""

    type: Literal["subscribed"] = "subscribed"
    channel: str
    cursor: str
    sessions: list[SessionData]
    truncated: bool
    resumed: bool = False


class FrameSession(Shape):
    """`left` says that the session is no longer among those subscribed to; `data` is then its last known."""

    type: Literal["session_update", "session_created", "session_ended"]
    channel: str
    cursor: str
    data: SessionData
    left: bool = False


class FrameSessionGone(Shape):
    """`session_deleted`, or `session_update` with `left` for one that became another's private matter."""

    type: Literal["session_deleted", "session_update"]
    channel: str
    cursor: str
    data: dict[str, Any]
    left: bool = True


class MemberData(Shape):
    user_id: UUID
    username: str | None
    role: Role | None


class FrameMember(Shape):
    """Who is in the team has changed; `role` is what they are now, `None` when they are in it no more."""

    type: Literal["member_joined", "member_role_changed", "member_left"]
    channel: str
    cursor: str
    data: MemberData


class TeamData(Shape):
    id: UUID
    version: int


class FrameTeam(Shape):
    """The team's name or settings have changed: at this version they are read anew by who shows them."""

    type: Literal["team_updated"] = "team_updated"
    channel: str
    cursor: str
    data: TeamData


class FrameCommand(Shape):
    """How something asked of a session's machine stands now, from the question to its result."""

    type: Literal["command_result"] = "command_result"
    channel: str
    cursor: str
    data: SessionCommand


class FrameInsight(Shape):
    """Something was shared with the team: as its members see it, without a session that is private."""

    type: Literal["insight_shared"] = "insight_shared"
    channel: str
    cursor: str
    data: Insight


class FrameInsightChange(Shape):
    """Text, state, votes or comments of an insight have changed."""

    type: Literal["insight_updated"] = "insight_updated"
    channel: str
    cursor: str
    data: InsightChange


class FrameInsightGone(Shape):
    type: Literal["insight_deleted"] = "insight_deleted"
    channel: str
    cursor: str
    data: InsightGone


class FrameComment(Shape):
    type: Literal["comment_added"] = "comment_added"
    channel: str
    cursor: str
    data: CommentAdded


class NotificationData(Shape):
    """`unread` counts all of the person's. `push`: they want to be told by their browser, too."""

    notification: Notification
    unread: int
    push: bool


class FrameNotification(Shape):
    """Something the person was told, on their own channel alone."""

    type: Literal["notification"] = "notification"
    channel: str
    cursor: str
    data: NotificationData


class NotificationsRead(Shape):
    """`ids` are read now, all where it is `null`; so many are not."""

    ids: list[UUID] | None
    unread: int


class FrameNotificationsRead(Shape):
    """The person has read notifications, perhaps on another screen."""

    type: Literal["notifications_read"] = "notifications_read"
    channel: str
    cursor: str
    data: NotificationsRead


class AlertData(Shape):
    session_id: UUID | None
    alert: Alert


class FrameAlert(Shape):
    """An incident begins, or stands otherwise: `token_warning` of tokens or money, else `health_alert`."""

    type: Literal["health_alert", "token_warning"]
    channel: str
    cursor: str
    data: AlertData


class PresenceData(Shape):
    """`people`: everybody else who looks at the session now, by name; of many the first fifty."""

    session_id: UUID
    people: list[Looker]


class FramePresence(Shape):
    """On `session:` channels: who else has come or gone. It has no cursor: coming back, it is told anew."""

    type: Literal["presence"] = "presence"
    channel: str
    data: PresenceData


class FrameUnsubscribed(Shape):
    type: Literal["unsubscribed"] = "unsubscribed"
    channel: str


class FramePong(Shape):
    type: Literal["pong"] = "pong"


class FrameError(Shape):
    type: Literal["error"] = "error"
    code: str
    detail: str
    channel: str | None = None


class FrameResync(Shape):
    """What was missed cannot be told: a fresh `subscribed` follows."""

    type: Literal["resync"] = "resync"
    channel: str


class FrameBatch(Shape):
    type: Literal["batch"] = "batch"
    frames: list[dict[str, Any]]


SERVER_FRAMES = (
    FrameAuthenticated, FrameSubscribed, FrameSession, FrameSessionGone, FrameMember, FrameTeam,
    FrameCommand, FrameInsight, FrameInsightChange, FrameInsightGone, FrameComment, FrameNotification,
    FrameNotificationsRead, FrameAlert, FramePresence, FrameUnsubscribed, FramePong, FrameError, FrameResync,
    FrameBatch,
)  # fmt: skip


CLIENT_FRAMES = (Auth, Subscribe, Unsubscribe, Ping)


class CloseCode:
    UNAUTHENTICATED = 4401
    FORBIDDEN = 4403
    TOO_SLOW = 4408
    TOO_MANY = 4429
    RESTARTING = 1012
    TOO_BIG = 1009
    NOT_TEXT = 1003
    POLICY = 1008
