"""Everything that leaves the machine, and nothing else: protocol version 1.

A `Report` states what one session *is*: all of its figures are totals, never differences, so that
a report applied twice, late or out of order changes nothing. `(epoch, n)` orders the reports of one
agent: `epoch` is the second its spool was made, `n` counts up within it. `events` alone are partial:
those the server is not known to have; each bears an id, and the newest report of an id wins.

Later versions of this module may only add optional fields.
"""

import re
from bisect import bisect_right
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

BUCKET_SECONDS = 900
MAX_INTEGER = 2**53 - 1
MAX_TOKENS = 10**15
REPORT_BYTES = 256 * 1024
EVENTS_PER_REPORT = 400

# The smallest prompt of each price band: every prompt size at which the price of some model changes.
PROMPT_BANDS = (0, 32_000, 100_001, 128_000, 128_001, 200_001, 252_000, 256_000, 272_001, 512_001)

Tool = Literal[
    "claude-code", "codex", "gemini", "copilot", "opencode", "cursor", "aider", "cline", "roo-code",
    "kilo-code", "qwen", "amp", "other",
]  # fmt: skip
Status = Literal["active", "waiting", "idle", "error", "ended"]
Provenance = Literal["exact", "reported", "billed", "estimated", "unknown"]
Tier = Literal["counts", "metadata", "content"]
EventKind = Literal[
    "prompt", "answer", "tool", "api_error", "compaction", "commit", "pull_request", "subagent", "interrupt",
]  # fmt: skip
Outcome = Literal["ok", "failed", "refused", "interrupted"]

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def no_control(text: str) -> str:
    """Give the text back. Raises `ValueError` when it holds what would harm a terminal or a database."""
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    return text


def _in_utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time needs a zone")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("the time lies outside the years 1 to 9999") from None


Name = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(no_control)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(no_control)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=1024), AfterValidator(no_control)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=128), AfterValidator(no_control)]
Count = Annotated[int, Field(ge=0, le=MAX_INTEGER)]
Tokens = Annotated[int, Field(ge=0, le=MAX_TOKENS)]
Instant = Annotated[datetime, AfterValidator(_in_utc)]


