"""From a report to the row of its session."""

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from llm_session_manager.protocol import Report, Session, bucket_start
from services.ingest.domain.identity import Sender, session_id
from services.ingest.domain.paths import repository_path
from services.ingest.domain.presence import Silence, presence
from services.ingest.domain.reports import Received
from services.ingest.domain.totals import Priced, cost_of, sum_up
from services.ingest.domain.vitals import health_of_row, score_of_row

Row = dict[str, Any]

SAME_NAME = (
    "tool_version", "title", "project", "repository", "branch", "hostname", "model", "provenance",
    "incomplete_calls", "context_used", "context_window", "user_messages", "assistant_messages", "tool_calls",
    "errors", "refusals", "api_errors", "compactions", "active_seconds", "longest_repeat", "started_at",
    "last_activity_at",
)  # fmt: skip

_SAME = attrgetter(*SAME_NAME)
UNKNOWN = -1

# What a new session begins with and its owner may change: a report never touches these.
OWN = ("own_title", "note", "tags", "visibility", "shared_at", "shared_until", "visibility_after")


def received_row(
    key: UUID,
    received: Received,
    report: Report,
    priced: tuple[Priced, ...],
    existing: Mapping[str, Any] | None,
    settings: Mapping[str, Any],
    now: datetime,
) -> Row:
    """Make the whole row that this report states, its owner's own columns kept from `existing`.

    `key` is the session's id, `priced` the usage that counts.
    """
    sender, facts = received.sender, report.session
    row: Row = _same(facts)
    row |= _identity(key, sender, report)
    row |= _own(existing, settings, now)
    row |= _tokens(priced, facts)
    row |= {
        "version": (existing["version"] if existing else 0) + 1,
        "tier": report.tier,
        "files_changed": facts.files_changed if facts.files_changed is not None else len(facts.files) or None,
        # Whoever knows a session's tool calls knows its commits.
        "commit_count": None if facts.tool_calls is None else len(facts.commits),
        "tools": [tool.model_dump() for tool in facts.tools],
        "error_categories": dict(facts.error_categories),
        "pull_requests": [request.model_dump(mode="json") for request in facts.pull_requests],
        "subagents": [agent.model_dump(mode="json") for agent in facts.subagents],
        "reported_status": facts.status,
        "reported_reason": facts.status_reason,
        "reported_at": now,
        "deleted_at": None,
        "given_health": facts.health_score,
        "demo": bool(settings.get("demo")),
    }
    return settle(row, Silence.HEARD, facts.ended_at, settings, now)


def settle(
    row: Mapping[str, Any],
    silence: Silence,
    ended_at: datetime | None,
    settings: Mapping[str, Any],
    now: datetime,
) -> Row:
    """Work out what follows from the row itself: status as seen, health, and the times it sorts by."""
    seen = presence(
        silence, row["reported_status"], row["reported_reason"], row["last_activity_at"], ended_at
    )
    settled: Row = {
        **row,
        "silence": int(silence),
        "status": seen.status,
        "status_reason": seen.reason,
        "ended_at": seen.ended_at,
        "updated_at": now,
        # A clock that is ahead puts nothing above what happens now.
        "sort_at": min(row["last_activity_at"] or row["started_at"] or now, now),
    }
    health = health_of_row(settled, settings, now)
    settled["health_score"] = health.score if health else None
    settled["health_grade"] = health.grade if health else None
    settled["health_reason"] = health.top_reason[:200] if health else None
    return settled | sorted_by(settled)


def sorted_by(row: Mapping[str, Any]) -> Row:
    """What is not known comes last where the most comes first."""
    return {
        "sort_started_at": row["started_at"] or row["sort_at"],
        "sort_tokens": UNKNOWN if row["total_tokens"] is None else row["total_tokens"],
        "sort_cost": UNKNOWN if row["cost_pico"] is None else row["cost_pico"],
        "sort_health": float(UNKNOWN) if row["health_score"] is None else row["health_score"],
    }


def _same(facts: Session) -> Row:
    return dict(zip(SAME_NAME, _SAME(facts), strict=True))


def _identity(key: UUID, sender: Sender, report: Report) -> Row:
    facts = report.session
    parent = facts.parent_native_id
    return {
        "id": key,
        "team_id": sender.team_id,
        "user_id": sender.user_id,
        "agent_id": sender.agent_id,
        "tool": facts.tool,
        "native_id": facts.native_id,
        "parent_id": session_id(sender.team_id, sender.user_id, facts.tool, parent) if parent else None,
        "epoch": report.epoch,
        "n": report.n,
    }


def _own(existing: Mapping[str, Any] | None, settings: Mapping[str, Any], now: datetime) -> Row:
    if existing is not None:
        return {name: existing[name] for name in OWN}
    shared = settings.get("default_visibility") == "team"
    return {
        "own_title": None,
        "note": None,
        "tags": [],
        "visibility": "team" if shared else "private",
        "shared_at": now if shared else None,
        "shared_until": None,
        "visibility_after": None,
    }


def _tokens(priced: tuple[Priced, ...], facts: Session) -> Row:
    known = facts.provenance != "unknown"
    totals = sum_up(priced)
    counted = facts.total_tokens is None
    return {
        "input_tokens": totals.input if known and counted else None,
        "output_tokens": totals.output if known and counted else None,
        "cache_read_tokens": totals.cache_read if known and counted else None,
        "cache_write_tokens": totals.cache_write if known and counted else None,
        "reasoning_tokens": totals.reasoning if known else None,
        "total_tokens": (totals.total if counted else facts.total_tokens) if known else None,
    } | cost_of(totals, counted=known and counted)


def usage_rows(session: UUID, team_id: UUID, priced: tuple[Priced, ...]) -> list[Row]:
    return [
        {
            "session_id": session,
            "team_id": team_id,
            **vars(each.usage),
            "model": each.usage.model or "",
            "cost_pico": each.cost_pico,
        }
        for each in priced
    ]


def child_rows(session: UUID, team_id: UUID, facts: Session) -> dict[str, list[Row]]:
    """Rows of the complete lists a report carries, by table name."""
    key = {"session_id": session, "team_id": team_id}
    return {
        "session_files": [
            {**key, **one.model_dump(), "repository_path": repository_path(one.path, facts)}
            for one in facts.files
        ],
        "session_commits": [{**key, **one.model_dump()} for one in facts.commits],
        "session_memories": [{**key, **one.model_dump()} for one in facts.memories],
    }


def sample_row(session: UUID, team_id: UUID, report: Report, settings: Mapping[str, Any]) -> Row:
    """How the session was in the 15 minutes of its last activity, judged at the report's own time.

    It follows from the report alone, so that reports in any order leave the same samples.
    """
    facts = report.session
    row = _same(facts)
    row |= {"status": facts.status, "given_health": facts.health_score}
    return {
        "session_id": session,
        "at": bucket_start(facts.last_activity_at or facts.started_at or report.sent_at),
        "team_id": team_id,
        "epoch": report.epoch,
        "n": report.n,
        "health_score": score_of_row(row, settings, report.sent_at),
        "context_used": facts.context_used,
    }


def event_rows(session: UUID, team_id: UUID, report: Report) -> list[Row]:
    return [
        {
            "session_id": session,
            "event_id": event.id,
            "team_id": team_id,
            "epoch": report.epoch,
            "n": report.n,
            "at": event.at,
            "kind": event.kind,
            "body": event.model_dump(mode="json", exclude_none=True),
        }
        for event in report.events
    ]
