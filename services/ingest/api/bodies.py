"""What callers may send, and the shapes of ingest's own answers."""

import re
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from llm_session_manager import protocol
from llm_session_manager.protocol import no_control
from services.contracts.commands import SessionCommand
from services.contracts.health import Factor
from services.contracts.sessions import Grade, Instant, Session, Shape, Visibility
from services.ingest.domain.scripts import Body

ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]")
Tag = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50), AfterValidator(no_control)
]


def _iso(value: object) -> object:
    # Where types are not strict a number would count as seconds since 1970.
    if not isinstance(value, str) or not ISO.match(value):
        raise ValueError("is no ISO 8601 time")
    return value


InstantIn = Annotated[protocol.Instant, Field(strict=False), BeforeValidator(_iso)]
Note = Annotated[str, StringConstraints(min_length=1, max_length=4000), AfterValidator(no_control)]


class SessionChange(Body):
    """Only the fields given are changed; `null` takes a title or note away."""

    title: protocol.Line | None = None
    tags: Annotated[list[Tag], Field(max_length=20)] | None = None
    visibility: Visibility | None = None
    note: Note | None = None


class SessionPage(Shape):
    items: list[Session]
    next_cursor: str | None


class HealthPoint(Shape):
    at: Instant
    score: float


class Evidence(Shape):
    """The event of the timeline that a factor comes from: the latest of what it counts."""

    id: str
    at: Instant
    kind: protocol.EventKind


class ExplainedFactor(Factor):
    event: Evidence | None


class HealthDetail(Shape):
    """`score` and `grade` are `null` while nothing is known to judge by."""

    score: float | None
    grade: Grade | None
    factors: list[ExplainedFactor]
    history: list[HealthPoint]


class EventPage(Shape):
    items: list[protocol.Event]
    next_cursor: str | None


class UsagePoint(Shape):
    """15 minutes from `at`; `cost_usd` is `null` where a model has no known price."""

    at: Instant
    input: int
    output: int
    cache_read: int
    cache_write: int
    context_used: int | None
    cost_usd: float | None


class UsageSeries(Shape):
    items: list[UsagePoint]
    next_cursor: None = None


class CommitPage(Shape):
    items: list[protocol.Commit]
    next_cursor: None = None


class FilePage(Shape):
    items: list[protocol.FileChange]
    next_cursor: None = None


class MemoryPage(Shape):
    items: list[protocol.Memory]
    next_cursor: None = None


class ToolList(Shape):
    """What else is known of a session's work."""

    tools: list[protocol.ToolUse]
    error_categories: dict[str, int]
    pull_requests: list[protocol.PullRequest]
    subagents: list[protocol.SubAgent]


class Machine(Shape):
    """`commands` are those its agent takes, `null` where that never said; `admin_commands`: admins' too."""

    id: UUID
    hostname: str
    user_id: UUID
    username: str
    os: str
    version: str
    last_seen_at: Instant
    online: bool
    commands: list[protocol.CommandKind] | None
    admin_commands: bool


class MachinePage(Shape):
    items: list[Machine]
    next_cursor: str | None


class CommandAsked(Body):
    kind: protocol.CommandKind


class CommandPage(Shape):
    items: list[SessionCommand]
    next_cursor: str | None


class Accepted(Shape):
    """The answer of a sync; every report not in `rejected` will not be lost."""

    accepted: int
    rejected: list[protocol.Rejected]
    last_report: protocol.Position | None


SortKey = Literal[
    "last_activity_at", "-last_activity_at", "updated_at", "-updated_at", "started_at", "-started_at",
    "tokens", "-tokens", "cost", "-cost", "health", "-health",
]  # fmt: skip
