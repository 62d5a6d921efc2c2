"""The steps of a Claude Code session's timeline that are due."""

from collections.abc import Collection, Iterator

from llm_session_manager import protocol
from llm_session_manager.sources import values
from llm_session_manager.sources.calls import Call, Names, unpacked
from llm_session_manager.sources.claude_code.view import View
from llm_session_manager.sources.steps import Result, Tool
from llm_session_manager.sources.timeline import Timeline, in_order
from llm_session_manager.sources.values import moment

_AGENT_TOOLS = frozenset({"Task", "Agent"})


class Events:
    """Makes the events of facts."""

    def __init__(self, names: Names, tier: protocol.Tier) -> None:
        self._names = names
        self._timeline = Timeline(tier)

    def of(self, view: View, due: Collection[int]) -> tuple[protocol.Event, ...]:
        """One event for each due fact that the session owns, oldest first."""
        if not due:
            return ()
        answers = [self._answer(key, unpacked(view.calls[key])) for key in due if key in view.calls]
        return in_order([*answers, *self._of_tools(view, set(due)), *self._of_lines(view, due)])

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

    def _of_tools(self, view: View, due: set[int]) -> Iterator[protocol.Event]:
        for key in due:
            tool, result = view.tools.get(key), view.results.get(key)
            if tool:
                yield self._timeline.tool(key, tool, result, self._names[tool.lane])
                if result and tool.name in _AGENT_TOOLS:
                    yield _agent(key, tool, result)
        yield from (self._timeline.commit(key, commit) for key, commit in view.commits() if key in due)
        for key, pull in view.pulls():
            if key in due or values.fingerprint(pull.url) in due:
                yield self._timeline.pull_request(pull)

    def _of_lines(self, view: View, due: Collection[int]) -> Iterator[protocol.Event]:
        prompts, words = view.own("prompts"), view.own("words")
        compactions, failures = view.own("compactions"), view.own("failures")
        interrupts = view.own("interrupts")
        for key in due:
            if key in prompts:
                yield self._timeline.prompt(key, prompts[key], words.get(key))
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
