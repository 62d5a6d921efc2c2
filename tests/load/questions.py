"""Everything that the list of sessions may be asked for."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

from services.ingest.api.bodies import SortKey

Parameters = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    name: str
    parameters: Parameters


def questions(user_id: str, others_id: str) -> list[Question]:
    """Each filter, each order, and what people ask together; all find something, but those that say `no`."""
    recent = (datetime.now(UTC) - timedelta(hours=12)).isoformat()
    asked: dict[str, Parameters] = {
        "everything": {},
        "200 of them": {"limit": 200},
        "a status of few": {"status": "waiting"},
        "a status of most": {"status": "ended"},
        "two statuses": {"status": ["active", "error"]},
        "one's own": {"user_id": user_id},
        "a colleague's": {"user_id": others_id},
        "a tag of many": {"tag": "backend"},
        "a tag of few": {"tag": "rare"},
        "no such tag": {"tag": "nothing"},
        "a tool of many": {"tool": "claude-code"},
        "no such tool": {"tool": "aider"},
        "a project": {"project": "project-7"},
        "two projects": {"project": ["project-7", "project-8"]},
        "no such project": {"project": "nothing"},
        "a repository": {"repository": "acme/repository-7"},
        "a branch of many": {"branch": "main"},
        "a branch of few": {"branch": "feature/ticket-17"},
        "private ones": {"visibility": "private"},
        "shared ones": {"visibility": "team"},
        "public ones": {"visibility": "public"},
        "recent ones": {"active_since": recent},
        "a word of few": {"q": "order 700"},
        "a word of many": {"q": "cart"},
        "a word of all": {"q": "fix the"},
        "the beginning of a word": {"q": "sear"},
        "no such word": {"q": "unheard"},
        "a tag and a word": {"tag": "backend", "q": "upload"},
        "a project, the dearest first": {"project": "project-7", "sort": "-cost"},
        "one's own that wait": {"user_id": user_id, "status": ["waiting", "error"]},
        "a word, the least healthy first": {"q": "deploy", "sort": "health"},
    }
    asked |= {f"by {sort}": {"sort": sort} for sort in get_args(SortKey)}
    return [Question(name, parameters) for name, parameters in asked.items()]
