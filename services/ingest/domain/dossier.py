"""A whole session: all that is known of it, with all of its parts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from llm_session_manager import protocol
from services.contracts.health import Factor
from services.contracts.prices import dollars
from services.contracts.sessions import Instant, Session, Shape
from services.ingest.domain.views import Row, fact, from_json, session_view
from services.ingest.domain.vitals import assess_row


class Step(Shape):
    """15 minutes from `at`, of one model, service tier and price band; `cost_usd` at API prices."""

    at: Instant
    model: str | None
    service_tier: str
    band: int
    calls: int
    incomplete_calls: int
    input: int
    output: int
    cache_read: int
    cache_write_5m: int
    cache_write_1h: int
    reasoning: int | None
    cost_usd: float | None


class Sample(Shape):
    at: Instant
    health_score: float | None
    context_used: int | None


class Dossier(Shape):
    """`events` are in the order of time; where there were too many the earliest are left out."""

    v: Literal[1] = 1
    kind: Literal["session"] = "session"
    exported_at: Instant
    session: Session
    factors: list[Factor]
    samples: list[Sample]
    usage: list[Step]
    tools: list[protocol.ToolUse]
    error_categories: dict[str, int]
    files: list[protocol.FileChange]
    commits: list[protocol.Commit]
    pull_requests: list[protocol.PullRequest]
    memories: list[protocol.Memory]
    sub_agents: list[protocol.SubAgent]
    events: list[protocol.Event]
    events_left_out: bool


def make_dossier(
    row: Row, parts: Mapping[str, Sequence[Row]], settings: Mapping[str, Any], now: datetime, most_events: int
) -> Dossier:
    """`parts` are rows by their list's name; events newest first, one too many where there are more."""
    events = parts["events"][:most_events]
    return Dossier(
        exported_at=now,
        session=session_view(row),
        factors=list(assess_row(row, settings, row["updated_at"]).factors),
        samples=[Sample(**{name: one[name] for name in Sample.model_fields}) for one in parts["samples"]],
        usage=[_step(one) for one in parts["usage"]],
        tools=[protocol.ToolUse(**one) for one in row["tools"]],
        error_categories=row["error_categories"],
        files=[fact(protocol.FileChange, one) for one in parts["files"]],
        commits=[fact(protocol.Commit, one) for one in parts["commits"]],
        pull_requests=[from_json(protocol.PullRequest, one) for one in row["pull_requests"]],
        memories=[fact(protocol.Memory, one) for one in parts["memories"]],
        sub_agents=[from_json(protocol.SubAgent, one) for one in row["subagents"]],
        events=[from_json(protocol.Event, one["body"]) for one in reversed(events)],
        events_left_out=len(parts["events"]) > most_events,
    )


def file_name(session: Session, ending: str) -> str:
    """A name made of what is ours alone: nothing that somebody wrote is in it."""
    day = (session.started_at or session.updated_at).date().isoformat()
    return f"session-{session.tool}-{day}-{str(session.id)[:8]}.{ending}"


def _step(row: Row) -> Step:
    known = {name: row[name] for name in Step.model_fields if name in row}
    return Step(**known | {"model": row["model"] or None, "cost_usd": dollars(row["cost_pico"])})
