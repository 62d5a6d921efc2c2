"""Sessions as the services tell of them."""

from typing import Any

from services.contracts.sessions import Health, Messages, Session, SessionState, Tokens
from services.ingest.domain.identity import session_id
from tests.support.builders import ANNA, MODEL, START, TEAM


def make_session(native_id: str = "native-1", **changes: Any) -> Session:
    known: dict[str, Any] = {
        "id": session_id(changes.get("team_id", TEAM), ANNA, "claude-code", native_id),
        "native_id": native_id, "tool": "claude-code", "tool_version": "2.1.9", "title": "Fix the cart",
        "project": "shop", "repository": "acme/shop", "branch": "main", "hostname": "anna-mbp",
        "user_id": ANNA, "username": "anna", "model": MODEL, "status": "active",
        "status_reason": "running a tool", "visibility": "team", "team_id": TEAM, "shared_at": START,
        "parent_id": None, "agent_id": None, "version": 1, "tags": ["backend"], "note": None,
        "health": Health(score=82.5, grade="good", top_reason="Context 60 % full"),
        "tokens": Tokens(
            input=1000, output=200, cache_read=30, cache_write=4, reasoning=None, total=1234,
            context_used=120_000, context_window=200_000,
        ),
        "cost_usd": 0.006, "cost_basis": "api_equivalent", "provenance": "exact", "incomplete_calls": 0,
        "unpriced_models": [], "messages": Messages(user=1, assistant=2), "tool_calls": 3, "errors": 1,
        "refusals": 0, "api_errors": 0, "compactions": 0, "files_changed": 1, "commits": 1,
        "tier": "metadata", "demo": False, "started_at": START, "last_activity_at": START, "ended_at": None,
        "updated_at": START,
    }  # fmt: skip
    return Session(**known | changes)


def make_state(events: Any = (), parts: dict[str, Any] | None = None, **changes: Any) -> SessionState:
    """`parts` are fields of the state, `changes` of its session."""
    return SessionState(session=make_session(**changes), events=tuple(events), **parts or {})
