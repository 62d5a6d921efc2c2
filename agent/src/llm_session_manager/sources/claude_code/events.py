"""The steps of a session's timeline that are due."""

from collections.abc import Iterator
from typing import Any

from llm_session_manager import protocol
from llm_session_manager.sources import values
from llm_session_manager.sources.calls import Call, Names
from llm_session_manager.sources.claude_code.facts import Own
from llm_session_manager.sources.claude_code.session import Session
from llm_session_manager.sources.steps import CommitSeen, PullSeen, Result, Tool
from llm_session_manager.sources.values import moment

_AGENT_TOOLS = frozenset({"Task", "Agent"})


class Timeline:
    """Makes events of facts; an event's id is the same on every reading."""

    def __init__(self, names: Names, tier: protocol.Tier) -> None:
        self._names = names
        self._named = tier != "counts"

    def events(self, session: Session, own: Own, due: set[int]) -> tuple[protocol.Event, ...]:
        """One event for each due fact that the session owns, oldest first."""
        found = [*self._of_tools(session, own, due), *self._of_lines(session, due)]
        found += [self._answer(key, own.calls[key]) for key in due if key in own.calls]
        return tuple(sorted(found, key=lambda event: (event.at, event.id)))

    def _answer(self, key: int, call: Call) -> protocol.Event:
        return protocol.Event(
            id=f"answer-{key:x}",
            at=moment(call.at),
            kind="answer",
            lane=self._names[call.lane],
            name=self._names[call.model],
            tokens=call.tokens,
            context_used=None if call.sidechain else call.tokens,
        )

    def _of_tools(self, session: Session, own: Own, due: set[int]) -> Iterator[protocol.Event]:
        for key in due:
            tool, result = own.tools.get(key), own.results.get(key)
            if tool:
                yield self._tool(key, tool, result)
                if result and tool.name in _AGENT_TOOLS:
                    yield self._agent(key, tool, result)
        for record in session.records:
            for (key, sha), commit in record.commits.items():
                if key in due and key in own.tools:
                    yield self._commit(f"commit-{key:x}-{sha}", commit)
            for (key, url), pull in record.pulls.items():
                if (key in due and key in own.tools) or values.fingerprint(url) in due:
                    yield self._pull_request(f"pull-{values.fingerprint(url):x}", pull)

    def _tool(self, key: int, tool: Tool, result: Result | None) -> protocol.Event:
        return protocol.Event(
            id=f"tool-{key:x}",
            at=moment(tool.at),
            kind="tool",
            lane=self._names[tool.lane],
            name=tool.name,
            outcome=result.outcome if result else None,
            category=result.category if result else None,
            duration_ms=result.duration_ms if result else None,
            detail=self._detail(tool.detail),
        )

    def _agent(self, key: int, tool: Tool, result: Result) -> protocol.Event:
        return protocol.Event(
            id=f"subagent-{key:x}",
            at=moment(result.at),
            kind="subagent",
            name=tool.name,
            outcome=result.outcome,
            duration_ms=result.duration_ms,
        )

    def _commit(self, identity: str, commit: CommitSeen) -> protocol.Event:
        return protocol.Event(
            id=identity,
            at=moment(commit.at),
            kind="commit",
            name=commit.sha,
            detail=self._detail(commit.subject),
        )

    def _pull_request(self, identity: str, pull: PullSeen) -> protocol.Event:
        named = pull.repository if self._named else None
        return protocol.Event(
            id=identity,
            at=moment(pull.at),
            kind="pull_request",
            name=named,
            detail=self._detail(values.one_line(pull.url, 500)),
        )

    def _of_lines(self, session: Session, due: set[int]) -> Iterator[protocol.Event]:
        """Events of facts that are lines of their own; a prompt's words are there only if they were kept."""
        prompts: dict[int, Any] = session.own("prompts")
        compactions: dict[int, Any] = session.own("compactions")
        failures: dict[int, Any] = session.own("failures")
        interrupts: dict[int, int] = session.own("interrupts")
        for key in due:
            if key in prompts:
                at, words = prompts[key]
                yield protocol.Event(id=f"prompt-{key:x}", at=moment(at), kind="prompt", detail=words)
            if key in compactions:
                at, tokens = compactions[key]
                yield protocol.Event(
                    id=f"compaction-{key:x}", at=moment(at), kind="compaction", tokens=tokens or None
                )
            if key in failures:
                at, category = failures[key]
                yield protocol.Event(id=f"error-{key:x}", at=moment(at), kind="api_error", category=category)
            if key in interrupts:
                yield protocol.Event(id=f"interrupt-{key:x}", at=moment(interrupts[key]), kind="interrupt")

    def _detail(self, detail: str | None) -> str | None:
        return detail if self._named else None
