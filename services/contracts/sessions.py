"""A session as everybody but its agent sees it: the API's shape, and the state on the bus."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from llm_session_manager import protocol

Visibility = Literal["private", "team", "public"]
Grade = Literal["good", "warning", "critical"]
CostBasis = Literal["api_equivalent", "billed"]
# The reason of a status that is not what was reported last, but what silence makes of it.
UNHEARD = "its machine is not heard from"


def instant_text(at: datetime) -> str:
    """ISO 8601 in UTC with `Z`; a fraction only where there is one, in milliseconds where that is exact."""
    exact = "milliseconds" if at.microsecond and at.microsecond % 1000 == 0 else "auto"
    return at.isoformat(timespec=exact).replace("+00:00", "Z")


Instant = Annotated[
    protocol.Instant, PlainSerializer(instant_text, return_type=str, when_used="json-unless-none")
]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Health(Shape):
    score: float = Field(ge=0, le=100)
    grade: Grade
    top_reason: str


class Tokens(Shape):
    """`input` excludes cached tokens; `total` = input + output + cache_read + cache_write."""

    input: int | None
    output: int | None
    cache_read: int | None
    cache_write: int | None
    reasoning: int | None
    total: int | None
    context_used: int | None
    context_window: int | None


class Messages(Shape):
    user: int | None
    assistant: int | None


class Session(Shape):
    """A session; what is not known is `null`, never 0. Money is USD at API prices: list or own."""

    id: UUID
    native_id: str
    tool: protocol.Tool
    tool_version: str | None
    title: str | None
    project: str | None
    repository: str | None
    branch: str | None
    hostname: str | None
    user_id: UUID
    username: str
    model: str | None
    status: protocol.Status
    status_reason: str | None
    visibility: Visibility
    team_id: UUID
    shared_at: Instant | None
    shared_until: Instant | None = None
    parent_id: UUID | None
    agent_id: UUID | None
    version: int
    tags: list[str]
    note: str | None
    health: Health | None
    tokens: Tokens
    cost_usd: float | None
    cost_basis: CostBasis
    provenance: protocol.Provenance
    incomplete_calls: int
    unpriced_models: list[str]
    messages: Messages
    tool_calls: int | None
    errors: int | None
    refusals: int | None
    api_errors: int | None
    compactions: int | None
    files_changed: int | None
    commits: int | None
    tier: protocol.Tier | None
    demo: bool
    started_at: Instant | None
    last_activity_at: Instant | None
    ended_at: Instant | None
    updated_at: Instant


class SessionState(Shape):
    """One session on the bus: all that any consumer may want, so that nobody has to ask back.

    `events` are those of the reports that led to this state; everything else is complete. `longest_repeat` is
    how often the same call was made in a row.
    """

    session: Session
    usage: tuple[protocol.Usage, ...] = ()
    tools: tuple[protocol.ToolUse, ...] = ()
    error_categories: dict[str, int] = Field(default_factory=dict)
    files: tuple[protocol.FileChange, ...] = ()
    commits: tuple[protocol.Commit, ...] = ()
    pull_requests: tuple[protocol.PullRequest, ...] = ()
    subagents: tuple[protocol.SubAgent, ...] = ()
    memories: tuple[protocol.Memory, ...] = ()
    events: tuple[protocol.Event, ...] = ()
    longest_repeat: int | None = None


class SessionStates(Shape):
    """The body of `session.state`: up to 100 states of one team. `version` of a session orders them."""

    v: Literal[1] = 1
    kind: Literal["session.state"] = "session.state"
    team_id: UUID
    sent_at: Instant
    states: tuple[SessionState, ...]


class SessionDeleted(Shape):
    """The body of `session.deleted`: forget the session, and take back no state of up to `version`."""

    v: Literal[1] = 1
    kind: Literal["session.deleted"] = "session.deleted"
    team_id: UUID
    user_id: UUID
    session_id: UUID
    version: int
    at: Instant
