"""A team's sessions as rules look at them: those that everybody in the team may see."""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar
from uuid import UUID

K = TypeVar("K", bound=Hashable)
HOUR = 3_600


@dataclass(frozen=True, slots=True)
class ToolWork:
    calls: int
    errors: int


@dataclass(frozen=True, slots=True)
class Past:
    """One session, as its newest state has it; `None` is not known, never 0."""

    id: UUID
    tool: str
    at: datetime
    project: str | None = None
    repository: str | None = None
    model: str | None = None
    status: str = "ended"
    seconds: float | None = None
    grade: str | None = None
    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    total: int | None = None
    context_used: int | None = None
    context_window: int | None = None
    tool_calls: int | None = None
    api_errors: int | None = None
    compactions: int | None = None
    files_changed: int | None = None
    commits: int | None = None
    longest_repeat: int | None = None
    cost_usd: float | None = None
    tools: Mapping[str, ToolWork] = field(default_factory=dict)
    instructed: bool = False
    delegates: bool = False

    @property
    def place(self) -> str | None:
        """What it worked on: its repository, or else its project."""
        return self.repository or self.project

    @property
    def prompt(self) -> int | None:
        """Tokens of all prompts, cached or not."""
        parts = (self.input, self.cache_read, self.cache_write)
        return None if self.input is None or self.cache_read is None else sum(one or 0 for one in parts)

    @property
    def failed(self) -> bool:
        """Whether it ended badly: in an error, after failed model calls, or in critical health."""
        return self.status == "error" or bool(self.api_errors) or self.grade == "critical"

    @property
    def fruitful(self) -> bool:
        """Whether something came of it."""
        return bool(self.commits) and not self.failed


def past_of(row: Mapping[str, Any], zone: tzinfo = UTC) -> Past:
    """Read a session's state: `session` and the parts of it that a row holds; its time is in the zone."""
    session = row["session"]
    tokens = session["tokens"]
    updated = datetime.fromisoformat(session["updated_at"])
    started, last = _at(session["started_at"]), _at(session["last_activity_at"])
    ended = _at(session["ended_at"]) or last
    return Past(
        id=UUID(session["id"]),
        at=(started or last or updated).astimezone(zone),
        status=session["status"],
        seconds=max(0.0, (ended - started).total_seconds()) if started and ended else None,
        grade=session["health"]["grade"] if session["health"] else None,
        tools={one["name"]: ToolWork(one["calls"], one["errors"]) for one in row["tools"] or ()},
        instructed=any(one["scope"] == "project" for one in row["memories"] or ()),
        delegates=bool(row["subagents"]),
        longest_repeat=row["longest_repeat"],
        **{name: session[name] for name in SAME},
        **{name: tokens[name] for name in KINDS},
    )


SAME = (
    "tool", "project", "repository", "model", "tool_calls", "api_errors", "compactions", "files_changed",
    "commits", "cost_usd",
)  # fmt: skip
KINDS = ("input", "output", "cache_read", "cache_write", "total", "context_used", "context_window")


def grouped(history: Collection[Past], key: Callable[[Past], K | None]) -> dict[K, list[Past]]:
    """Those with the same key, the oldest first; those without one are left out."""
    found: dict[K, list[Past]] = {}
    for past in sorted(history, key=lambda one: (one.at, one.id)):
        if (named := key(past)) is not None:
            found.setdefault(named, []).append(past)
    return found


def examples(history: Sequence[Past], most: int = 5) -> tuple[UUID, ...]:
    """The newest of them."""
    return tuple(past.id for past in sorted(history, key=lambda one: (one.at, one.id), reverse=True)[:most])


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
