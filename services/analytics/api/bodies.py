"""The shapes of analytics' answers. Money is USD at API prices; what is not known is `null`, never 0."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from llm_session_manager.protocol import Status, Tool
from services.contracts.budgets import BudgetScope, BudgetUnit
from services.contracts.sessions import CostBasis, Grade, Instant, Shape, Visibility

Metric = Literal["tokens", "cost", "sessions", "health", "errors"]
Bucket = Literal["hour", "day", "week"]
TokenKind = Literal["input", "output", "cache_read", "cache_write", "total"]
Dimension = Literal["user", "tool", "model", "project", "tag"]
Grouping = Literal["user", "tool", "model", "project", "tag", "kind"]


class TokenSums(Shape):
    """`total` = input + output + cache_read + cache_write, and sessions of which only a sum is known."""

    input: int | None
    output: int | None
    cache_read: int | None
    cache_write: int | None
    reasoning: int | None
    total: int | None


class Range(Shape):
    """From `from`, inclusive, to `to`, exclusive; both at a quarter of an hour."""

    from_: Instant = Field(serialization_alias="from")
    to: Instant


class Figures(Range):
    """`cost_usd` is that of the models with a known price; `unpriced_models` have none.

    Errors, tool calls, commits and health are of the sessions that began in the range.
    """

    excludes_private: bool
    sessions: int
    active_sessions: int | None
    members: int
    tokens: TokenSums
    cost_usd: float | None
    cost_basis: CostBasis
    unpriced_models: list[str]
    average_health: float | None
    sessions_per_member: float | None
    token_efficiency: float | None
    output_per_uncached: float | None
    cost_per_commit: float | None
    commits: int | None
    tool_calls: int | None
    errors: int | None


class TeamFigures(Figures):
    tz: str
    as_of: Instant
    previous: Figures


class HealthDistribution(Shape):
    """Sessions by grade, cut where the team says; `unknown` have no score."""

    good: int
    warning: int
    critical: int
    unknown: int


class TagCount(Shape):
    tag: str
    sessions: int


class PersonFigures(Range):
    """Of the sessions that the reader may see."""

    sessions: int
    tokens: TokenSums
    cost_usd: float | None
    average_duration_s: float | None
    average_health: float | None
    health_distribution: HealthDistribution
    top_tags: list[TagCount]
    insights_shared: int


class UserFigures(PersonFigures):
    user_id: UUID
    username: str
    tz: str
    as_of: Instant
    previous: PersonFigures


class SessionFigures(Shape):
    """A session; `tokens` and `cost_usd` are what it used within the range."""

    id: UUID
    title: str | None
    user_id: UUID
    username: str
    tool: Tool
    project: str | None
    repository: str | None
    model: str | None
    status: Status
    visibility: Visibility
    tags: list[str]
    started_at: Instant | None
    last_activity_at: Instant | None
    duration_s: int | None
    health_score: float | None
    grade: Grade | None
    tokens: TokenSums
    cost_usd: float | None
    errors: int | None
    commits: int | None


class SessionFiguresPage(Shape):
    items: list[SessionFigures]
    next_cursor: str | None
    excludes_private: bool


class Series(Shape):
    """`values` are one for each bucket. `private`: the one series of others' private sessions."""

    key: str
    label: str
    private: bool
    values: list[float | int | None]
    total: float | int | None


class PeakHours(Shape):
    """Seven days, Monday first, of 24 hours each."""

    metric: Metric
    values: list[list[float | int | None]]


class ErrorPattern(Shape):
    """Failed calls of one category and tool; `null` where sessions do not say which.

    `first_seen_at` and `last_seen_at` are when the first of the sessions began and the last was active.
    """

    category: str | None
    tool: str | None
    count: int
    sessions: int
    first_seen_at: Instant
    last_seen_at: Instant
    example_session_id: UUID | None


class Trends(Range):
    """`buckets` are the beginnings of the buckets; `unfinished`: the last of them is not over yet.

    Tags overlap: their series may add up to more, or less, than the team's.
    """

    metric: Metric
    bucket: Bucket
    group_by: Grouping | None
    tz: str
    as_of: Instant
    buckets: list[Instant]
    unfinished: bool
    series: list[Series]
    excludes_private: bool
    peak_hours: PeakHours
    error_patterns: list[ErrorPattern]


class Share(Shape):
    sessions: int
    tokens: TokenSums
    cost_usd: float | None
    average_health: float | None
    errors: int | None


class KeyedShare(Share):
    """`private`: the one row of others' private sessions."""

    key: str
    label: str
    private: bool


class Breakdown(Range):
    """The items add up to `total`, but for tags: a session counts with each of its own."""

    by: Dimension
    tz: str
    as_of: Instant
    items: list[KeyedShare]
    total: Share
    excludes_private: bool


class UserOption(Shape):
    id: UUID
    username: str


class Options(Shape):
    """What the filters may offer: what sessions in the range have that the reader may see."""

    users: list[UserOption]
    tools: list[str]
    projects: list[str]
    models: list[str]
    tags: list[str]


class BudgetItem(Shape):
    """One limit and how far it is used up, in tokens or US dollars.

    `period` is a local day or month of the team's zone, or `session`: then it is the fullest of the reader's
    own sessions of today, `session_id`.
    """

    scope: BudgetScope
    unit: BudgetUnit
    limit: float
    used: float
    percent: float
    period: str
    session_id: UUID | None


class BudgetStandings(Shape):
    """The team's month, and the reader's own day. `excludes_private` is of the month."""

    items: list[BudgetItem]
    as_of: Instant
    tz: str
    excludes_private: bool


class UnpricedModel(Shape):
    """What was used with a model that has no price, or none for some kind of token that was used."""

    model: str
    calls: int
    tokens: int
    sessions: int


class UnpricedModels(Range):
    """Of the sessions that the reader may see; most tokens first."""

    items: list[UnpricedModel]
    tz: str
    as_of: Instant
