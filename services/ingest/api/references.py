"""Sessions in a few words, where one is named beside another."""

from uuid import UUID

from llm_session_manager import protocol
from services.contracts.sessions import Instant, Shape
from services.ingest.domain.views import Row


class SessionReference(Shape):
    id: UUID
    title: str | None
    tool: protocol.Tool
    status: protocol.Status
    username: str
    last_activity_at: Instant | None


class Neighbours(Shape):
    """`null` where the list begins or ends."""

    previous: SessionReference | None
    next: SessionReference | None


class SubAgentPage(Shape):
    """Sub-agents as the session's own tool tells of them, and sessions of their own that came from it."""

    items: list[protocol.SubAgent]
    sessions: list[SessionReference]
    next_cursor: None = None


def reference(row: Row) -> SessionReference:
    """`row` is a session's columns and its owner's `username`."""
    shown = ("id", "tool", "status", "last_activity_at")
    return SessionReference(
        **{name: row[name] for name in shown},
        title=row["own_title"] or row["title"],
        username=row["username"] or "unknown",
    )
