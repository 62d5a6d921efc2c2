"""Events of a session's timeline; an event's id is the same on every reading."""

from llm_session_manager import protocol
from llm_session_manager.sources import values
from llm_session_manager.sources.steps import CommitSeen, PullSeen, Result, Tool
from llm_session_manager.sources.values import moment


class Timeline:
    """Makes events of facts; paths and subjects are left out at tier `counts`."""

    def __init__(self, tier: protocol.Tier) -> None:
        self._named = tier != "counts"

    def tool(self, key: int, tool: Tool, result: Result | None, lane: str | None) -> protocol.Event:
        """A call of a tool; handed out again when its result is known."""
        return protocol.Event(
            id=f"tool-{key:x}",
            at=moment(tool.at),
            kind="tool",
            lane=lane,
            name=tool.name,
            outcome=result.outcome if result else None,
            category=result.category if result else None,
            duration_ms=result.duration_ms if result else None,
            detail=self._detail(tool.detail),
        )

    def commit(self, key: int, commit: CommitSeen) -> protocol.Event:
        return protocol.Event(
            id=f"commit-{key:x}-{commit.sha}",
            at=moment(commit.at),
            kind="commit",
            name=commit.sha,
            detail=self._detail(commit.subject),
        )

    def pull_request(self, pull: PullSeen) -> protocol.Event:
        return protocol.Event(
            id=f"pull-{values.fingerprint(pull.url):x}",
            at=moment(pull.at),
            kind="pull_request",
            name=pull.repository if self._named else None,
            detail=self._detail(values.one_line(pull.url, 500)),
        )

    def prompt(self, key: int, at: int, words: str | None) -> protocol.Event:
        """`words` are there only if the tier let them be kept."""
        return protocol.Event(id=f"prompt-{key:x}", at=moment(at), kind="prompt", detail=words)

    def compaction(self, key: int, at: int, tokens: int) -> protocol.Event:
        return protocol.Event(
            id=f"compaction-{key:x}", at=moment(at), kind="compaction", tokens=tokens or None
        )

    def failure(self, key: int, at: int, category: str) -> protocol.Event:
        return protocol.Event(id=f"error-{key:x}", at=moment(at), kind="api_error", category=category)

    def interrupt(self, key: int, at: int) -> protocol.Event:
        return protocol.Event(id=f"interrupt-{key:x}", at=moment(at), kind="interrupt")

    def _detail(self, detail: str | None) -> str | None:
        return detail if self._named else None


def in_order(events: list[protocol.Event]) -> tuple[protocol.Event, ...]:
    """Oldest first."""
    return tuple(sorted(events, key=lambda event: (event.at, event.id)))
