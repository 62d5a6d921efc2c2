"""One report and one state that hold every field: what the golden bytes are made of."""

from llm_session_manager.protocol import (
    Commit,
    Event,
    FileChange,
    Memory,
    PullRequest,
    Report,
    SubAgent,
    ToolUse,
    Usage,
)
from services.contracts.sessions import SessionState, SessionStates
from tests.support.builders import EPOCH, START, TEAM, after, make_facts
from tests.support.states import make_session

USAGE = Usage(
    at=START, model="claude-sonnet-4-5", service_tier="priority", band=200_001, calls=3, incomplete_calls=1,
    input=1000, output=200, cache_read=30, cache_write_5m=4, cache_write_1h=5, reasoning=6,
)  # fmt: skip
EVENT = Event(
    id="event-1", at=after(milliseconds=5), kind="tool", lane="agent-1", name="Bash", outcome="failed",
    category="exit_code", duration_ms=1200, tokens=7, context_used=8, detail="tests/test_cart.py",
)  # fmt: skip
LISTS = {
    "usage": (USAGE,),
    "tools": (ToolUse(name="Bash", calls=3, errors=1),),
    "error_categories": {"exit_code": 1},
    "files": (FileChange(path="a.py", change="updated", edits=2, added=10, removed=3, last_at=START),),
    "commits": (Commit(sha="0123abc", branch="main", subject="Fix the cart", at=START),),
    "pull_requests": (PullRequest(number=7, url="https://example.com/7", repository="acme/shop", at=START),),
    "subagents": (
        SubAgent(
            id="agent-1", kind="Explore", model="claude-haiku-4-5", status="completed", tool_calls=4,
            tokens=500, started_at=START, last_activity_at=after(seconds=9),
        ),
    ),
    "memories": (Memory(name="CLAUDE.md", scope="project", bytes=120, lines=8, modified_at=START),),
}  # fmt: skip
FACTS = make_facts(
    parent_native_id="native-0", tool_version="2.1.9", directory="/home/anna/shop", status_source="registry",
    ended_at=after(hours=1), incomplete_calls=1, longest_repeat=2, skipped_lines=1, total_tokens=1234,
    health_score=82.5, files_changed=1, **LISTS,
)  # fmt: skip
REPORT = Report(epoch=EPOCH, n=42, sent_at=after(seconds=1), tier="metadata", session=FACTS, events=(EVENT,))
STATES = SessionStates(
    team_id=TEAM,
    sent_at=after(seconds=2),
    states=(SessionState(session=make_session(), events=(EVENT,), longest_repeat=2, **LISTS),),
)
