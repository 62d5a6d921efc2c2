"""The steps of a Claude Code session's timeline that are due."""

from collections.abc import Iterator
from typing import Any

from llm_session_manager import protocol
from llm_session_manager.sources import values
from llm_session_manager.sources.calls import Call, Names
from llm_session_manager.sources.claude_code.facts import Own
from llm_session_manager.sources.claude_code.session import Session
from llm_session_manager.sources.steps import Result, Tool
from llm_session_manager.sources.timeline import Timeline, in_order
from llm_session_manager.sources.values import moment

_AGENT_TOOLS = frozenset({"Task", "Agent"})


class Events:
    """Makes the events of facts."""

    def __init__(self, names: Names, tier: protocol.Tier) -> None:
        self._names = names
        self._timeline = Timeline(tier)

    def of(self, session: Session, own: Own, due: set[int]) -> tuple[protocol.Event, ...]:
        """One event for each due fact that the session owns, oldest first."""
        if not due:
            return ()
        answers = [self._answer(key, own.calls[key]) for key in due if key in own.calls]
        return in_order([*answers, *self._of_tools(session, own, due), *self._of_lines(session, due)])

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
                yield self._timeline.tool(key, tool, result, self._names[tool.lane])
                if result and tool.name in _AGENT_TOOLS:
                    yield _agent(key, tool, result)
        for record in session.records:
            for (key, _), commit in record.commits.items():
                if key in due and key in own.tools:
                    yield self._timeline.commit(key, commit)
            for (key, url), pull in record.pulls.items():
                if (key in due and key in own.tools) or values.fingerprint(url) in due:
                    yield self._timeline.pull_request(pull)

    def _of_lines(self, session: Session, due: set[int]) -> Iterator[protocol.Event]:
        prompts: dict[int, Any] = session.own("prompts")
        compactions: dict[int, Any] = session.own("compactions")
        failures: dict[int, Any] = session.own("failures")
        interrupts: dict[int, int] = session.own("interrupts")
        for key in due:
            if key in prompts:
                yield self._timeline.prompt(key, *prompts[key])
            if key in compactions:
                yield self._timeline.compaction(key, *compactions[key])
            if key in failures:
                yield self._timeline.failure(key, *failures[key])
            if key in interrupts:
                yield self._timeline.interrupt(key, interrupts[key])


def _agent(key: int, tool: Tool, result: Result) -> protocol.Event:
    return protocol.Event(
        id=f"subagent-{key:x}",
        at=moment(result.at),
        kind="subagent",
        name=tool.name,
        outcome=result.outcome,
        duration_ms=result.duration_ms,
    )
