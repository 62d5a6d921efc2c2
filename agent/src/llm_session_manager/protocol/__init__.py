"""Everything that leaves the machine, and nothing else: protocol version 1.

A `Report` states what one session *is*: all of its figures are totals, never differences, so that
a report applied twice, late or out of order changes nothing. `(epoch, n)` orders the reports of one
agent: `epoch` is the second its spool was made, `n` counts up within it. `events` alone are partial:
those the server is not known to have; each bears an id, and the newest report of an id wins.

Later versions of this module may only add optional fields.
"""

from bisect import bisect_right
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from llm_session_manager.protocol.values import (
    MAX_INTEGER,
    MAX_TOKENS,
    Count,
    Fact,
    Instant,
    Key,
    Line,
    Name,
    Path,
    Tokens,
    no_control,
)

__all__ = [
    "MAX_INTEGER", "MAX_TOKENS", "Count", "Fact", "Instant", "Key", "Line", "Name", "Path", "Tokens",
    "no_control",
]  # fmt: skip

BUCKET_SECONDS = 900
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
CommandKind = Literal["close", "export", "refresh"]


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


class Position(Fact):
    """The highest `(epoch, n)` that the server knows of an agent."""

    epoch: Count
    n: Count


class ReportBatch(Fact):
    """The body of `POST /api/sessions/sync`; empty `reports` are a heartbeat.

    `begins` is the number of its first report, from a sender who never sent one as high before: where the
    server knows as high a one, another copy of the spool is at work, and the answer is 409 `spool_conflict`.
    """

    v: Literal[1] = 1
    agent_id: Key
    sent_at: Instant
    begins: Position | None = None
    reports: Annotated[tuple[Report, ...], Field(max_length=500, strict=False)] = ()


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
    """The body of `POST /api/agents`. `commands` are those it takes, `None` where it does not say."""

    machine_id: Key
    hostname: Name
    os: Name
    version: Name
    commands: Annotated[tuple[CommandKind, ...], Field(max_length=3, strict=False)] | None = None
    admin_commands: bool = False


class Welcome(BaseModel):
    """The server's answer to `Hello`; fields of newer servers are ignored.

    `most` is the highest capture tier that the team takes in.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    agent_id: str
    team_id: str
    user_id: str
    last_report: Position | None = None
    routing_key: str
    command_queue: str
    command_key: str
    most: Tier = "content"


def prompt_band(prompt_tokens: int) -> int:
    """The price band of a call: the smallest prompt size of the band `prompt_tokens` lies in."""
    return PROMPT_BANDS[bisect_right(PROMPT_BANDS, max(prompt_tokens, 0)) - 1]


def bucket_start(at: datetime) -> datetime:
    """The start of the 15-minute UTC bucket that holds `at`."""
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % BUCKET_SECONDS, UTC)