class Fact(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Usage(Fact):
    """Tokens of one model, service tier and price band in the 15 minutes that begin at `at` (UTC).

    `input` never includes cached tokens; `output` includes `reasoning`. `None` is "not recorded".
    `incomplete_calls` are those whose logged output is only a lower bound.
    """

    at: Instant
    model: Name | None
    service_tier: Name = "standard"
    band: Count = 0
    calls: Count
    incomplete_calls: Count = 0
    input: Tokens
    output: Tokens
    cache_read: Tokens
    cache_write_5m: Tokens
    cache_write_1h: Tokens
    reasoning: Tokens | None = None


class ToolUse(Fact):
    name: Name
    calls: Count
    errors: Count


class FileChange(Fact):
    """All edits of one file; lines are `None` where the tool does not record them."""

    path: Path
    change: Literal["added", "updated", "deleted", "moved"]
    edits: Count
    added: Count | None
    removed: Count | None
    last_at: Instant


class Commit(Fact):
    sha: Key
    branch: Name | None
    subject: Line | None
    at: Instant


class PullRequest(Fact):
    number: Count | None
    url: Path
    repository: Name | None
    at: Instant


class SubAgent(Fact):
    id: Key
    kind: Name | None
    model: Name | None
    status: Name | None
    tool_calls: Count
    tokens: Tokens | None
    started_at: Instant | None
    last_activity_at: Instant | None


class Memory(Fact):
    """An instruction file that the session's tool reads; never its content."""

    name: Path
    scope: Literal["user", "project", "local"]
    bytes: Count
    lines: Count
    modified_at: Instant


class Event(Fact):
    """One step of the timeline. `lane` names the sub-agent it ran in, `None` is the session itself.

    `detail` is a path, a commit's subject or the like; a person's words only at tier `content`.
    """

    id: Key
    at: Instant
    kind: EventKind
    lane: Key | None = None
    name: Name | None = None
    outcome: Outcome | None = None
    category: Name | None = None
    duration_ms: Count | None = None
    tokens: Tokens | None = None
    context_used: Tokens | None = None
    detail: Line | None = None


class Session(Fact):
    """What a session is, as far as its tool records it; `None` is "not recorded", never zero.

    `total_tokens` is given only where a tool knows no more than a sum; then `usage` is empty.
    `health_score` is given only by a script that judges for itself; otherwise the server works it out.
    """

    tool: Tool
    native_id: Key
    parent_native_id: Key | None = None
    tool_version: Name | None = None
    title: Line | None = None
    title_source: Literal["tool", "prompt", "place"] | None = None
    project: Name | None = None
    directory: Path | None = None
    repository: Name | None = None
    branch: Name | None = None
    hostname: Name | None = None
    model: Name | None = None
    status: Status
    status_reason: Line | None = None
    status_source: Literal["registry", "transcript", "process", "age"] | None = None
    started_at: Instant | None
    last_activity_at: Instant | None
    ended_at: Instant | None = None
    active_seconds: Count | None = None
    provenance: Provenance
    incomplete_calls: Count = 0
    context_used: Tokens | None = None
    context_window: Tokens | None = None
    user_messages: Count | None
    assistant_messages: Count | None
    tool_calls: Count | None
    errors: Count | None
    refusals: Count | None
    api_errors: Count | None
    compactions: Count | None
    longest_repeat: Count | None = None
    skipped_lines: Count = 0
    total_tokens: Tokens | None = None
    health_score: Annotated[float, Field(ge=0, le=100)] | None = None
    usage: Annotated[tuple[Usage, ...], Field(max_length=4000, strict=False)] = ()
    tools: Annotated[tuple[ToolUse, ...], Field(max_length=300, strict=False)] = ()
    error_categories: Annotated[dict[Name, Count], Field(max_length=50)] = Field(default_factory=dict)
    files: Annotated[tuple[FileChange, ...], Field(max_length=500, strict=False)] = ()
    files_changed: Count | None = None
    commits: Annotated[tuple[Commit, ...], Field(max_length=200, strict=False)] = ()
    pull_requests: Annotated[tuple[PullRequest, ...], Field(max_length=50, strict=False)] = ()
    subagents: Annotated[tuple[SubAgent, ...], Field(max_length=200, strict=False)] = ()
    memories: Annotated[tuple[Memory, ...], Field(max_length=100, strict=False)] = ()


class Report(Fact):
    """One session's facts; over AMQP one message. At most `REPORT_BYTES` as JSON."""

    v: Literal[1] = 1
    kind: Literal["report"] = "report"
    epoch: Count
    n: Count
    sent_at: Instant
    tier: Tier
    session: Session
    events: Annotated[tuple[Event, ...], Field(max_length=EVENTS_PER_REPORT, strict=False)] = ()


class Heartbeat(Fact):
    """Says that the agent lives when no report does."""

    v: Literal[1] = 1
    kind: Literal["heartbeat"] = "heartbeat"
    sent_at: Instant


class ReportBatch(Fact):
    """The body of `POST /api/sessions/sync`; empty `reports` are a heartbeat."""

    v: Literal[1] = 1
    agent_id: Key
    sent_at: Instant
    reports: Annotated[tuple[Report, ...], Field(max_length=500, strict=False)] = ()


class Position(Fact):
    """The highest `(epoch, n)` that the server knows of an agent."""

    epoch: Count
    n: Count


class Rejected(Fact):
    index: Count
    code: Key
    detail: str


class BatchAnswer(Fact):
    """The 202 of a sync: every report not in `rejected` will not be lost."""

    accepted: Count
    rejected: Annotated[tuple[Rejected, ...], Field(strict=False)] = ()
    last_report: Position | None = None


class Hello(Fact):
    """The body of `POST /api/agents`."""

    machine_id: Key
    hostname: Name
    os: Name
    version: Name


class Welcome(BaseModel):
    """The server's answer to `Hello`; fields of newer servers are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    agent_id: str
    team_id: str
    user_id: str
    last_report: Position | None = None
    routing_key: str
    command_queue: str
    command_key: str


def prompt_band(prompt_tokens: int) -> int:
    """The price band of a call: the smallest prompt size of the band `prompt_tokens` lies in."""
    return PROMPT_BANDS[bisect_right(PROMPT_BANDS, max(prompt_tokens, 0)) - 1]


def bucket_start(at: datetime) -> datetime:
    """The start of the 15-minute UTC bucket that holds `at`."""
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % BUCKET_SECONDS, UTC)
