"""From rows to what others see."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from llm_session_manager import protocol
from services.contracts.prices import dollars
from services.contracts.sessions import Health, Messages, Session, SessionState, Tokens

Row = Mapping[str, Any]
Model = TypeVar("Model", bound=protocol.Fact)

SAME_NAME = (
    "id", "native_id", "tool", "tool_version", "project", "repository", "branch", "hostname", "user_id",
    "model", "status", "status_reason", "visibility", "team_id", "shared_at", "shared_until", "parent_id",
    "agent_id", "version", "note", "provenance", "incomplete_calls", "unpriced_models", "tool_calls",
    "errors", "refusals", "api_errors", "compactions", "files_changed", "tier", "demo", "started_at",
    "last_activity_at", "ended_at", "updated_at",
)  # fmt: skip


def session_view(row: Row) -> Session:
    """`row` is a session's columns and its owner's `username`."""
    scored = row["health_score"] is not None
    return Session(
        **{name: row[name] for name in SAME_NAME},
        username=row["username"] or "unknown",
        title=row["own_title"] or row["title"],
        tags=list(row["tags"]),
        health=Health(
            score=row["health_score"], grade=row["health_grade"], top_reason=row["health_reason"]
        ) if scored else None,
        tokens=Tokens(
            input=row["input_tokens"],
            output=row["output_tokens"],
            cache_read=row["cache_read_tokens"],
            cache_write=row["cache_write_tokens"],
            reasoning=row["reasoning_tokens"],
            total=row["total_tokens"],
            context_used=row["context_used"],
            context_window=row["context_window"],
        ),
        cost_usd=dollars(row["cost_pico"]),
        cost_basis="api_equivalent",
        messages=Messages(user=row["user_messages"], assistant=row["assistant_messages"]),
        commits=row["commit_count"],
    )  # fmt: skip


def state_view(row: Row, children: Mapping[str, Iterable[Row]], events: Iterable[Row] = ()) -> SessionState:
    """`children` maps a table's name to this session's rows of it."""
    return SessionState(
        session=session_view(row),
        usage=tuple(usage_view(one) for one in children.get("session_usage", ())),
        tools=tuple(protocol.ToolUse(**one) for one in row["tools"]),
        error_categories=row["error_categories"],
        files=tuple(fact(protocol.FileChange, one) for one in children.get("session_files", ())),
        commits=tuple(fact(protocol.Commit, one) for one in children.get("session_commits", ())),
        pull_requests=tuple(from_json(protocol.PullRequest, one) for one in row["pull_requests"]),
        subagents=tuple(from_json(protocol.SubAgent, one) for one in row["subagents"]),
        memories=tuple(fact(protocol.Memory, one) for one in children.get("session_memories", ())),
        events=tuple(from_json(protocol.Event, one["body"]) for one in events),
        longest_repeat=row["longest_repeat"],
    )


def reported_view(
    row: Row, facts: protocol.Session, usage: Iterable[protocol.Usage], events: Iterable[Row] = ()
) -> SessionState:
    """What `state_view` makes of the rows that this report led to; `usage` is what counts of its own."""
    return SessionState(
        session=session_view(row),
        usage=_last(usage, lambda one: (one.at, one.model, one.service_tier, one.band)),
        tools=facts.tools,
        error_categories=facts.error_categories,
        files=_last(facts.files, lambda one: one.path),
        commits=_last(facts.commits, lambda one: one.sha),
        pull_requests=facts.pull_requests,
        subagents=facts.subagents,
        memories=_last(facts.memories, lambda one: one.name),
        events=tuple(from_json(protocol.Event, one["body"]) for one in events),
        longest_repeat=facts.longest_repeat,
    )


def _last(members: Iterable[Model], key: Callable[[Model], Any]) -> tuple[Model, ...]:
    """The members of a list that are stored: the last of each key."""
    return tuple({key(one): one for one in members}.values())


def usage_view(row: Row) -> protocol.Usage:
    return fact(protocol.Usage, {**row, "model": row["model"] or None})


def fact(model: type[Model], row: Row) -> Model:
    return model(**{name: row[name] for name in model.model_fields})


def from_json(model: type[Model], value: Mapping[str, Any]) -> Model:
    return model.model_validate(value, strict=False)
