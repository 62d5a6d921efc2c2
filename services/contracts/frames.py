"""What a browser and the gateway say to each other, one JSON object a message."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from llm_session_manager.protocol import Name, Status, Tool
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
    FrameAuthenticated, FrameSubscribed, FrameSession, FrameSessionGone, FrameUnsubscribed, FramePong,
    FrameError, FrameResync, FrameBatch,
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
