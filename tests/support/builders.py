"""Small true reports, and what carries them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from llm_session_manager.protocol import Event, Heartbeat, Report, Session, Usage
from services.contracts.topology import report_key
from services.runtime.auth.agents import agent_id
from services.runtime.bus import Message

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
EPOCH = int(START.timestamp()) - 3600
TEAM, OTHER_TEAM = UUID(int=0xA), UUID(int=0xB)
ANNA, BEN = UUID(int=0x11), UUID(int=0x12)
MACHINE = "machine-1"
AGENT = agent_id(TEAM, ANNA, MACHINE)
MODEL = "claude-sonnet-4-5"


def after(**span: float) -> datetime:
    """A moment after `START`."""
    return START + timedelta(**span)


def make_usage(**changes: Any) -> Usage:
    known: dict[str, Any] = {
        "at": START, "model": MODEL, "calls": 1, "input": 1000, "output": 200, "cache_read": 0,
        "cache_write_5m": 0, "cache_write_1h": 0,
    }  # fmt: skip
    return Usage(**known | changes)


def make_event(identity: str = "event-1", **changes: Any) -> Event:
    return Event(**{"id": identity, "at": START, "kind": "tool", "name": "Bash"} | changes)


def make_facts(native_id: str = "native-1", **changes: Any) -> Session:
    known: dict[str, Any] = {
        "tool": "claude-code", "native_id": native_id, "title": "Fix the cart", "title_source": "tool",
        "project": "shop", "repository": "acme/shop", "branch": "main", "hostname": "anna-mbp",
        "model": MODEL, "status": "active", "status_reason": "running a tool", "started_at": START,
        "last_activity_at": START, "active_seconds": 60, "provenance": "exact", "context_used": 1000,
        "context_window": 200_000, "user_messages": 1, "assistant_messages": 1, "tool_calls": 3, "errors": 1,
        "refusals": 0, "api_errors": 0, "compactions": 0, "files_changed": 0, "usage": (make_usage(),),
    }  # fmt: skip
    return Session(**known | changes)


def make_report(
    n: int = 1, native_id: str = "native-1", *, epoch: int = EPOCH, events: Any = (), **facts: Any
) -> Report:
    session = make_facts(native_id, **facts)
    return Report(epoch=epoch, n=n, sent_at=START, tier="metadata", session=session, events=tuple(events))


def encoded(content: Report | Heartbeat) -> bytes:
    return content.model_dump_json().encode()


def message(
    content: Report | Heartbeat | bytes,
    *,
    team: UUID = TEAM,
    user: UUID = ANNA,
    agent: object = AGENT,
    headers: dict[str, str] | None = None,
) -> Message:
    """What the bus delivers of a report sent by this agent."""
    body = content if isinstance(content, bytes) else encoded(content)
    return Message(report_key(team, user, agent), body, headers or {})


def heartbeat() -> Heartbeat:
    return Heartbeat(sent_at=START)
