"""From a session's state to the facts that analytics keeps of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from llm_session_manager.protocol import Usage
from services.analytics.domain.calendar import HOUR, quarter_of
from services.analytics.domain.told import SessionKept
from services.contracts.prices import MOST_PICO, PriceBook
from services.contracts.sessions import Session

Row = dict[str, Any]

SAME_NAME = (
    "tool", "title", "project", "repository", "model", "tags", "started_at", "ended_at", "cost_basis",
    "provenance", "tool_calls", "errors", "refusals", "api_errors", "compactions", "files_changed", "commits",
    "demo",
)  # fmt: skip
SUMS = ("calls", "incomplete_calls", "unpriced", "input", "output", "cache_read", "cache_write", "total")
PLACES = ("quarter", "hour", "first_quarter", "last_quarter")
DERIVED = (
    "cost_pico", "duration_s", "health_score", "health_points", "user_messages", "assistant_messages",
)  # fmt: skip
KINDS = ("input", "output", "cache_read", "cache_write", "reasoning")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that follows from one state. `session` are the columns beside those of any projection."""

    session: Row
    usage: tuple[Row, ...] = ()
    tags: tuple[Row, ...] = ()
    errors: tuple[Row, ...] = ()


def facts_of(state: SessionKept, book: PriceBook) -> Facts:
    session = state.session
    usage = usage_rows(state, book)
    begun = quarter_of(begun_at(session))
    quarters = [begun, *(row["quarter"] for row in usage)]
    key = {"session_id": session.id, "team_id": session.team_id}
    return Facts(
        session=_columns(session, usage)
        | {
            "quarter": begun,
            "hour": begun // HOUR,
            "first_quarter": min(quarters),
            "last_quarter": max(quarters),
        },
        usage=usage,
        tags=tuple({**key, "tag": tag} for tag in sorted(set(session.tags))),
        errors=tuple({**key, **row} for row in error_rows(state)),
    )


def begun_at(session: Session) -> datetime:
    """When a session began, as far as that is known."""
    return session.started_at or session.last_activity_at or session.updated_at


def usage_rows(state: SessionKept, book: PriceBook) -> tuple[Row, ...]:
    """What was used by quarter and model; where only a sum is known, one row at the last activity."""
    session = state.session
    if session.tokens.total is None:
        return ()
    if session.tokens.input is None:
        at = session.last_activity_at or begun_at(session)
        alone = _empty(session, quarter_of(at), session.model)
        return (alone | dict.fromkeys(KINDS) | {"total": session.tokens.total, "cost_pico": None},)
    rows: dict[tuple[int, str], Row] = {}
    spent = 0
    for use in state.usage:
        quarter = quarter_of(use.at)
        row = rows.setdefault((quarter, use.model or ""), _empty(session, quarter, use.model))
        _add(row, use)
        cost = book.cost(use)
        if cost is None or spent + cost > MOST_PICO:
            row["unpriced"] += max(use.calls, 1)
        else:
            spent += cost
            row["cost_pico"] = (row["cost_pico"] or 0) + cost
    return tuple(rows.values())


def error_rows(state: SessionKept) -> Iterable[Row]:
    """Failed calls by category and tool, each counted once.

    A session tells its failures by category and by tool, not by both: only where there is but one category or
    but one tool is it known which belong together.
    """
    categories = {name: count for name, count in state.error_categories.items() if count}
    tools = {one.name: one.errors for one in state.tools if one.errors}
    if len(categories) == 1 and sum(tools.values()) == sum(categories.values()):
        (category,) = categories
        pairs = {(category, tool): count for tool, count in tools.items()}
    elif categories:
        only = next(iter(tools)) if len(tools) == 1 else ""
        pairs = {(category, only): count for category, count in categories.items()}
    else:
        pairs = {("", tool): count for tool, count in tools.items()}
    first = begun_at(state.session)
    last = max(first, state.session.last_activity_at or first)
    for (category, tool), count in sorted(pairs.items()):
        yield {"category": category, "tool": tool, "count": count, "first_at": first, "last_at": last}


def nothing_left() -> Row:
    """What stays of a deleted session beside its tombstone: nothing."""
    return dict.fromkeys((*SAME_NAME, *KINDS, "total", *PLACES, *DERIVED))


def _columns(session: Session, usage: Iterable[Row]) -> Row:
    costs = [row["cost_pico"] for row in usage if row["cost_pico"] is not None]
    ended = session.ended_at or session.last_activity_at
    lasted = (ended - session.started_at).total_seconds() if ended and session.started_at else None
    health = session.health.score if session.health else None
    return {name: getattr(session, name) for name in SAME_NAME} | {
        **{kind: getattr(session.tokens, kind) for kind in (*KINDS, "total")},
        "cost_pico": sum(costs) if costs else None,
        "duration_s": None if lasted is None else max(0, int(lasted)),
        "health_score": health,
        "health_points": None if health is None else round(health * 1000),
        "user_messages": session.messages.user,
        "assistant_messages": session.messages.assistant,
    }


def _empty(session: Session, quarter: int, model: str | None) -> Row:
    return {
        "session_id": session.id, "quarter": quarter, "hour": quarter // HOUR, "model": model or "",
        "team_id": session.team_id, "user_id": session.user_id, **dict.fromkeys(SUMS, 0),
        "reasoning": None, "cost_pico": None,
    }  # fmt: skip


def _add(row: Row, use: Usage) -> None:
    writes = use.cache_write_5m + use.cache_write_1h
    total = use.input + use.output + use.cache_read + writes
    row["calls"] += use.calls
    row["incomplete_calls"] += use.incomplete_calls
    row["input"] += use.input
    row["output"] += use.output
    row["cache_read"] += use.cache_read
    row["cache_write"] += writes
    row["total"] += total
    if use.reasoning is not None:
        row["reasoning"] = (row["reasoning"] or 0) + use.reasoning
