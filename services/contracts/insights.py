"""An insight and what is said to it, as API and frames give them, and what is told of it on the bus."""

from typing import Literal
from uuid import UUID

from services.contracts.sessions import Instant, Shape

INSIGHT_SHARED = "insight.shared"
INSIGHT_DELETED = "insight.deleted"
InsightType = Literal["learning", "pattern", "recommendation"]
InsightState = Literal["proposed", "accepted", "retired"]
InsightOrigin = Literal["person", "detected"]


class EvidenceSession(Shape):
    id: UUID
    title: str | None


class InsightEvidence(Shape):
    """What a rule found: `statistic` says what the `numbers` are. `sessions` are those the reader may see."""

    rule: str
    statistic: str
    numbers: dict[str, float]
    sessions: list[EvidenceSession]
    explanation: str


class Insight(Shape):
    """What somebody has learnt, or a rule has found. `content` is Markdown.

    `session_id`, `session_title` and `moment`, an event of the session's timeline, are `null` to a reader who
    may not see that session. `shared_by` is `null` where a rule found it, or a former member shared it.
    """

    id: UUID
    type: InsightType
    title: str
    content: str
    tags: list[str]
    state: InsightState
    origin: InsightOrigin
    session_id: UUID | None
    session_title: str | None
    moment: str | None
    shared_by: UUID | None
    username: str | None
    upvotes: int
    voted: bool
    comments: int
    evidence: InsightEvidence | None
    version: int
    created_at: Instant
    updated_at: Instant


class InsightMention(Shape):
    user_id: UUID
    username: str


class InsightComment(Shape):
    """`deleted`: it had answers, and its place stays, empty. `user_id` is `null` then, and of former ones."""

    id: UUID
    parent_id: UUID | None
    user_id: UUID | None
    username: str | None
    content: str
    mentions: list[InsightMention]
    deleted: bool
    edited: bool
    version: int
    created_at: Instant
    updated_at: Instant


class InsightChange(Shape):
    """How an insight stands now, whatever has changed. The highest `revision` is the newest."""

    insight_id: UUID
    revision: int
    version: int
    type: InsightType
    title: str
    tags: list[str]
    state: InsightState
    upvotes: int
    comments: int
    updated_at: Instant


class InsightGone(Shape):
    insight_id: UUID


class CommentAdded(Shape):
    insight_id: UUID
    comment: InsightComment


class InsightShared(Shape):
    """Somebody (`user_id`), or a rule (`null`), has shared an insight with the team."""

    v: Literal[1] = 1
    kind: Literal["insight.shared"] = "insight.shared"
    team_id: UUID
    user_id: UUID | None
    insight_id: UUID
    origin: InsightOrigin
    at: Instant


class InsightDeleted(Shape):
    """An insight is gone; `user_id` is whose it was."""

    v: Literal[1] = 1
    kind: Literal["insight.deleted"] = "insight.deleted"
    team_id: UUID
    user_id: UUID | None
    insight_id: UUID
    origin: InsightOrigin
    at: Instant
