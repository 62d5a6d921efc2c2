"""From moments to the events of a session's timeline."""

from typing import Any

from llm_session_manager.protocol import Event
from services.demo.ledger import Ledger
from services.demo.moments import (
    Answered,
    Committed,
    Compacted,
    Delegated,
    Failed,
    Moment,
    Prompted,
    Proposed,
    Returned,
    Used,
)


def event_of(ledger: Ledger, number: int, moment: Moment) -> Event | None:
    """Make the event of a moment that the ledger has entered; `None` where only the status changed."""
    content = _content(ledger, moment)
    if content is None:
        return None
    at, lane = ledger.moment_at(moment.at), getattr(moment, "lane", None)
    return Event(id=f"e{number}", at=at, lane=lane, **content)


def _content(ledger: Ledger, moment: Moment) -> dict[str, Any] | None:
    content: dict[str, Any] | None = None
    match moment:
        case Prompted():
            content = {"kind": "prompt"}
        case Answered():
            content = _answer(ledger, moment)
        case Used():
            content = _tool(moment)
        case Failed():
            content = {"kind": "api_error", "outcome": "failed", "category": moment.category}
        case Compacted():
            content = {"kind": "compaction", "context_used": moment.context}
        case Committed():
            content = {"kind": "commit", "name": moment.sha[:7], "detail": moment.subject}
        case Proposed():
            content = {"kind": "pull_request", "detail": ledger.pulls[-1].url}
        case Delegated():
            content = {"kind": "subagent", "name": moment.kind}
        case Returned():
            content = {"kind": "subagent", "outcome": "ok", "duration_ms": round(moment.seconds * 1000)}
    return content


def _answer(ledger: Ledger, moment: Answered) -> dict[str, Any]:
    return {
        "kind": "answer",
        "name": ledger.plot.model.name,
        "tokens": None if ledger.plot.kit.books == "context" else moment.call.total,
        "context_used": None if moment.lane else moment.context,
    }


def _tool(moment: Used) -> dict[str, Any]:
    return {
        "kind": "tool",
        "name": moment.name,
        "outcome": moment.outcome,
        "category": moment.category,
        "duration_ms": round(moment.seconds * 1000),
        "detail": moment.target if moment.is_file else None,
    }
