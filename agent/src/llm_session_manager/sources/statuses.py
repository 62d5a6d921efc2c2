"""Status and title of a session as its transcript alone allows them."""

from datetime import datetime, timedelta

from llm_session_manager import protocol
from llm_session_manager.sources import Tail
from llm_session_manager.sources.values import one_line

YOUNG = timedelta(minutes=10)


def status(tail: Tail, now: datetime) -> protocol.Status:
    """Whose turn it is; a turn that ended over ten minutes ago is idle."""
    if tail.state in {"working", "tool"}:
        return "active"
    if tail.state == "api_error":
        return "error"
    waits = tail.state in {"finished", "question", "interrupted"} and tail.at and now - tail.at <= YOUNG
    return "waiting" if waits else "idle"


def place_title(project: str | None, branch: str | None, started: datetime | None) -> str | None:
    """Project, branch and HH:MM (UTC), of what is known."""
    parts = (project, branch, started.strftime("%H:%M") if started else None)
    return one_line(" · ".join(part for part in parts if part), 500)
